import type { SealInspection } from '../../lib/inspect/inspect-seal.js'
import type { Form } from '../form.js'
import { html } from '../html.js'
import type { SafeHtml } from '../safe-html.js'
import { type Place, shell } from './shell.js'

/** A seal that was pasted, and what it holds. */
export interface ExplainedSeal extends SealInspection {
  readonly token: string
}

/** Prints the form that opens a seal, and what the last one held. */
export function sealPage(place: Place, form: Form<ExplainedSeal>): SafeHtml {
  const explained = form.status === 'done' ? form.state : undefined
  return shell(place, {
    title: 'Open a seal',
    titlePrefix: form.titlePrefix,
    main: html`
${form.summary()}
<form ${form.attributes}>${form.fields}
${form.field('seal', {
  as: 'textarea',
  label: 'Seal',
  hint: 'The value of the hidden field "sealform" of a form, or of a button with an action of its own',
  value: explained?.token,
  attributes: { rows: 4, spellcheck: 'false', autocapitalize: 'off' },
})}
<button type="submit">Open</button>
</form>
${explained && result(explained)}`,
  })
}

function result({ rows, verdict, refused }: ExplainedSeal): SafeHtml {
  return html`<section aria-labelledby="result"><h2 id="result">What it holds</h2>
<p class="note ${refused ? 'bad' : 'good'}" role="status" tabindex="-1" autofocus>${verdict}</p>
<table class="seal">
<caption>The seal, as far as the keys of this app open it</caption>
<thead><tr><th scope="col">Part</th><th scope="col">Content</th></tr></thead>
<tbody>${rows.map(([label, text]) => html`<tr><th scope="row">${label}</th><td>${text}</td></tr>`)}</tbody>
</table></section>`
}
