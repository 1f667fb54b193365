import { type Actions, done, invalid, type Submission } from 'sealform'
import { html, type SafeHtml } from 'sealform/html'
import { z } from 'zod'
import type { TourRouter } from '../app.js'
import { choices, field } from '../field.js'
import { layout } from '../layout.js'
import { region } from '../region.js'

const ways = [
  { value: 'none', label: 'Nothing' },
  { value: 'action', label: 'The action, once it runs' },
  { value: 'part', label: 'This part of the page, while it shows what came of the action' },
]

const reportInput = z.object({
  note: z.string('Write something').trim().min(1, 'Write something').max(200, 'Use at most 200 characters'),
  fails: z.enum(['none', 'action', 'part'], 'Choose which part should fail'),
})

export function boundaryPage(router: TourRouter, actions: Actions): void {
  const report = actions.define('boundary', {
    input: reportInput,
    run({ input: { note, fails } }: Submission<z.output<typeof reportInput>, string>) {
      if (fails === 'action') throw new Error('The action was told to fail.')
      if (fails === 'part')
        return invalid({ note: 'Nobody reads this message, since its part of the page fails.' })
      return done(note)
    },
  })

  router.get('/boundary', (ctx) => {
    // This form is the only one on the page with a summary, so the page's title shows its state.
    let titlePrefix = ''

    const advice = region(ctx, 'advice', () => adviceOf(ctx.query.advice), {
      fallback: ({ reference }) => html`<div class="panel">
<h2>Advice</h2>
<p>There is no advice at the moment. In the log, the error has the reference <code>${reference}</code>.</p>
<p><a href="/boundary">Ask again</a></p>
</div>`,
    })

    const reports = region(ctx, 'report', (sending) => {
      const form = ctx.form(report)
      titlePrefix = form.titlePrefix
      if (form.value('fails') === 'part') throw new Error('This part was told to fail.')
      return html`<div class="panel">
<h2>A report</h2>
${form.summary()}
${form.state !== undefined && html`<p class="success" role="status">“${form.state}” has arrived.</p>`}
<form ${form.attributes}${sending} class="fields" novalidate>
${form.fields}
${field(form, 'note', 'What has happened?', { autocomplete: 'off' })}
${choices(form, 'fails', 'Which part should fail?', 'radio', ways, 'none')}
<div class="buttons"><button type="submit">Report</button></div>
</form>
</div>`
    })

    ctx.body = layout(ctx, {
      title: 'Failures',
      titlePrefix,
      path: '/boundary',
      main: html`
<p class="lead">Two parts of this page may fail alone. The rest is then shown as usual, and what you typed is still there.</p>
${reports}
${advice}`,
      tryThis: [
        'Let the action fail. Its form says so where it stands, with a reference for the log.',
        'Let the part fail. In its place you get a plain form with what you typed.',
        html`<a href="/boundary?advice=none">Open this page without advice.</a>`,
      ],
      source: 'boundary',
    })
  })
}

function adviceOf(asked: string | string[] | undefined): SafeHtml {
  if (asked === 'none') throw new Error('The advice is not there.')
  return html`<div class="panel">
<h2>Advice</h2>
<p>Give a region to <code>ctx.region()</code> as a function, and what it throws costs the page this region only.</p>
</div>`
}
