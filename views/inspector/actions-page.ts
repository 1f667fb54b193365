import type { ChangedOption } from '../../lib/action/changed-options.js'
import type { PrintedPages } from '../../lib/inspect/inspection.js'
import { html } from '../html.js'
import type { SafeHtml } from '../safe-html.js'
import { type Place, shell } from './shell.js'

/** An action, as the developer reads it. */
export interface ListedAction {
  readonly name: string
  /** File and line of its definition. */
  readonly place: string | undefined
  readonly options: readonly ChangedOption[]
  readonly pages: PrintedPages
}

/** Prints the list of actions. */
export function actionsPage(place: Place, actions: readonly ListedAction[]): SafeHtml {
  const main =
    actions.length === 0
      ? html`<p class="empty">The app has defined no action yet.</p>`
      : html`<table class="actions">
<caption>${actions.length === 1 ? 'One action' : `${actions.length} actions`}, in the order in which the app defines them</caption>
<thead><tr><th scope="col">Action</th><th scope="col">Options</th><th scope="col">Printed on</th></tr></thead>
<tbody>
${actions.map(row)}
</tbody>
</table>`
  return shell(place, { title: 'Actions', main })
}

function row({ name, place, options, pages }: ListedAction): SafeHtml {
  return html`<tr>
<th scope="row"><code>${name}</code>${place !== undefined && html`<span class="place">${place}</span>`}</th>
<td class="options">${printOptions(options)}</td>
<td class="pages">${printPages(pages)}</td>
</tr>
`
}

function printOptions(options: readonly ChangedOption[]): SafeHtml {
  if (options.length === 0) return html`<span class="none">the defaults</span>`
  return html`<dl>${options.map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>`
}

function printPages({ paths, more }: PrintedPages): SafeHtml {
  if (paths.length === 0) return html`<span class="none">no page yet</span>`
  return html`<ul>${paths.map((path) => html`<li><code>${path}</code></li>`)}${more && html`<li>and earlier ones</li>`}</ul>`
}
