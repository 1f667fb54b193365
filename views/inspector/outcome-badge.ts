import type { InspectedSubmission } from '../../lib/inspect/inspection.js'
import { html } from '../html.js'
import type { SafeHtml } from '../safe-html.js'

type Shown = Pick<InspectedSubmission, 'outcome' | 'refusal' | 'repeated'>

/** Prints what became of a submission, in a colour of its own. */
export function outcomeBadge({ outcome, refusal, repeated }: Shown): SafeHtml {
  const reason = refusal && html` <span class="reason">${refusal.reason}</span>`
  return html`<span class="badge ${kindOf(outcome)}">${outcome}</span>${reason}${repeated && html` <span class="reason">copy</span>`}`
}

function kindOf(outcome: string): string {
  if (outcome === 'refused' || outcome === 'failed') return 'bad'
  return outcome === 'invalid' || outcome === 'left' ? 'open' : 'good'
}

/** Formats milliseconds: `12.3 ms`. */
export function formatTook(milliseconds: number): string {
  return `${milliseconds.toFixed(1)} ms`
}

/** Prints a time of day, in the time zone of the server. */
export function clockTime(at: number, withDay = false): SafeHtml {
  const date = new Date(at)
  const two = (part: number) => String(part).padStart(2, '0')
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return html`<time datetime="${date.toISOString()}">${withDay && `${day} `}${time}</time>`
}
