import { attributeNames } from '../lib/base/wire-names.js'
import { escapeHtml } from './escape-html.js'

/**
 * Prints one hidden field. `autocomplete="off"` keeps Firefox from restoring an old value over a fresh seal on reload. The
 * HTML standard does not allow it on a hidden field; see docs/decisions/hidden-fields.md.
 */
export function printHidden(name: string, value: string): string {
  return printOwn(escapeHtml(name), escapeHtml(value))
}

/**
 * Prints a hidden field of the library. Its name needs no escapes, nor do value and mark: they have characters of base64url only.
 *
 * @param mark stands in an attribute. @default there is none
 */
export function printOwn(name: string, value: string, mark?: string): string {
  const marked = mark === undefined ? '' : ` ${attributeNames.mark}="${mark}"`
  return `<input type="hidden" name="${name}" value="${value}" autocomplete="off"${marked}>`
}
