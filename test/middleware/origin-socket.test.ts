import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import Koa from 'koa'
import { createActions, redirect } from '../../lib/sealform.js'
import { type MiddlewareOptions, type Refusal, type SealformContext, sealform } from '../../middleware/koa.js'
import { html } from '../../views/html.js'
import { formIn, listen, testKey, urlencoded } from '../setup/koa-app.js'
import { type RawAnswer, requestText, talk } from '../setup/raw-http.js'
import { type OriginCase, readOriginCases } from '../vectors/origin.js'

type OnEnd = (close: () => Promise<void>) => void

interface OriginApp {
  readonly port: number
  /** How often the action has run. */
  readonly runs: () => number
  /** Returns what onRefused received since the last call. */
  takeRefusals(): Refusal[]
  /** Loads the hidden fields as this visitor. */
  fieldsOf(visitor: string): Promise<Record<string, string>>
  /** The seal of the button as this visitor gets it. */
  buttonOf(visitor: string): Promise<string>
}

/** An app behind a proxy that it trusts or does not, with one form. */
async function originApp(
  onEnd: OnEnd,
  proxy: boolean,
  options: MiddlewareOptions<Koa.Context>,
): Promise<OriginApp> {
  const refusals: Refusal[] = []
  let runs = 0
  const actions = createActions<Koa.Context>({ keys: testKey })
  const act = actions.define('act', async () => {
    runs++
    return redirect('/done')
  })
  const app: Koa<Koa.DefaultState, SealformContext> = new Koa({ proxy })
  app.silent = true
  app.use(
    sealform(actions, {
      session: (ctx) => ctx.cookies.get('user'),
      onRefused: (refusal) => refusals.push(refusal),
      ...options,
    }),
  )
  app.use((ctx) => {
    const form = ctx.form(act)
    ctx.body = html`<form ${form.attributes}>${form.fields}<input ${form.input('text')}><button ${form.submit(act)}>Act</button></form>`
  })
  // By default, Node itself answers a request without Host or with long headers.
  const server = createServer({ maxHeaderSize: 1024 * 1024, requireHostHeader: false }, app.callback())
  const port = await listen(server, onEnd)
  return {
    port,
    runs: () => runs,
    takeRefusals: () => refusals.splice(0),
    fieldsOf: async (visitor) => formIn(await pageFor(visitor), 'act').fields,
    buttonOf: async (visitor) =>
      /name="sealform\.submit" value="([\w-]+)"/.exec(await pageFor(visitor))?.[1] ?? '',
  }

  async function pageFor(visitor: string): Promise<string> {
    const { answers } = await talk(port, [
      requestText('GET / HTTP/1.1', [
        ['Host', 'app.example'],
        ['Cookie', visitor],
      ]),
    ])
    return answers[0]?.body ?? ''
  }
}

/** One app for each policy, with a proxy where the case has one. */
function appsFor(onEnd: OnEnd, mode: 'enforce' | 'report') {
  const apps = new Map<string, Promise<OriginApp>>()
  return (entry: OriginCase): Promise<OriginApp> => {
    const proxy = entry.headers.some(([name]) => /^x-forwarded/i.test(name))
    const key = JSON.stringify([entry.policy, proxy])
    const app = apps.get(key) ?? originApp(onEnd, proxy, { ...entry.policy, mode })
    apps.set(key, app)
    return app
  }
}

/** Makes a request with exactly the headers of the case, and a form with a valid seal. */
async function send(app: OriginApp, entry: OriginCase, visitor: string): Promise<RawAnswer> {
  const body = urlencoded(await app.fieldsOf(visitor), { text: 'typed by the visitor' })
  const { answers } = await talk(app.port, [
    requestText(
      'POST / HTTP/1.1',
      [...entry.headers, ['Cookie', visitor], ['Content-Type', 'application/x-www-form-urlencoded']],
      body,
    ),
  ])
  return answers[0] ?? assert.fail(`${entry.name}: no answer`)
}

/** Node's parser refuses such a header: it answers 400 before there is a request. */
function isRefusedByNode(entry: OriginCase): boolean {
  return entry.headers.some(([, value]) => /[\0-\x08\x0a-\x1f\x7f]/.test(value))
}

const cases = readOriginCases()

describe('the table of the origin policy, over raw sockets', () => {
  it('decides whether the action runs, and returns no input to a refused origin', async (t) => {
    const appFor = appsFor((close) => t.after(close), 'enforce')
    let refusedByNode = 0
    for (const entry of cases) {
      const app = await appFor(entry)
      const before = app.runs()
      const answer = await send(app, entry, 'visitor=anybody')
      const runs = app.runs() - before
      const refusals = app.takeRefusals()
      if (isRefusedByNode(entry)) {
        refusedByNode++
        assert.deepEqual([answer.status, answer.body, runs], [400, '', 0], entry.name)
      } else if (entry.expect.verdict === 'allow') {
        assert.deepEqual([answer.status, runs, refusals], [303, 1, []], entry.name)
      } else {
        const status = entry.expect.verdict === 'token' ? 403 : entry.expect.status
        assert.deepEqual([answer.status, runs], [status, 0], entry.name)
        assert.deepEqual(
          refusals.map(({ reason, status, enforced, action }) => ({ reason, status, enforced, action })),
          [{ reason: 'origin', status, enforced: true, action: undefined }],
          entry.name,
        )
        assert.doesNotMatch(answer.body, /typed by|name="sealform"/, entry.name)
        assert.deepEqual(answer.headers.get('cache-control'), ['no-store'], entry.name)
        assert.equal(answer.headers.has('set-cookie'), false, entry.name)
      }
    }
    assert.ok(refusedByNode < cases.length / 10, `${refusedByNode} cases never reached us`)
  })

  it('accepts a session-bound seal in place of missing origin headers only', async (t) => {
    const appFor = appsFor((close) => t.after(close), 'enforce')
    for (const entry of cases) {
      if (isRefusedByNode(entry)) continue
      const app = await appFor(entry)
      const before = app.runs()
      const answer = await send(app, entry, 'user=ann')
      const passes = entry.expect.verdict !== 'refuse'
      assert.equal(answer.status, passes ? 303 : entry.expect.status, entry.name)
      assert.equal(app.runs() - before, passes ? 1 : 0, entry.name)
    }
  })

  it('refuses a seal of another visitor in place of missing origin headers', async (t) => {
    const appFor = appsFor((close) => t.after(close), 'enforce')
    for (const entry of cases.filter(({ expect }) => expect.verdict === 'token')) {
      const app = await appFor(entry)
      const seals = {
        "another visitor's": [await app.fieldsOf('user=bob'), 'user=ann'],
        'one without a session': [await app.fieldsOf('visitor=anybody'), 'user=ann'],
        "another visitor's, sent without a session": [await app.fieldsOf('user=bob'), 'visitor=anybody'],
        forged: [{ sealform: 'forged' }, 'user=ann'],
      } as const
      for (const [whose, [fields, visitor]] of Object.entries(seals)) {
        const { answers } = await talk(app.port, [
          requestText(
            'POST / HTTP/1.1',
            [...entry.headers, ['Cookie', visitor], ['Content-Type', 'application/x-www-form-urlencoded']],
            urlencoded(fields, { text: 'typed by the visitor' }),
          ),
        ])
        assert.equal(answers[0]?.status, 403, `${entry.name}, ${whose}`)
        assert.doesNotMatch(answers[0]?.body ?? '', /typed by|name="sealform"/, `${entry.name}, ${whose}`)
      }
      assert.equal(app.runs(), 0, entry.name)
    }
  })

  it('refuses a button of another session in a form that passed by its own session', async (t) => {
    const app = await originApp((close) => t.after(close), false, {})
    const mine = await app.fieldsOf('user=ann')
    for (const other of ['user=bob', 'visitor=anybody']) {
      const button = await app.buttonOf(other)
      const { answers } = await talk(app.port, [
        requestText(
          'POST / HTTP/1.1',
          [
            ['Host', 'app.example'],
            ['Cookie', 'user=ann'],
            ['Content-Type', 'application/x-www-form-urlencoded'],
          ],
          urlencoded(mine, { 'sealform.submit': button }),
        ),
      ])
      assert.equal(answers[0]?.status, 403, other)
    }
    assert.equal(app.runs(), 0)
  })

  it('only reports in report mode', async (t) => {
    const appFor = appsFor((close) => t.after(close), 'report')
    for (const entry of cases) {
      if (isRefusedByNode(entry)) continue
      const app = await appFor(entry)
      const before = app.runs()
      const answer = await send(app, entry, 'visitor=anybody')
      const { verdict, status = 403 } = entry.expect
      assert.deepEqual([answer.status, app.runs() - before], [303, 1], entry.name)
      const told = app.takeRefusals().map(({ reason, status, enforced, action }) => ({
        reason,
        status,
        enforced,
        action,
      }))
      const expected =
        verdict === 'allow' ? [] : [{ reason: 'origin', status, enforced: false, action: 'act' }]
      assert.deepEqual(told, expected, entry.name)
    }
  })
})

describe('the page for a refused origin', () => {
  const lines = [
    ['Host', 'internal:8080'],
    ['Origin', 'https://shop.example'],
    ['Content-Type', 'application/x-www-form-urlencoded'],
  ] as const

  async function refusedIn(environment: string | undefined, onEnd: OnEnd): Promise<RawAnswer> {
    const before = process.env.NODE_ENV
    if (environment === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = environment
    try {
      const app = await originApp(onEnd, false, {})
      const { answers } = await talk(app.port, [
        requestText('POST / HTTP/1.1', lines, urlencoded(await app.fieldsOf('a=b'), { text: 'typed' })),
      ])
      return answers[0] ?? assert.fail('no answer')
    } finally {
      if (before === undefined) delete process.env.NODE_ENV
      else process.env.NODE_ENV = before
    }
  }

  it('names both values and the setting in development', async (t) => {
    for (const environment of ['development', 'test']) {
      const { status, body } = await refusedIn(environment, (close) => t.after(close))
      assert.equal(status, 403)
      assert.match(body, /https:\/\/shop\.example/)
      assert.match(body, /http:\/\/internal:8080/)
      assert.match(body, /origin: &#39;https:\/\/shop\.example&#39;/)
      assert.doesNotMatch(body, /typed/)
    }
  })

  it('names neither outside of development', async (t) => {
    for (const environment of ['production', 'staging', 'Production', 'Development', '', undefined]) {
      const { status, body } = await refusedIn(environment, (close) => t.after(close))
      assert.equal(status, 403)
      assert.doesNotMatch(body, /shop\.example|internal|allowedOrigins|typed/)
      assert.match(body, /was not sent from our own page/)
    }
  })

  it('prints the received values as text', async (t) => {
    const app = await originApp((close) => t.after(close), false, {})
    const { answers } = await talk(app.port, [
      requestText(
        'POST / HTTP/1.1',
        [
          ['Host', 'app.example'],
          ['Origin', '"></pre><script>alert(1)</script>'],
          ['Content-Type', 'application/x-www-form-urlencoded'],
        ],
        urlencoded(await app.fieldsOf('a=b')),
      ),
    ])
    assert.equal(answers[0]?.status, 403)
    assert.doesNotMatch(answers[0]?.body ?? '', /<script/)
    assert.match(answers[0]?.body ?? '', /&lt;script&gt;/)
  })
})
