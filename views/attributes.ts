import { SealformError } from '../lib/base/errors.js'
import { escapeHtml } from './escape-html.js'

/** Attributes by name: `true` prints the name alone; `false`, `null` and `undefined` print nothing. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>

/** Attributes that are there, as an object: `<input {...form.props.input('title')}>`. `true` stands for the name alone. */
export type Props = Readonly<Record<string, string | number | true>>

/** What no attribute name may hold: controls, spaces, quotes, `>`, `/`, `=` (HTML Standard, section 13.1.2.3). */
const unprintable = /[\s"'<>/=\u0000-\u001f\u007f]/

/**
 * Prints attributes, each with its value between double quotes.
 *
 * @throws SealformError `ERR_FORM_INVALID` on a name or value that no attribute can have
 */
export function printAttributes(attributes: Attributes): string {
  let text = ''
  for (const name of Object.keys(attributes)) {
    const value = attributes[name]
    if (value === undefined || value === null || value === false) continue
    checkAttribute(name, value)
    const separator = text === '' ? '' : ' '
    text += value === true ? `${separator}${name}` : `${separator}${name}="${escapeHtml(String(value))}"`
  }
  return text
}

/**
 * Leaves out the attributes that are not printed.
 *
 * @throws SealformError `ERR_FORM_INVALID`, as `printAttributes`
 */
export function presentAttributes(attributes: Attributes): Props {
  const present: Record<string, string | number | true> = {}
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue
    checkAttribute(name, value)
    present[name] = value
  }
  return present
}

function checkAttribute(name: string, value: unknown): void {
  if (name === '' || unprintable.test(name)) {
    throw new SealformError('ERR_FORM_INVALID', `${JSON.stringify(name)} cannot be the name of an attribute.`)
  }
  if (typeof value === 'object' || typeof value === 'function') {
    throw new SealformError(
      'ERR_FORM_INVALID',
      `The attribute "${name}" needs text, a number or true, not ${typeof value}. In Handlebars, call through a helper that hands on options.hash.`,
    )
  }
}
