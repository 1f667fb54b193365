import type { Messages } from '../lib/outcome/messages.js'
import type { Issue } from '../lib/outcome/outcome.js'
import { escapeHtml } from './escape-html.js'
import { SafeHtml } from './safe-html.js'

interface Summary {
  readonly id: string
  readonly issues: readonly Issue[]
  /** What happened, for an outcome without issues. */
  readonly text: string
  readonly messages: Messages
  /** The id that an issue is linked to. `undefined` when the form has no control of that name. */
  controlId(name: string): string | undefined
  /** The id of an issue, to which the control refers. @default none */
  issueId?(name: string): string
}

/**
 * Prints the error summary: one element for the top of the page that takes focus without a script, is announced, and
 * links each message to its field (WCAG 2.2, techniques G139 and ARIA19).
 */
export function printSummary({ id, issues, text, messages, controlId, issueId }: Summary): SafeHtml {
  const seen = new Set<string>()
  const heading = `<h2 id="${escapeHtml(id)}-title">${escapeHtml(messages.summaryTitle)}</h2>`
  const content = issues.length === 0 ? `<p>${escapeHtml(text)}</p>` : `<ul>${issues.map(item).join('')}</ul>`
  return new SafeHtml(
    `<div class="sealform-summary" id="${escapeHtml(id)}" role="alert" tabindex="-1" autofocus aria-labelledby="${escapeHtml(id)}-title">${heading}${content}</div>`,
  )

  function item({ name, message }: Issue): string {
    const control = name === '' ? undefined : controlId(name)
    const item = control === undefined ? '<li>' : `<li${idOf(name)}>`
    if (control === undefined) return `${item}${escapeHtml(message)}</li>`
    return `${item}<a href="#${escapeHtml(encodeURIComponent(control))}">${escapeHtml(message)}</a></li>`
  }

  /** The id attribute for the first issue of a name. */
  function idOf(name: string): string {
    if (!issueId || seen.has(name)) return ''
    seen.add(name)
    return ` id="${escapeHtml(issueId(name))}"`
  }
}
