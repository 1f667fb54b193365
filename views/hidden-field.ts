import { escapeHtml } from './escape-html.js'

/**
 * Prints one hidden field. `autocomplete="off"` keeps Firefox from restoring an old value over a fresh seal on reload. The
 * HTML standard does not allow it on a hidden field; see docs/decisions/hidden-fields.md.
 */
export function printHidden(name: string, value: string): string {
  return `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}" autocomplete="off">`
}
