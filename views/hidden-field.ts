import { escapeHtml } from './escape-html.js'

/** Prints one hidden field. */
export function printHidden(name: string, value: string): string {
  return `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`
}
