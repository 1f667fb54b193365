import { escapeHtml } from './escape-html.js'
import { SafeHtml } from './safe-html.js'

export { SafeHtml }

/** What may stand in a `${}` of the `html` tag. */
export type Printable =
  | SafeHtml
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | readonly Printable[]

/**
 * Template tag that escapes every value, except HTML made by the tag itself or by a form.
 *
 * Arrays are printed one after another; `null`, `undefined`, `true` and `false` print nothing, so that
 * `${items.length > 0 && html`<ul>…</ul>`}` reads as it is meant. Put attribute values between quotes, and check the
 * scheme of a link that comes from a visitor: escaping does not make `javascript:` harmless.
 *
 * @throws TypeError on a value that has no text, such as an object, a function or a promise
 * @example
 * ```ts
 * const list = html`<ul>${todos.map((todo) => html`<li>${todo.title}</li>`)}</ul>`
 * ```
 */
export function html(strings: TemplateStringsArray, ...values: readonly Printable[]): SafeHtml {
  let text = strings[0]!
  for (let i = 0; i < values.length; i++) text += print(values[i]) + strings[i + 1]!
  return new SafeHtml(text)
}

/**
 * Marks text as HTML that needs no escaping. Only for text that you wrote, never for what a visitor sent.
 *
 * @example
 * ```ts
 * const icon = raw(readFileSync('icon.svg', 'utf8'))
 * ```
 */
export function raw(text: string): SafeHtml {
  return new SafeHtml(text)
}

function print(value: Printable): string {
  if (typeof value === 'string') return escapeHtml(value)
  if (value instanceof SafeHtml) return value.toString()
  if (value === null || value === undefined || typeof value === 'boolean') return ''
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (isList(value)) return value.map(print).join('')
  throw new TypeError(
    `html\`\` cannot print ${typeof value === 'object' ? 'an object' : `a ${typeof value}`}; give it text, a number or HTML.`,
  )
}

function isList(value: unknown): value is readonly Printable[] {
  return Array.isArray(value)
}
