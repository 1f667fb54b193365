import type { InspectedSubmission, Names } from '../../lib/inspect/inspection.js'
import { html } from '../html.js'
import type { SafeHtml } from '../safe-html.js'
import { clockTime, formatTook, outcomeBadge } from './outcome-badge.js'
import { actionName, type Place, shell } from './shell.js'

/** Prints all that is known of one submission. */
export function submissionPage(place: Place, submission: InspectedSubmission): SafeHtml {
  const { id, reference, repeated, refusal, reported } = submission
  return shell(place, {
    title: `Submission ${id}`,
    before: html`<p class="back"><a href="${place.root}">All submissions</a></p>`,
    main: html`
${facts(submission)}
${
  refusal &&
  html`<section aria-labelledby="why"><h2 id="why">Why it was refused</h2>
<p class="bad note"><code>${refusal.reason}</code>${refusal.detail !== '' && `: ${refusal.detail}`}</p></section>`
}
${
  reported !== undefined &&
  html`<section aria-labelledby="reported"><h2 id="reported">Let through by mode: 'report'</h2>
<p class="open note">${reported}</p></section>`
}
${
  reference !== '' &&
  html`<section aria-labelledby="failed"><h2 id="failed">Why it failed</h2>
<p class="bad note">The error is in the log, under the reference <code>${reference}</code>, which the visitor was shown as well. It
is not here, since an error may quote what was typed.</p></section>`
}
${
  repeated &&
  html`<section aria-labelledby="copy"><h2 id="copy">A copy</h2>
<p class="note">This form had been sent before. The action did not run again: this copy got the outcome of the first one.</p></section>`
}
${stageTable(submission)}
<section aria-labelledby="fields"><h2 id="fields">Fields</h2>
${names(submission.fields, 'No field was read.')}
${submission.issues.list.length > 0 && html`<h3>With a message</h3>${names(submission.issues, '')}`}
<p class="hint">Names only. What was typed and what was bound is not kept.</p></section>
<section aria-labelledby="regions"><h2 id="regions">Regions</h2>
${names(submission.regions, 'It asked for the whole page.')}</section>`,
  })
}

function facts(submission: InspectedSubmission): SafeHtml {
  const { at, path, action, status, milliseconds, client } = submission
  const rows: readonly (readonly [string, SafeHtml | string])[] = [
    ['Action', actionName(action)],
    ['Path', html`<code>${path}</code>`],
    ['Outcome', outcomeBadge(submission)],
    ['Status', status === undefined ? 'none: the visitor had left' : String(status)],
    ['Time', clockTime(at, true)],
    ['Took', formatTook(milliseconds)],
    ['Sent by', client === undefined ? 'the browser itself' : (clientNames[client] ?? client)],
  ]
  return html`<dl class="facts">${rows.map(([label, text]) => html`<div><dt>${label}</dt><dd>${text}</dd></div>`)}</dl>`
}

const clientNames: Readonly<Record<string, string>> = { ours: 'the script of Sealform' }

function stageTable({ stages, milliseconds }: InspectedSubmission): SafeHtml {
  const longest = Math.max(milliseconds, 0.1)
  return html`<section aria-labelledby="stages"><h2 id="stages">Stages</h2>
<table class="stages">
<caption>How long each stage took</caption>
<thead><tr><th scope="col">Stage</th><th scope="col" class="number">Took</th><th scope="col"><span class="hidden">Share</span></th></tr></thead>
<tbody>${stages.map(
    ({ stage, milliseconds: took }) =>
      html`<tr><th scope="row">${stage}</th><td class="number">${formatTook(took)}</td><td class="bar">${bar(took / longest)}</td></tr>`,
  )}</tbody>
</table></section>`
}

/** A bar as an image, since the policy of these pages allows no style in the markup. */
function bar(share: number): SafeHtml {
  const percent = Math.min(100, Math.round(share * 100))
  return html`<svg aria-hidden="true" height="8" width="100%"><rect height="8" rx="2" width="${Math.max(percent, 1)}%"></rect></svg><span class="hidden">${percent} %</span>`
}

function names({ list, more }: Names, none: string): SafeHtml {
  if (list.length === 0) return html`<p>${none}</p>`
  return html`<ul class="names">${list.map((name) => html`<li><code>${name}</code></li>`)}${more > 0 && html`<li>and ${more} more</li>`}</ul>`
}
