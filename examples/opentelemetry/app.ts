import Router from '@koa/router'
import type { Tracer } from '@opentelemetry/api'
import Koa from 'koa'
import { type ActionsOptions, createActions, done } from 'sealform'
import { html } from 'sealform/html'
import { type SealformContext, sealform } from 'sealform/koa'
import { z } from 'zod'

export type TracedApp = Koa<Koa.DefaultState, SealformContext>

/** An app with a form whose action creates its own span, as an instrumented database would. */
export function createApp(tracer: Tracer, options: Pick<ActionsOptions, 'keys'> = {}): TracedApp {
  const actions = createActions(options)

  const save = actions.define('notes.save', {
    once: true,
    input: z.object({
      note: z.string().trim().min(1, 'Write something').max(200, 'Use at most 200 characters'),
    }),
    run({ input: { note } }) {
      return tracer.startActiveSpan('INSERT notes', async (span) => {
        try {
          if (note === 'throw') throw new Error('The database does not answer.')
          await new Promise((resolve) => setTimeout(resolve, 20))
          return done({ saved: true })
        } finally {
          span.end()
        }
      })
    },
  })

  const router = new Router<Koa.DefaultState, SealformContext>()
  router.get('/', (ctx) => {
    const form = ctx.form(save)
    ctx.body = html`<!doctype html>
<html lang="en">
<title>${form.titlePrefix}Notes</title>
<h1>Notes</h1>
${form.summary()}
${form.status === 'done' && html`<p role="status">Saved. The spans are on the console of the server.</p>`}
<form ${form.attributes}>${form.fields}
<label for="${form.id}-note">A note (write “throw” to see an error)</label>
${form.issue('note')}
<input ${form.input('note', { required: true, autocomplete: 'off' })}>
<button>Save</button>
</form>
</html>`
  })

  const app: TracedApp = new Koa()
  app.use(sealform(actions))
  app.use(router.routes())
  return app
}
