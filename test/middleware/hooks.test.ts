import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { ActionOptions } from '../../lib/action/action.js'
import { forbidden, invalid, redirect, SealformError, type Submission } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { createTestApp, formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'

type Own = Partial<ActionOptions<undefined, unknown, [string], unknown>>

function appWith(own: Own, registry: Parameters<typeof createTestApp>[1] = {}) {
  const calls: string[] = []
  const parts = createTestApp(({ actions, router }) => {
    const act = actions.define('act', {
      async run({ formData }: Submission<undefined>, id: string) {
        calls.push(`run ${id} ${formData.get('text')}`)
        return redirect('/done')
      },
      ...own,
    })
    router.get('/page', (ctx) => {
      const form = ctx.form(act.bind(null, '7'))
      ctx.body = html`${form.summary()}<form ${form.attributes}>${form.fields}<input ${form.input('text')}></form>`
    })
  }, registry)
  async function submit(headers: Record<string, string> = {}) {
    const { fields } = formIn((await parts.request.get('/page')).text, 'act')
    return parts.request
      .post('/page')
      .set({ ...fromSamePage, ...headers })
      .send(urlencoded(fields, { text: 'typed' }))
  }
  return { ...parts, submit, calls }
}

describe('hooks around an action', () => {
  it('run in order with the arguments of the action, those of the registry outermost', async () => {
    const order: string[] = []
    const { submit, calls } = appWith(
      {
        before: ({ action, values, submission }) =>
          void order.push(`own before ${action} ${values} ${submission.formData.get('text')}`),
        after: ({ outcome }) => void order.push(`own after ${outcome.kind}`),
      },
      {
        actions: {
          before: async ({ action }) => void order.push(`all before ${action}`),
          after: async ({ outcome }) => void order.push(`all after ${outcome.kind}`),
        },
      },
    )
    assert.equal((await submit()).status, 303)
    assert.deepEqual(order, [
      'all before act',
      'own before act 7 typed',
      'own after redirect',
      'all after redirect',
    ])
    assert.deepEqual(calls, ['run 7 typed'])
  })

  it('can answer in place of the action, and the input is kept', async () => {
    for (const hook of [
      () => invalid('Too many tries. Wait a minute.', { status: 429 }),
      () => {
        throw invalid('Too many tries. Wait a minute.', { status: 429 })
      },
    ]) {
      const { submit, calls } = appWith({ before: hook })
      const answer = await submit()
      assert.equal(answer.status, 429)
      assert.match(answer.text, /Too many tries/)
      assert.match(answer.text, /value="typed"/)
      assert.deepEqual(calls, [])
    }
  })

  it('stop the action when one throws or returns a value that is not an outcome', async () => {
    for (const [before, code] of [
      [() => Promise.reject(new Error('limiter down')), undefined],
      [() => false, 'ERR_HOOK_RESULT'],
    ] as const) {
      const { submit, calls, errors } = appWith({ before })
      assert.equal((await submit()).status, 500)
      assert.deepEqual(calls, [])
      assert.equal((errors[0] as SealformError).code, code)
    }
  })

  it('can replace the outcome afterwards, where an error is reported and changes nothing', async () => {
    const replaced = appWith({ after: () => redirect('/elsewhere') })
    assert.equal((await replaced.submit()).headers.location, '/elsewhere')
    const broken = appWith({
      after: () => {
        throw new Error('audit log is full')
      },
    })
    const answer = await broken.submit()
    assert.equal(answer.headers.location, '/done')
    assert.equal((broken.errors[0] as Error).message, 'audit log is full')
  })

  it('can answer for an error, which is then not reported to the app', async () => {
    const seen: (string | boolean)[] = []
    const throwing = {
      run: async () => {
        throw new Error('no stock')
      },
    }
    const answered = appWith({
      ...throwing,
      onError: ({ error, reference }) => {
        seen.push((error as Error).message, /^[0-9A-Z]{4}-[0-9A-Z]{4}$/.test(reference))
        return invalid({ text: 'Sold out' })
      },
    })
    const answer = await answered.submit()
    assert.equal(answer.status, 422)
    assert.match(answer.text, /Sold out/)
    assert.deepEqual(seen, ['no stock', true])
    assert.deepEqual(answered.errors, [])

    const watched = appWith(throwing, {
      actions: { onError: ({ error }) => void seen.push((error as Error).message) },
    })
    assert.equal((await watched.submit()).status, 500)
    assert.equal(watched.errors.length, 1)
    assert.equal(seen.length, 3)
  })

  it('release a one-time submission when they answer in its place', async () => {
    let open = false
    let runs = 0
    const { request } = createTestApp(({ actions, router }) => {
      const act = actions.define('act', {
        once: true,
        before: () => (open ? undefined : forbidden()),
        run: async () => redirect(`/run-${++runs}`),
      })
      router.get('/page', (ctx) => {
        const form = ctx.form(act)
        ctx.body = html`<form ${form.attributes}>${form.fields}</form>`
      })
    })
    const { fields } = formIn((await request.get('/page')).text, 'act')
    const send = () => request.post('/page').set(fromSamePage).send(urlencoded(fields))
    await send().expect(403)
    open = true
    await send().expect('Location', '/run-1')
    await send().expect('Location', '/run-1')
  })

  it('must be functions', () => {
    for (const options of [{ before: true }, { after: 'x' }, { onError: {} }]) {
      assert.throws(
        () => appWith(options as unknown as Own),
        (error) => error instanceof SealformError && error.code === 'ERR_OPTION_INVALID',
      )
    }
  })
})

describe('a timeout', () => {
  it('ends the wait, aborts the signal, and says that the result is unknown', async () => {
    const reasons: unknown[] = []
    const { submit, errors } = appWith({
      timeout: '50ms',
      async run({ signal }: Submission<undefined>) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        reasons.push((signal.reason as DOMException).name)
        throw new Error('too late to matter')
      },
    })
    const answer = await submit()
    assert.equal(answer.status, 500)
    assert.match(answer.text, /do not know if it worked/)
    assert.match(answer.text, /value="typed"/)
    assert.equal((errors[0] as SealformError).code, 'ERR_ACTION_TIMEOUT')
    await wait(10)
    assert.deepEqual(reasons, ['TimeoutError'])
    assert.equal(errors.length, 1)
  })

  it('does nothing to an action that is in time', async () => {
    const { submit } = appWith({ timeout: 1 })
    assert.equal((await submit()).status, 303)
  })

  it('is refused when it is zero or longer than a timer can wait', () => {
    for (const timeout of [0, -1, '30 days', 2_147_484]) {
      assert.throws(
        () => appWith({ timeout }),
        (error) => error instanceof SealformError && error.code === 'ERR_OPTION_INVALID',
        String(timeout),
      )
    }
    appWith({ timeout: 2_147_483 })
  })
})
