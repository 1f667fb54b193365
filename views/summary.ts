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
  controlId(name: string): string
}

/**
 * Prints the error summary: one element for the top of the page that takes focus without a script, is announced, and
 * links each message to its field (WCAG 2.2, techniques G139 and ARIA19).
 */
export function printSummary({ id, issues, text, messages, controlId }: Summary): SafeHtml {
  const heading = `<h2 id="${escapeHtml(id)}-title">${escapeHtml(messages.summaryTitle)}</h2>`
  const content = issues.length === 0 ? `<p>${escapeHtml(text)}</p>` : `<ul>${issues.map(item).join('')}</ul>`
  return new SafeHtml(
    `<div class="sealform-summary" id="${escapeHtml(id)}" role="alert" tabindex="-1" autofocus aria-labelledby="${escapeHtml(id)}-title">${heading}${content}</div>`,
  )

  function item({ name, message }: Issue): string {
    return name === ''
      ? `<li>${escapeHtml(message)}</li>`
      : `<li><a href="#${escapeHtml(encodeURIComponent(controlId(name)))}">${escapeHtml(message)}</a></li>`
  }
}
