import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { type StageTrace, type SubmissionTrace, stages } from '../../lib/base/trace.js'
import { redirect } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { createTestApp, formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'

function app() {
  const parts = createTestApp(({ actions, router }) => {
    const act = actions.define('act', {
      once: true,
      authorize: () => undefined,
      input: z.object({ text: z.string().min(1, 'Enter a text') }),
      async run({ input }) {
        if (input.text === 'throw') throw new Error('secret of the error')
        return redirect('/done')
      },
    })
    router.get('/page', (ctx) => {
      const form = ctx.form(act)
      ctx.body = html`<form ${form.attributes}>${form.fields}</form>`
    })
  })
  async function submit(text: string, headers: Record<string, string> = fromSamePage) {
    const { fields } = formIn((await parts.request.get('/page')).text, 'act')
    return parts.request.post('/page?secret=query').set(headers).send(urlencoded(fields, { text }))
  }
  return { ...parts, submit }
}

/** Runs `work` and returns what subscribers receive, as `channel event`. */
async function heard(work: () => Promise<unknown>) {
  const events: { name: string; event: string; message: unknown }[] = []
  const ends: (() => void)[] = []
  for (const name of [
    'sealform.recognise',
    'sealform.submission',
    ...stages.map((stage) => `sealform.${stage}`),
  ]) {
    const listen = (event: string) => (message: unknown) => {
      events.push({ name, event, message })
    }
    const handlers = {
      start: listen('start'),
      end: listen('end'),
      asyncStart: listen('asyncStart'),
      asyncEnd: listen('asyncEnd'),
      error: listen('error'),
    }
    tracingChannel(name).subscribe(handlers)
    ends.push(() => tracingChannel(name).unsubscribe(handlers))
  }
  const refused = (message: unknown) => {
    events.push({ name: 'sealform.refused', event: 'message', message })
  }
  subscribe('sealform.refused', refused)
  ends.push(() => unsubscribe('sealform.refused', refused))
  try {
    await work()
  } finally {
    for (const end of ends) end()
  }
  return events
}

const starts = (events: Awaited<ReturnType<typeof heard>>) =>
  events.flatMap(({ name, event }) => (event === 'start' ? [name.replace('sealform.', '')] : []))

describe('diagnostics', () => {
  it('trace every stage of a submission in its order', async () => {
    const { submit } = app()
    const events = await heard(() => submit('hello'))
    assert.deepEqual(starts(events), [
      'recognise',
      'submission',
      'origin',
      'open',
      'authorize',
      'read',
      'validate',
      'claim',
      'run',
    ])
    const whole = events.filter(({ name }) => name === 'sealform.submission')
    assert.deepEqual(
      whole.map(({ event }) => event),
      ['start', 'end', 'asyncStart', 'asyncEnd'],
    )
    const message = whole.at(-1)?.message as SubmissionTrace
    assert.equal(message.action, 'act')
    assert.equal(message.path, '/page')
    assert.equal(message.outcome, 'redirect')
    assert.equal(message.status, 303)
    const run = events.find(({ name }) => name === 'sealform.run')?.message as StageTrace
    assert.equal(run.submission, message)
  })

  it('name the reason of a refusal, and trace the page that shows it', async () => {
    const { submit } = app()
    const invalid = await heard(() => submit(''))
    assert.deepEqual(starts(invalid).slice(-2), ['validate', 'render'])
    const foreign = await heard(() =>
      submit('hello', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }),
    )
    const whole = foreign.find(({ name }) => name === 'sealform.submission')?.message as SubmissionTrace
    assert.deepEqual([whole.outcome, whole.reason, whole.status], ['refused', 'origin', 403])
    const refusal = foreign.find(({ name }) => name === 'sealform.refused')?.message as { reason: string }
    assert.equal(refusal.reason, 'origin')
    assert.deepEqual(starts(foreign), ['recognise', 'submission', 'origin'])
  })

  it('never contain input or a query string', async () => {
    const { submit } = app()
    for (const text of ['typed-by-hand', '', 'throw']) {
      const events = await heard(() => submit(text))
      for (const { message } of events) {
        assert.doesNotMatch(JSON.stringify(message), /typed-by-hand|secret/)
      }
    }
  })

  it('say how long each stage took, in development only', async () => {
    const { submit } = app()
    const timing = (await submit('hello')).headers['server-timing']
    assert.match(String(timing), /^sealform-origin;dur=\d+\.\d, .*sealform-run;dur=\d+\.\d$/)
    const before = process.env.NODE_ENV
    process.env.NODE_ENV = 'production'
    try {
      assert.equal((await app().submit('hello')).headers['server-timing'], undefined)
    } finally {
      process.env.NODE_ENV = before
    }
  })

  it('print a line for each submission with NODE_DEBUG=sealform', () => {
    const program = `
      import { Trace, traceRefusal } from ${JSON.stringify(new URL('../../lib/base/trace.js', import.meta.url).href)}
      const trace = new Trace('/page')
      await trace.whole(async () => trace.stage('run', async () => trace.submission.status = 303))
      traceRefusal({ reason: 'expired', detail: 'Why.', action: 'act' })`
    const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      env: { ...process.env, NODE_DEBUG: 'sealform' },
    })
    assert.match(stderr, /SEALFORM \d+: POST \/page .* 303 in \d+\.\d ms run;dur=\d+\.\d/)
    assert.match(stderr, /SEALFORM \d+: act refused: expired\. Why\./)
  })
})
