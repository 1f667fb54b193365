import { type Actions, done, type Submission } from 'sealform'
import { html } from 'sealform/html'
import type { TourRouter } from '../app.js'
import { layout } from '../layout.js'
import { region } from '../region.js'

export function counterPage(router: TourRouter, actions: Actions): void {
  const count = actions.define(
    'counter',
    async ({ previous = 0 }: Submission<undefined, number>, step: number) => done(previous + step),
  )

  router.get('/counter', (ctx) => {
    const form = ctx.form(count.bind(null, 1), { initial: 0 })
    ctx.body = layout(ctx, {
      title: 'Counter',
      titlePrefix: form.titlePrefix,
      path: '/counter',
      main: html`
<p class="lead">The form carries the number itself, encrypted. The action keeps no session and sets no cookie.</p>
${region(
  ctx,
  'counting',
  (sending) => html`
${form.summary()}
<form ${form.attributes}${sending} class="panel">
${form.fields}
<p class="count"><span class="hidden">The count is </span><output>${form.state}</output></p>
<div class="buttons">
<button type="submit">Add one</button>
<button ${form.submit(count.bind(null, -1), { class: 'secondary' })}>Take one away</button>
</div>
</form>`,
)}
<p><a href="/counter">Start again from zero</a></p>`,
      tryThis: [
        'Open the page in two tabs: each counts for itself.',
        'Change the hidden number in your browser’s developer tools: it is sealed, so no other is accepted.',
        'Reload after a step: the same step is sent again and ends in the same number.',
      ],
      source: 'counter',
    })
  })
}
