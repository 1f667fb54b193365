import { fieldNames } from '../lib/base/wire-names.js'
import type { Messages } from '../lib/outcome/messages.js'
import { printAttributes } from './attributes.js'
import { escapeHtml } from './escape-html.js'

/**
 * Attributes by which password managers leave a field alone: 1Password, Bitwarden, LastPass, Dashlane.
 *
 * @see https://developer.1password.com/docs/web/compatible-website-design/
 * @see https://support.dashlane.com/hc/en-us/articles/7501178073234
 */
const unmanaged = {
  'data-1p-ignore': true,
  'data-bwignore': true,
  'data-lpignore': 'true',
  'data-form-type': 'other',
} as const

/**
 * Prints the field that people do not see. `hidden` needs no style sheet, so no Content-Security-Policy shows it, and `inert`
 * keeps it from the keyboard and from screen readers where a style sheet overrides `hidden`.
 */
export function printHoneypot(id: string, messages: Messages): string {
  const control = printAttributes({
    type: 'text',
    id,
    name: fieldNames.honeypot,
    value: '',
    autocomplete: 'off',
    tabindex: -1,
    ...unmanaged,
  })
  return `<div class="sealform-honeypot" hidden inert aria-hidden="true"><label for="${escapeHtml(id)}">${escapeHtml(messages.honeypot)}</label><input ${control}></div>`
}
