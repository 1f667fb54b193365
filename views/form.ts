import type { Submittable } from '../lib/action.js'
import { explain, type Messages } from '../lib/messages.js'
import type { Issue } from '../lib/outcome.js'
import type { FormRecord, FormStatus } from '../lib/page.js'
import { fieldNames } from '../lib/wire.js'
import { type Attributes, printAttributes } from './attributes.js'
import { controlValues } from './control-values.js'
import { escapeHtml } from './escape-html.js'
import { SafeHtml } from './safe-html.js'
import { printSummary } from './summary.js'

/** A choice of `form.select()`: a value that is its own label, or a value and what to call it. */
export type SelectOption =
  | string
  | { readonly value: string; readonly label: string; readonly disabled?: boolean }

/**
 * An action as a page sees it. Everything that holds HTML is safe to print raw in any template engine, and no part
 * needs `this`, so that parts can be handed on alone.
 */
export interface Form<State = unknown> {
  /** The element's id: the action's name, and the key when there is one. */
  readonly id: string
  /** For the form tag: `<form ${form.attributes}>`. No `action`, so that the form posts to its own page, query string included. */
  readonly attributes: SafeHtml
  /** Hidden fields, the seal first. They go directly after the form tag, before any other field. */
  readonly fields: SafeHtml
  /** What the action said last, what `flash()` brought, or `initial`. */
  readonly state: State | undefined
  /** `idle` until a submission of this form is answered by this page. */
  readonly status: FormStatus
  readonly issues: readonly Issue[]
  /** `Error: ` when something is wrong, to begin the page's title with; otherwise empty. */
  readonly titlePrefix: string
  /**
   * Attributes of an `input`: id, name, the value given back or `attributes.value`, `checked` for checkboxes and radios,
   * `aria-invalid` and `aria-describedby` when there is an issue. Passwords and names that start with `_` get no value.
   * The first control of a name has the id `${form.id}-${name}`; further ones get their value or a number appended.
   */
  input(name: string, attributes?: Attributes): SafeHtml
  /** The same without a value, for a `textarea`, `select` or custom element that you fill yourself. */
  control(name: string, attributes?: Attributes): SafeHtml
  /** A whole `textarea` with the text given back, or `attributes.value`. */
  textarea(name: string, attributes?: Attributes): SafeHtml
  /** A whole `select`, the options given back selected, or `attributes.value`. */
  select(name: string, options: readonly SelectOption[], attributes?: Attributes): SafeHtml
  /** What was sent under this name, or `fallback`. @default '' */
  value(name: string, fallback?: string): string
  /** Everything that was sent under this name, or `fallback`. @default [] */
  values(name: string, fallback?: readonly string[]): readonly string[]
  /** Whether this value was sent under this name; `fallback` until something was sent. @default false */
  checked(name: string, value?: string, fallback?: boolean): boolean
  /** The messages about a field, in an element that its control refers to; nothing when there are none. */
  issue(name: string): SafeHtml
  /**
   * Attributes of a submit button that runs another action with the fields of this form. For `<button>`; for
   * `<input type="submit">` give its label as `value`, for an image give `type: 'image'`. The browser's own
   * validation is left out, since it speaks for the form's action; `formnovalidate: false` brings it back.
   */
  submit(action: Submittable, attributes?: Attributes): SafeHtml
  /** What went wrong, at the top of the page: takes focus, names each issue and links to its field. Nothing otherwise. */
  summary(): SafeHtml
}

/** Makes what a page sees of a form. */
export function createForm<State>(record: FormRecord, messages: Messages): Form<State> {
  const { id, issues, status, outcome, definition } = record
  const values = controlValues(record)
  const wrong = status === 'invalid' || status === 'refused' || status === 'failed'
  const counts = new Map<string, number>()
  let spoken = !wrong

  return {
    id,
    issues,
    status,
    state: record.state as State | undefined,
    titlePrefix: wrong ? messages.titlePrefix : '',
    value: values.first,
    values: values.all,
    checked: values.checked,

    get attributes() {
      return new SafeHtml(`id="${escapeHtml(id)}" method="post" accept-charset="utf-8"`)
    },

    get fields() {
      const state = record.sealState()
      let text = hidden(fieldNames.seal, record.seal()) + hidden(fieldNames.form, escapeHtml(id))
      if (state !== undefined) text += hidden(fieldNames.state, state)
      return new SafeHtml(text + unspokenNotice())
    },

    input(name, attributes = {}) {
      const { type } = attributes
      if (type === 'checkbox' || type === 'radio') return choice(name, type, attributes)
      if (type === 'password') definition.secrets.add(name)
      const nth = countOf(name)
      const value = keepsNoValue.has(String(type)) ? undefined : values.nth(name, nth, attributes)
      return describe(name, numbered(name, nth), {
        ...attributes,
        value: type === 'password' ? undefined : value,
      })
    },

    control(name, attributes = {}) {
      return describe(name, numbered(name, countOf(name)), attributes)
    },

    textarea(name, { value, ...attributes } = {}) {
      const nth = countOf(name)
      const text = values.nth(name, nth, { value, disabled: attributes.disabled }) ?? ''
      const control = describe(name, numbered(name, nth), attributes)
      // An HTML parser drops the first newline in a textarea; this one is for it to drop.
      return new SafeHtml(`<textarea ${control}>\n${escapeHtml(String(text))}</textarea>`)
    },

    select(name, options, { value, ...attributes } = {}) {
      const fallback = value === undefined || value === null ? [] : [String(value)]
      const chosen = new Set(values.all(name, fallback))
      const list = options.map((option) => printOption(option, chosen)).join('')
      return new SafeHtml(
        `<select ${describe(name, numbered(name, countOf(name)), attributes)}>${list}</select>`,
      )
    },

    issue(name) {
      const own = issues.filter((issue) => issue.name === name)
      if (own.length === 0) return new SafeHtml('')
      const text = own.map((issue) => escapeHtml(issue.message)).join('<br>')
      return new SafeHtml(`<p class="sealform-issue" id="${escapeHtml(issueId(name))}">${text}</p>`)
    },

    submit(action, attributes = {}) {
      const token = record.sealOther(action)
      const { type, value, ...rest } = attributes
      // The value of an input is its label, and an image sends only coordinates: there the name carries the seal.
      const byName = type === 'image' || value !== undefined
      const carrier = byName
        ? { name: `${fieldNames.submit}.${token}`, value }
        : { name: fieldNames.submit, value: token }
      return new SafeHtml(
        printAttributes({ type: type ?? 'submit', ...carrier, formnovalidate: true, ...rest }),
      )
    },

    summary() {
      if (!wrong || !outcome) return new SafeHtml('')
      spoken = true
      return printSummary({
        id: `${id}-summary`,
        issues,
        text: explain(outcome, messages),
        messages,
        controlId,
      })
    },
  }

  /** A page that prints no summary still has to say why its form came back. */
  function unspokenNotice(): string {
    if (spoken || !outcome) return ''
    const general = issues.filter((issue) => issue.name === '').map((issue) => issue.message)
    const lines = status === 'invalid' ? general : [explain(outcome, messages)]
    if (lines.length === 0) return ''
    return `<div class="sealform-notice" role="alert">${lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('')}</div>`
  }

  function choice(name: string, type: 'checkbox' | 'radio', attributes: Attributes): SafeHtml {
    const value = String(attributes.value ?? 'on')
    const checked = attributes.disabled
      ? attributes.checked === true
      : values.checked(name, value, attributes.checked === true)
    const ownId = countOf(name) === 0 ? controlId(name) : `${controlId(name)}-${slug(value)}`
    return describe(name, ownId, { ...attributes, type, value, checked })
  }

  function describe(name: string, ownId: string, attributes: Attributes): SafeHtml {
    const described = issues.some((issue) => issue.name === name) && attributes.type !== 'hidden'
    if (!described) return new SafeHtml(printAttributes({ id: ownId, name, ...attributes }))
    const others = attributes['aria-describedby']
    const describedBy = others ? `${issueId(name)} ${others}` : issueId(name)
    return new SafeHtml(
      printAttributes({
        id: ownId,
        name,
        ...attributes,
        'aria-invalid': 'true',
        'aria-describedby': describedBy,
      }),
    )
  }

  function countOf(name: string): number {
    const count = counts.get(name) ?? 0
    counts.set(name, count + 1)
    return count
  }

  function numbered(name: string, nth: number): string {
    return nth === 0 ? controlId(name) : `${controlId(name)}-${nth + 1}`
  }

  function controlId(name: string): string {
    return `${id}-${slug(name)}`
  }

  function issueId(name: string): string {
    return `${controlId(name)}-issue`
  }
}

const keepsNoValue = new Set(['file', 'image', 'submit', 'reset', 'button'])

function hidden(name: string, escapedValue: string): string {
  return `<input type="hidden" name="${name}" value="${escapedValue}">`
}

function printOption(option: SelectOption, chosen: ReadonlySet<string>): string {
  const { value, label, disabled } =
    typeof option === 'string' ? { value: option, label: option, disabled: false } : option
  const attributes = printAttributes({ value, selected: chosen.has(value), disabled })
  return `<option ${attributes}>${escapeHtml(label)}</option>`
}

/** An id must hold no white space (HTML Standard, section 3.2.6). */
function slug(text: string): string {
  return text.replace(/\s/g, '-')
}
