import type { InspectedSubmission, Inspection } from '../../lib/inspect/inspection.js'
import { html } from '../html.js'
import type { SafeHtml } from '../safe-html.js'
import { clockTime, formatTook, outcomeBadge } from './outcome-badge.js'
import { actionName, type Place, shell } from './shell.js'

/** Prints the list of the last submissions. */
export function submissionsPage(place: Place, inspection: Inspection): SafeHtml {
  const { submissions, count } = inspection
  const main =
    submissions.length === 0
      ? html`<p class="empty">No form has been sent yet. Send one in your app, then load this page again.</p>`
      : html`<table class="submissions">
<caption>${caption(submissions.length, count)}</caption>
<thead><tr><th scope="col">Time</th><th scope="col">Action</th><th scope="col">Path</th><th scope="col">Outcome</th><th scope="col" class="number">Status</th><th scope="col" class="number">Took</th></tr></thead>
<tbody>
${submissions.map((submission) => row(place, submission))}
</tbody>
</table>`
  return shell(place, { title: 'Submissions', main })
}

function caption(shown: number, count: number): string {
  if (count > shown) return `The last ${shown} of ${count} submissions, newest first`
  return shown === 1 ? 'One submission' : `${shown} submissions, newest first`
}

function row({ root }: Place, submission: InspectedSubmission): SafeHtml {
  const { id, at, path, action, status, milliseconds } = submission
  return html`<tr>
<td class="time">${clockTime(at)}</td>
<th scope="row"><a href="${root}submissions/${id}">${actionName(action)}<span class="hidden">, submission ${id}</span></a></th>
<td class="path"><code>${path}</code></td>
<td class="outcome">${outcomeBadge(submission)}</td>
<td class="number">${status ?? '–'}</td>
<td class="number">${formatTook(milliseconds)}</td>
</tr>
`
}
