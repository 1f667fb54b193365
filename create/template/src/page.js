import { html } from 'sealform/html'
//: import type { FormOf, Forms } from 'sealform/FRAMEWORK'
//: import type { sign } from './actions.js'
import { entries, remove } from './actions.js'

export function guestbook(form /*: FormOf<typeof sign> */, forms /*: Forms */) {
  return html`<!doctype html>
    <html lang="en">
      <title>${forms.titlePrefix}Guestbook</title>
      <meta name="viewport" content="width=device-width">
      <style>
        body { max-width: 38rem; margin: 2rem auto; padding: 0 1rem; font: 1.125rem/1.5 system-ui, sans-serif }
        input, textarea { display: block; box-sizing: border-box; width: 100%; font: inherit }
        li form { display: inline }
        .sealform-summary { padding: 0.5rem 1rem }
        .sealform-summary, .sealform-issue { color: #a8071a }
        .sealform-field { margin: 1rem 0 }
        .sealform-issue { margin: 0 }
      </style>
      <h1>Guestbook</h1>
      ${forms.summary()}
      <form ${form.attributes}>
        ${form.fields}
        ${form.field('name', { label: 'Your name', attributes: { autocomplete: 'name' } })}
        ${form.field('text', { label: 'What do you want to say?', as: 'textarea', attributes: { rows: 4 } })}
        <p><button>Sign</button></p>
      </form>
      <ul>
        ${entries.map(
          ({ id, name, text }) =>
            html`<li>${name}: ${text} ${forms.button(remove.bind(null, id), 'Remove', { 'aria-label': `Remove ${text}` })}</li>`,
        )}
      </ul>
    </html>`
}
