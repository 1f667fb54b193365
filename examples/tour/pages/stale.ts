import { type Actions, done, type Submission } from 'sealform'
import { html } from 'sealform/html'
import { z } from 'zod'
import type { TourRouter } from '../app.js'
import { field } from '../field.js'
import { layout, success } from '../layout.js'
import { region } from '../region.js'

const noteInput = z.object({
  note: z.string('Write something').trim().min(1, 'Write something').max(200, 'Use at most 200 characters'),
})

export function stalePage(router: TourRouter, actions: Actions): void {
  const send = actions.define('stale', {
    ttl: '5s',
    input: noteInput,
    run({ input: { note } }: Submission<z.output<typeof noteInput>, string>) {
      return done(note)
    },
  })

  router.get('/stale', (ctx) => {
    const form = ctx.form(send)
    ctx.body = layout(ctx, {
      title: 'Stale form',
      titlePrefix: form.titlePrefix,
      path: '/stale',
      main: html`
<p class="lead">This form is good for five seconds. Most forms get a day, but a page can stay open for longer than that.</p>
${region(
  ctx,
  'note',
  (sending) => html`
${form.summary()}
${form.state !== undefined && success(`Received in time: “${form.state}”`)}
<form ${form.attributes}${sending} class="panel" novalidate>
${form.fields}
${field(form, 'note', 'A note', { required: true, autocomplete: 'off' })}
<div class="buttons"><button type="submit">Send</button></div>
</form>`,
)}`,
      tryThis: [
        'Write something, wait for five seconds, then send it.',
        'You get this page again with your note in it. Send it once more, a little faster.',
      ],
      source: 'stale',
    })
  })
}
