import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import type { ActionOptions } from '../../lib/action/action.js'
import type { ActionsOptions } from '../../lib/action/registry.js'
import type { ClaimStore } from '../../lib/claims/claim-store.js'
import {
  done,
  flash,
  invalid,
  memoryStore,
  redirect,
  type SealformError,
  type Submission,
} from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { createTestApp, formIn, fromSamePage, listen, urlencoded } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'

type Options = Partial<ActionOptions<undefined, unknown, [], unknown>>
type Run = (submission: Submission<undefined>, nth: number) => unknown

/** A shop whose orders run once, and that counts their runs. */
function shop(run: Run, { actions: options, ...own }: Options & { actions?: ActionsOptions } = {}) {
  let runs = 0
  const refusals: { reason: string; status: number; detail: string }[] = []
  const parts = createTestApp(
    ({ actions, router }) => {
      const order = actions.define('order', {
        once: true,
        ...own,
        run: async (submission) => run(submission as Submission<undefined>, ++runs),
      })
      const rename = actions.define('rename', async () => redirect('/renamed'))
      router.get('/order', (ctx) => {
        const form = ctx.form(order)
        const other = ctx.form(rename)
        ctx.body = html`<p>state ${JSON.stringify(form.state ?? null)}, cookie ${ctx.cookies.get('seen') ?? 'none'}</p>
          ${form.summary()}<form ${form.attributes}>${form.fields}<input ${form.input('text')}>${form.issue('text')}</form>
          <form ${other.attributes}>${other.fields}</form>`
      })
    },
    { actions: options ?? {}, onRefused: (refusal) => refusals.push(refusal) },
  )
  const page = async () => formIn((await parts.request.get('/order')).text, 'order').fields
  const send = (fields: Record<string, string>, typed: Record<string, string> = { text: 'typed' }) =>
    parts.request.post('/order').set(fromSamePage).send(urlencoded(fields, typed))
  return { ...parts, page, send, runs: () => runs, refusals }
}

/** A store in memory with some methods replaced. */
function storeThat(own: Partial<ClaimStore>): ClaimStore {
  const store = memoryStore()
  return {
    claim: store.claim.bind(store),
    renew: store.renew.bind(store),
    settle: store.settle.bind(store),
    release: store.release.bind(store),
    outcome: store.outcome.bind(store),
    ...own,
  }
}

describe('a one-time action', () => {
  it('runs once for 200 copies sent at the same time, which all get the same answer', async (t) => {
    const { app, page, runs } = shop(async ({ cookies }) => {
      await wait(100)
      cookies.set('receipt', '1')
      return flash('Ordered', '/thanks')
    })
    const port = await listen(createServer(app.callback()), (close) => t.after(close))
    const body = urlencoded(await page(), { text: 'typed' })
    const answers = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/order`, {
          method: 'POST',
          redirect: 'manual',
          headers: { ...fromSamePage, 'Content-Type': 'application/x-www-form-urlencoded' },
          body,
        })
        const cookies = answer.headers.getSetCookie().map((line) => line.split('=', 1)[0])
        return [answer.status, answer.headers.get('location'), cookies.join(), await answer.text()].join(' ')
      }),
    )
    assert.equal(runs(), 1)
    assert.deepEqual([...new Set(answers)], ['303 /thanks receipt,sealform.flash '])
  })

  it('gives a later copy the answer of the first one, with cookies and state', async () => {
    const { page, send, runs } = shop(({ cookies }, nth) => {
      cookies.set('seen', `run-${nth}`)
      return done({ nth, when: new Date(0) }, { status: 202 })
    })
    const fields = await page()
    const first = await send(fields)
    const second = await send(fields)
    for (const answer of [first, second]) {
      assert.equal(answer.status, 202)
      assert.match(answer.text, /cookie run-1/)
      assert.match(String(answer.headers['set-cookie']), /^seen=run-1;/)
      assert.equal(answer.headers['cache-control'], 'private, no-cache')
    }
    assert.equal(runs(), 1)
  })

  it('keeps types in the state that a later copy is shown', async () => {
    const { page, send } = shop(() => done(new Map([['a', 1]])))
    const states: unknown[] = []
    const fields = await page()
    for (const answer of [await send(fields), await send(fields)]) {
      states.push(/state (.*?),/.exec(answer.text)?.[1])
    }
    assert.deepEqual(states, ['{}', '{}'])
  })

  it('runs again for the form of another page', async () => {
    const { page, send, runs } = shop(() => redirect('/thanks'))
    await send(await page()).expect(303)
    await send(await page()).expect(303)
    assert.equal(runs(), 2)
  })

  it('shows a later copy what was wrong with the first, and runs the form that comes back', async () => {
    const { page, send, runs } = shop(() => invalid({ text: 'Sold out' }))
    const fields = await page()
    await send(fields).expect(422)
    const again = await send(fields).expect(422)
    assert.match(again.text, /Sold out/)
    assert.match(again.text, /value="typed"/)
    assert.equal(runs(), 1)
    const corrected = formIn(again.text, 'order').fields
    assert.notEqual(corrected.sealform, fields.sealform)
    await send(corrected).expect(422)
    assert.equal(runs(), 2, 'the form that comes back has a new seal')
  })

  it('is not run again when it threw; the page and the log have one reference', async () => {
    const { page, send, runs, errors } = shop(() => {
      throw new Error('no stock')
    })
    const fields = await page()
    const first = await send(fields).expect(500)
    const second = await send(fields).expect(500)
    const reference = /Reference: ([0-9A-Z-]{9})/
    assert.equal(reference.exec(first.text)?.[1], reference.exec(second.text)?.[1])
    assert.equal(runs(), 1)
    assert.equal(errors.length, 1, 'the error is reported once')
  })

  it('does not use up its seal when the fields are not valid', async () => {
    const runs: unknown[] = []
    const { request } = createTestApp(({ actions, router }) => {
      const order = actions.define('order', {
        once: true,
        input: z.object({ text: z.string().min(1, 'Enter a text') }),
        async run({ input }) {
          runs.push(input.text)
          return redirect('/thanks')
        },
      })
      router.get('/order', (ctx) => {
        const form = ctx.form(order)
        ctx.body = html`<form ${form.attributes}>${form.fields}${form.issue('text')}</form>`
      })
    })
    const { fields } = formIn((await request.get('/order')).text, 'order')
    const send = (text: string) => request.post('/order').set(fromSamePage).send(urlencoded(fields, { text }))
    await send('').expect(422)
    await send('right').expect(303)
    await send('right').expect(303)
    const later = await send('').expect(409)
    assert.match(later.text, /Enter a text/)
    assert.deepEqual(runs, ['right'])
  })

  it('goes on when the visitor leaves, and answers the waiting copy', async (t) => {
    let aborted: boolean | undefined
    const controller = new AbortController()
    const { app, page, send, runs } = shop(async ({ signal }) => {
      await until(() => controller.signal.aborted)
      await wait(50)
      aborted = signal.aborted
      return redirect('/thanks')
    })
    const port = await listen(createServer(app.callback()), (close) => t.after(close))
    const fields = await page()
    const first = fetch(`http://127.0.0.1:${port}/order`, {
      method: 'POST',
      headers: { ...fromSamePage, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: urlencoded(fields, { text: 'typed' }),
      signal: controller.signal,
    }).catch(() => 'left')
    await until(() => runs() === 1)
    controller.abort()
    assert.equal(await first, 'left')
    await send(fields).expect(303)
    assert.equal(aborted, false)
    assert.equal(runs(), 1)
  })

  it('reports what it threw after the visitor has left', async (t) => {
    const controller = new AbortController()
    const { app, page, send, runs, errors } = shop(async () => {
      await until(() => controller.signal.aborted)
      await wait(50)
      throw new Error('The card was declined.')
    })
    const port = await listen(createServer(app.callback()), (close) => t.after(close))
    const fields = await page()
    const first = fetch(`http://127.0.0.1:${port}/order`, {
      method: 'POST',
      headers: { ...fromSamePage, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: urlencoded(fields, { text: 'typed' }),
      signal: controller.signal,
    }).catch(() => 'left')
    await until(() => runs() === 1)
    controller.abort()
    assert.equal(await first, 'left')
    await send(fields).expect(500)
    assert.deepEqual(errors.map(String), ['Error: The card was declined.'], 'once, and not for the copy')
  })

  it('is claimed when its button is pressed', async () => {
    let runs = 0
    const { request } = createTestApp(({ actions, router }) => {
      const save = actions.define('save', async () => redirect('/saved'))
      const pay = actions.define('pay', { once: true, run: async () => redirect(`/paid-${++runs}`) })
      router.get('/cart', (ctx) => {
        const form = ctx.form(save)
        ctx.body = html`<form ${form.attributes}>${form.fields}<button ${form.submit(pay)}>Pay</button></form>`
      })
    })
    const page = (await request.get('/cart')).text
    const pay = /name="sealform\.submit" value="([\w-]+)"/.exec(page)?.[1] ?? ''
    const body = urlencoded(formIn(page, 'save').fields, { 'sealform.submit': pay })
    for (let i = 0; i < 3; i++) {
      await request.post('/cart').set(fromSamePage).send(body).expect(303).expect('Location', '/paid-1')
    }
    await request
      .post('/cart')
      .set(fromSamePage)
      .send(urlencoded(formIn(page, 'save').fields))
      .expect('Location', '/saved')
  })

  it('is refused by authorize before the claim', async () => {
    let claims = 0
    const store = memoryStore()
    const { page, send } = shop(() => redirect('/thanks'), {
      authorize: () => {
        throw invalid('Not now')
      },
      actions: {
        store: storeThat({
          claim(...args) {
            claims++
            return store.claim(...args)
          },
        }),
      },
    })
    await send(await page()).expect(422)
    assert.equal(claims, 0)
  })
})

describe('a form of a one-time action', () => {
  it('says so for the script in the browser, and a button where its action differs', async () => {
    const { request } = createTestApp(({ actions, router }) => {
      const once = actions.define('once', { once: true, async run() {} })
      const often = actions.define('often', async () => {})
      router.get('/', (ctx) => {
        const [one, other] = [ctx.form(once), ctx.form(often)]
        ctx.body = html`<form ${one.attributes}>${one.fields}<button ${one.submit(often)}>a</button><button ${one.submit(once)}>b</button></form>
          <form ${other.attributes}>${other.fields}<button ${other.submit(once)}>c</button><button ${other.submit(often)}>d</button></form>`
      })
    })
    const { text } = await request.get('/').expect(200)
    const tags = [...text.matchAll(/<(?:form|button) [^>]*>(\w?)/g)].map(
      ([tag]) => /data-sealform-once="(\w*)"/.exec(tag)?.[1],
    )
    assert.deepEqual(tags, ['true', '', undefined, undefined, 'true', undefined])
  })
})

describe('the store of one-time submissions', () => {
  const failures: Record<string, Partial<ClaimStore>> = {
    down: { claim: async () => Promise.reject(new Error('connection refused')) },
    full: { claim: async () => ({ kind: 'full' }) },
    broken: {
      claim: () => {
        throw new Error('connection refused')
      },
    },
  }
  for (const name of ['down', 'full', 'broken'] as const) {
    it(`answers 503 with the input and does not run the action when it is ${name}`, async () => {
      const { page, send, runs, refusals, request } = shop(() => redirect('/thanks'), {
        actions: { store: storeThat(failures[name] ?? {}) },
      })
      const answer = await send(await page())
        .expect(503)
        .expect('Retry-After', '5')
      assert.match(answer.text, /wait a moment/)
      assert.match(answer.text, /value="typed"/)
      assert.equal(runs(), 0)
      assert.equal(refusals[0]?.reason, 'store-down')
      const other = formIn((await request.get('/order')).text, 'rename').fields
      await request.post('/order').set(fromSamePage).send(urlencoded(other)).expect('Location', '/renamed')
    })
  }

  it('counts as down when it takes longer than two seconds, and gives a late claim back', async () => {
    const store = memoryStore()
    const released: string[] = []
    let answered = false
    const slow = storeThat({
      async claim(id, terms) {
        await until(() => answered)
        return store.claim(id, terms)
      },
      async release(id, owner) {
        released.push(id)
        return store.release(id, owner)
      },
    })
    const { page, send, runs } = shop(() => redirect('/thanks'), { actions: { store: slow } })
    await send(await page()).expect(503)
    answered = true
    await until(() => released.length === 1)
    assert.equal(runs(), 0)
  })

  it('does not delay the answer when it goes down during the run, and gets the result later', async () => {
    const store = memoryStore()
    let down = true
    const { page, send, runs, errors } = shop(() => redirect('/thanks'), {
      actions: {
        store: storeThat({
          claim: store.claim.bind(store),
          outcome: store.outcome.bind(store),
          async settle(...args) {
            if (down) {
              down = false
              throw new Error('connection reset')
            }
            return store.settle(...args)
          },
        }),
      },
    })
    const fields = await page()
    await send(fields).expect(303)
    assert.equal((errors[0] as Error).message, 'connection reset')
    await send(fields).expect(303).expect('Location', '/thanks')
    assert.equal(runs(), 1)
  })

  it('answers later copies with 409 when the server of the run is lost, and never runs twice', async () => {
    const { page, send, runs } = shop(() => redirect('/thanks'), {
      actions: { store: storeThat({ claim: async () => ({ kind: 'lost' }) }) },
    })
    const answer = await send(await page()).expect(409)
    assert.match(answer.text, /Check this before you send it again/)
    assert.match(answer.text, /value="typed"/)
    assert.equal(runs(), 0)
  })

  it('answers waiting copies with a check-first page when it goes down during the run', async () => {
    const { page, send, runs, refusals } = shop(() => redirect('/thanks'), {
      actions: {
        store: storeThat({
          claim: async (_id, { digest }) => ({ kind: 'running', digest }),
          outcome: () => Promise.reject(new Error('connection lost')),
        }),
      },
    })
    const answer = await send(await page()).expect(409)
    assert.match(answer.text, /do not know if it worked/)
    assert.match(answer.text, /value="typed"/)
    assert.equal(runs(), 0)
    assert.deepEqual(
      refusals.map(({ reason }) => reason),
      ['used'],
    )
  })

  it('may throw synchronously', async () => {
    const now = () => {
      throw new Error('not connected')
    }
    const settling = shop(() => redirect('/thanks'), {
      actions: { store: storeThat({ settle: now, outcome: now }) },
    })
    await settling.send(await settling.page()).expect(303)
    assert.deepEqual(settling.errors.map(String), ['Error: not connected'])
    const releasing = shop(() => {}, {
      before: () => redirect('/wait'),
      actions: { store: storeThat({ release: now }) },
    })
    await releasing.send(await releasing.page()).expect(303)
    assert.deepEqual(releasing.errors.map(String), ['Error: not connected'])
  })

  it('sees no state, text or action name in what it keeps', async () => {
    const kept: unknown[] = []
    const store = memoryStore()
    const { page, send } = shop(() => done({ secret: 'pin 1234' }), {
      actions: {
        app: 'shop',
        store: storeThat({
          claim(...args) {
            kept.push(args)
            return store.claim(...args)
          },
          settle(...args) {
            kept.push(args)
            return store.settle(...args)
          },
        }),
      },
    })
    await send(await page()).expect(200)
    assert.equal(kept.length, 2)
    assert.match(
      JSON.stringify(kept[0]),
      /^\["shop:[\w-]{32}",\{"owner":"[\w-]{22}","digest":"[\w-]{22}","issued":\d{10},"lease":30,"keep":(?:3899|390\d)\}\]$/,
    )
    assert.doesNotMatch(JSON.stringify(kept), /secret|1234|typed|done/)
  })

  it('cannot make the server accept a forged result', async () => {
    const store = memoryStore()
    const records: string[] = []
    let digest = ''
    const forge = (result: string) =>
      storeThat({
        claim(id, terms) {
          digest = terms.digest
          return store.claim(id, terms)
        },
        async settle(_id, _owner, { result }) {
          records.push(result)
        },
        async outcome() {
          return { kind: 'settled', digest, result }
        },
      })
    const { page, send } = shop(() => redirect('/thanks'), { actions: { store: forge('AAAA') } })
    const fields = await page()
    await send(fields).expect(303)
    await send(fields).expect(409)
    const other = shop(() => redirect('/elsewhere'), { actions: { store: forge(records[0] ?? '') } })
    const otherFields = await other.page()
    await other.send(otherFields).expect('Location', '/elsewhere')
    await other.send(otherFields).expect(409)
  })

  it('must have all methods', () => {
    const { claim: _, ...rest } = storeThat({})
    assert.throws(
      () => createTestApp(() => {}, { actions: { store: rest as ClaimStore } }),
      (error: SealformError) => error.code === 'ERR_OPTION_INVALID' && /claim is missing/.test(error.message),
    )
  })
})
