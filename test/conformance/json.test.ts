import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { parse } from 'devalue'
import type supertest from 'supertest'
import { z } from 'zod'
import { done, flash, forbidden, invalid, notFound, redirect, unauthorized } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { fromSamePage, urlencoded } from '../setup/koa-app.js'
import { type AnyContext, eachKind, type Framework } from './frameworks.js'
import { openSite, page, type Site, type SiteOptions } from './site.js'

const rich = 'application/vnd.sealform+json'
const json = 'application/json'

for (const framework of eachKind) {
  describe(`outcomes in JSON on ${framework.name}`, () => outcomes(framework))
  describe(`refusals in JSON on ${framework.name}`, () => refusals(framework))
  describe(`seals in JSON on ${framework.name}`, () => seals(framework))
}

interface Fresh {
  readonly form?: string
  readonly seal: string
  readonly state?: string
  readonly sent: boolean
}

/** Sends fields and asks for rich values, as a script of the same page. */
function send(
  site: Site,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): supertest.Test {
  return site.request
    .post('/page')
    .redirects(0)
    .set({ ...fromSamePage, Accept: rich, ...headers })
    .send(urlencoded(fields))
    .buffer(true)
    .parse(asText)
}

function asText(res: supertest.Response, done: (error: Error | null, text: string) => void): void {
  let text = ''
  res.setEncoding('utf8')
  res.on('data', (chunk: string) => {
    text += chunk
  })
  res.on('end', () => done(null, text))
}

/** The body of an answer with rich values; fails on types that devalue does not know. */
const read = (answer: supertest.Response) => parse(String(answer.body))

function outcomes(framework: Framework): void {
  const open = (t: TestContext, options: SiteOptions = {}) => openSite(t, framework, options)

  async function told(t: TestContext, options: SiteOptions, accept = rich) {
    const site = await open(t, options)
    const answer = await send(site, { ...(await site.fields()), text: 'typed' }, { Accept: accept })
    const body = accept === rich ? read(answer) : JSON.parse(String(answer.body))
    return { site, answer, body }
  }

  it('tells what an action returned, with the types that it has', async (t) => {
    const cycle: { self?: unknown } = {}
    cycle.self = cycle
    const state = {
      at: new Date(5),
      map: new Map([[{ a: 1 }, new Set([1n, undefined, Number.NaN, -0])]]),
      bytes: Buffer.from('bytes'),
      part: new Uint8Array(Buffer.from('--secret--').buffer, 0, 0),
      floats: new Float64Array([1, 2, 3, 4]).subarray(1, 3),
      link: new URL('https://app.example/?a=1'),
      cycle,
    }
    const { answer, body } = await told(t, { run: () => done(state, { status: 201 }) })
    assert.equal(answer.status, 201)
    assert.equal(answer.headers['content-type'], rich)
    assert.equal(answer.headers['cache-control'], 'no-store')
    assert.equal(answer.headers.vary, 'Accept')
    assert.equal(answer.headers['content-length'], String(Buffer.byteLength(String(answer.body))))
    assert.equal(body.outcome, 'done')
    assert.equal(body.status, 201)
    assert.deepEqual(body.issues, [])
    assert.deepEqual(body.values, [])
    assert.deepEqual(body.state.at, state.at)
    assert.deepEqual(body.state.map, state.map)
    assert.deepEqual(body.state.bytes, new Uint8Array(state.bytes))
    assert.deepEqual(body.state.floats, new Float64Array([2, 3]))
    assert.equal(body.state.floats.buffer.byteLength, 16)
    assert.equal(body.state.part.buffer.byteLength, 0)
    assert.equal(body.state.link.href, state.link.href)
    assert.equal(body.state.cycle.self, body.state.cycle)
  })

  it('tells the same as plain JSON', async (t) => {
    const state = { list: [1, 'two', null, true], none: undefined }
    const { answer, body, site } = await told(t, { run: () => state }, json)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8')
    const [fresh] = body.seals
    assert.deepEqual(body, {
      outcome: 'done',
      status: 200,
      message: 'Done.',
      state: { list: [1, 'two', null, true] },
      issues: [],
      values: [],
      seals: [{ form: 'act', seal: fresh.seal, state: fresh.state, files: [], sent: true }],
    })
    assert.deepEqual(site.failures, [])
  })

  it('says that an action is done whose state cannot be told, and reports it', async (t) => {
    for (const [accept, state, words] of [
      [json, { at: new Date(5) }, /\.at is not plain/],
      [json, [1, undefined], /\[1\] is not plain/],
      [rich, { call: () => 1 }, /\.call is a function/],
    ] as const) {
      const { answer, body, site } = await told(t, { run: () => state }, accept)
      assert.equal(answer.status, 500)
      assert.equal(body.outcome, 'done')
      assert.equal(body.status, 500)
      assert.equal(body.state, undefined)
      assert.match(body.message, new RegExp(body.reference))
      const [failure, ...more] = await site.failed(1)
      assert.equal(Reflect.get(Object(failure?.error), 'code'), 'ERR_VALUE_UNSUPPORTED')
      assert.match(String(failure?.error), words)
      assert.deepEqual(more, [])
    }
  })

  it('tells issues and gives the input back without secrets', async (t) => {
    const site = await open(t, { run: () => invalid({ text: 'Not that' }) })
    const answer = await send(site, {
      ...(await site.fields()),
      text: 'typed',
      _note: 'hidden',
      'sealform.secret.password': 'hunter2',
    })
    const body = read(answer)
    assert.equal(answer.status, 422)
    assert.equal(body.outcome, 'invalid')
    assert.deepEqual(body.issues, [{ name: 'text', message: 'Not that' }])
    assert.deepEqual(body.values, [['text', 'typed']])
    assert.deepEqual(body.state, { start: true })
    assert.doesNotMatch(String(answer.body), /hunter2|hidden/)
  })

  it('gives back names that every object has', async (t) => {
    const site = await open(t, { run: () => invalid('No') })
    for (const accept of [rich, json]) {
      const fields = { ...(await site.fields()), constructor: 'a' }
      const body = `${urlencoded(fields)}&__proto__=hidden&toString=b`
      const answer = await site.request
        .post('/page')
        .set({ ...fromSamePage, Accept: accept })
        .send(body)
        .buffer(true)
        .parse(asText)
      const { values } = accept === rich ? read(answer) : JSON.parse(String(answer.body))
      assert.deepEqual(values, [
        ['constructor', 'a'],
        ['toString', 'b'],
      ])
    }
  })

  it('tells the target of a redirect, and sets the cookies', async (t) => {
    const run: SiteOptions['run'] = ({ cookies }) => {
      cookies.set('seen', 'yes')
      return redirect('/thanks?page=2')
    }
    const { answer, body } = await told(t, { run })
    assert.deepEqual([answer.status, answer.headers.location], [200, undefined])
    assert.deepEqual([body.outcome, body.status, body.location], ['redirect', 303, '/thanks?page=2'])
    assert.match(String(answer.headers['set-cookie']), /^seen=yes/)
    assert.equal(body.seals[0].sent, true)
  })

  it('says where in a state that no form carries a value cannot be told', async (t) => {
    const site = await open(t, {
      run: () => ({ list: [{ call: () => 1 }] }),
      pages: { '/page': (view, act) => ({ html: html`<p data-seal="${view.form(act).seal}">` }) },
    })
    const seal = /data-seal="([\w-]+)"/.exec((await site.request.get('/page')).text)?.[1] ?? ''
    const body = read(await send(site, { sealform: seal }))
    assert.deepEqual([body.outcome, body.status, body.seals.length], ['done', 500, 1])
    const [failure] = await site.failed(1)
    assert.match(String(failure?.error), /"act" cannot be sent as JSON at \.state\.list\[0\]\.call/)
  })

  it('leaves a flash to the next page', async (t) => {
    const { answer, body } = await told(t, { run: () => flash('Saved', '/page') })
    assert.equal(body.location, '/page')
    assert.match(String(answer.headers['set-cookie']), /sealform\.flash=/)
  })

  it('refuses an unsafe target of a redirect', async (t) => {
    const { answer, body } = await told(t, { run: () => redirect('//evil.example') })
    assert.deepEqual([answer.status, body.outcome, body.reason], [400, 'refused', 'done-unsafe-redirect'])
    assert.equal(body.location, undefined)
  })

  it('tells a failure with its reference and nothing of the error', async (t) => {
    const { answer, body, site } = await told(t, {
      run: () => {
        throw new Error('the secret of the database')
      },
    })
    assert.deepEqual([answer.status, body.outcome], [500, 'failed'])
    assert.match(body.reference, /^\w{4}-\w{4}$/)
    assert.match(body.message, new RegExp(body.reference))
    assert.deepEqual(body.values, [['text', 'typed']])
    assert.doesNotMatch(String(answer.body), /secret of the database/)
    const [failure] = await site.failed(1)
    assert.equal(Reflect.get(Object(failure?.details), 'reference'), body.reference)
  })

  it('tells what the schema says, and a validation without a run', async (t) => {
    const site = await open(t, {
      action: { input: z.object({ text: z.string().min(3, 'Too short') }) as never },
    })
    const fields = await site.fields()
    const short = read(await send(site, { ...fields, text: 'a' }))
    assert.deepEqual([short.outcome, short.issues], ['invalid', [{ name: 'text', message: 'Too short' }]])
    const valid = await send(site, { ...fields, text: 'abc' }, { 'Sealform-Validate': 'text' })
    assert.deepEqual([valid.status, read(valid).outcome, read(valid).issues], [200, 'valid', []])
    assert.deepEqual(site.runs, [])
  })

  it('leaves what an action answers by itself', async (t) => {
    const site = await open(t, {
      run: ({ context }) => {
        const { res } = context as AnyContext & { res: import('node:http').ServerResponse }
        res.statusCode = 202
        res.setHeader('Content-Type', 'text/csv')
        res.end('a,b')
      },
    })
    const answer = await send(site, await site.fields())
    assert.deepEqual([answer.status, String(answer.body)], [202, 'a,b'])
  })

  it('answers no browser in JSON, and honours quality values', async (t) => {
    const site = await open(t, { run: () => invalid('No') })
    for (const [accept, type] of [
      [
        'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8',
        'text/html; charset=utf-8',
      ],
      ['*/*', 'text/html; charset=utf-8'],
      ['application/json;q=0.4, text/html;q=0.5', 'text/html; charset=utf-8'],
      ['application/json;q=0.5, text/html;q=0.4', 'application/json; charset=utf-8'],
      [`application/json, ${rich};q=0.9`, 'application/json; charset=utf-8'],
      [`application/json, ${rich}`, rich],
    ] as const) {
      const answer = await send(site, await site.fields(), { Accept: accept })
      assert.equal(answer.headers['content-type'], type, accept)
      assert.match(String(answer.headers.vary), /\bAccept\b/)
    }
  })
}

function refusals(framework: Framework): void {
  const userOf = ({ req }: AnyContext) => /user=(\w+)/.exec(req.headers.cookie ?? '')?.[1]
  const open = (t: TestContext, options: SiteOptions = {}) =>
    openSite(t, framework, { run: () => redirect('/thanks'), ...options })

  /** Asserts that the submission is refused with its input, and that it can be sent with the seal of the answer. */
  async function assertKept(
    site: Site,
    fields: Readonly<Record<string, string>>,
    [status, reason]: readonly [number, string],
    headers: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const answer = await send(site, { ...fields, text: 'A <thought>', password: 'hunter2' }, headers)
    const body = read(answer)
    assert.deepEqual(
      [answer.status, body.status, body.outcome, body.reason],
      [status, status, 'refused', reason],
    )
    assert.deepEqual(body.values, [['text', 'A <thought>']])
    assert.notEqual(body.message, '')
    assert.deepEqual(site.runs, [])
    const fresh: Fresh | undefined = body.seals.find(({ sent }: Fresh) => sent)
    const again = { sealform: fresh?.seal ?? '', 'sealform.form': 'act', text: 'again' }
    assert.equal(read(await send(site, again, headers)).outcome, 'redirect')
    assert.deepEqual(site.runs, ['b1'])
  }

  it('says that a seal does not open, and brings one that does', async (t) => {
    const site = await open(t)
    const fields = { ...(await site.fields()), sealform: 'forged' }
    await assertKept(site, fields, [400, 'malformed'])
  })

  it('says that a form has expired, and brings a new seal', async (t) => {
    const site = await open(t, { action: { ttl: 60 } })
    const fields = await site.fields()
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 120_000 })
    await assertKept(site, fields, [409, 'expired'])
  })

  it('says that another visitor has signed in, and brings a seal for that one', async (t) => {
    const site = await open(t, { middleware: { session: userOf } })
    const fields = await site.fields('user=ann')
    await assertKept(site, fields, [403, 'other-session'], { Cookie: 'user=bob' })
  })

  it('says that the form is of another version', async (t) => {
    const old = await open(t, { action: { version: '1' } })
    const site = await open(t, { action: { version: '2' } })
    await assertKept(site, await old.fields(), [409, 'other-version'])
  })

  it('gives nothing back to another site, and runs nothing of the app', async (t) => {
    let rendered = 0
    const site = await open(t, {
      pages: {
        '/page': (view, act) => {
          rendered++
          return { html: page(view, act) }
        },
      },
    })
    const fields = await site.fields()
    const answer = await send(
      site,
      { ...fields, text: 'typed' },
      { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' },
    )
    const body = read(answer)
    assert.deepEqual([answer.status, body.outcome, body.reason], [403, 'refused', 'origin'])
    assert.deepEqual([body.values, body.seals, body.state], [[], [], undefined])
    assert.equal(answer.headers['access-control-allow-origin'], undefined)
    assert.deepEqual(site.runs, [])
    assert.equal(rendered, 1)
  })

  it('tells the limits of a body and what it does not support', async (t) => {
    const site = await open(t, { action: { limits: { fieldValue: 100 } } })
    const fields = await site.fields()
    const long = await send(site, { ...fields, text: 'x'.repeat(101) })
    assert.deepEqual([long.status, read(long).reason], [413, 'too-large'])
    const latin = await send(site, fields, {
      'Content-Type': 'application/x-www-form-urlencoded; charset=latin1',
    })
    assert.deepEqual([latin.status, read(latin).reason], [415, 'unsupported'])
    assert.deepEqual(site.runs, [])
  })

  it('tells what an action refuses', async (t) => {
    for (const [refuse, status, reason] of [
      [notFound, 404, 'not-found'],
      [unauthorized, 401, 'unauthorized'],
      [forbidden, 403, 'forbidden'],
    ] as const) {
      const site = await open(t, { action: { authorize: async () => refuse() } })
      const answer = await send(site, { ...(await site.fields()), text: 'typed' })
      const body = read(answer)
      assert.deepEqual([answer.status, body.outcome, body.reason], [status, 'refused', reason])
      assert.deepEqual(body.values, [['text', 'typed']])
      assert.deepEqual(site.runs, [])
    }
  })

  it('says when to try again where the store is down', async (t) => {
    const down = () => Promise.reject(new Error('no connection'))
    const store = { claim: down, renew: down, settle: down, release: down, outcome: down }
    const site = await open(t, { action: { once: true }, actions: { store: store as never } })
    const answer = await send(site, await site.fields())
    assert.deepEqual([answer.status, read(answer).reason], [503, 'store-down'])
    assert.equal(answer.headers['retry-after'], '5')
  })

  it('tells a copy of a one-time submission what the first was told', async (t) => {
    const site = await open(t, { action: { once: true }, run: () => done({ at: new Date(7) }) })
    const fields = await site.fields()
    const first = read(await send(site, fields))
    const second = read(await send(site, fields))
    assert.deepEqual([first.outcome, first.state], [second.outcome, second.state])
    assert.notEqual(first.seals[0].seal, second.seals[0].seal)
    const other = read(await send(site, { ...fields, text: 'other' }))
    assert.deepEqual([other.status, other.reason], [409, 'sent-before'])
    assert.deepEqual(site.runs, ['b1'])
    await send(site, { ...fields, sealform: first.seals[0].seal })
    assert.deepEqual(site.runs, ['b1', 'b1'])
  })
}

function seals(framework: Framework): void {
  it('does not run the page when the seal was good', async (t) => {
    let rendered = 0
    const site = await openSite(t, framework, {
      pages: {
        '/page': (view, act) => {
          rendered++
          return { html: page(view, act) }
        },
      },
    })
    const fields = await site.fields()
    const { seals } = read(await send(site, fields))
    assert.equal(rendered, 1)
    assert.equal(seals.length, 1)
  })

  it('carries the new state to the next submission', async (t) => {
    const site = await openSite(t, framework, {
      run: ({ previous }) => ({ count: (Reflect.get(Object(previous), 'count') ?? 0) + 1 }),
    })
    const first = read(await send(site, await site.fields()))
    const [{ seal, state }] = first.seals
    const second = read(await send(site, { sealform: seal, 'sealform.state': state }))
    assert.deepEqual([first.state, second.state], [{ count: 1 }, { count: 2 }])
  })

  it('brings the seals of all forms of the page when the visitor signs in', async (t) => {
    let user: string | undefined
    const site = await openSite(t, framework, {
      middleware: { session: () => user },
      run: () => {
        user = 'ann'
      },
      define: (actions) => ({ other: actions.define('other', async () => 'other ran') as never }),
      pages: {
        '/page': (view, act, { other }) => {
          const forms = [view.form(act), view.form(other!, { key: 7 })]
          const lone = view.form(other!, { key: 'lone' })
          return {
            html: html`${forms.map((form) => html`<form ${form.attributes}>${form.fields}</form>`)}
              <button data-call="${lone.seal}">Call</button>`,
            headers: { 'X-Page': 'ran' },
          }
        },
      },
    })
    const body = read(await send(site, await site.fields()))
    assert.deepEqual(
      body.seals.map(({ form, sent }: Fresh) => [form, sent]),
      [
        ['act', true],
        ['other-7', false],
        ['other-lone', false],
      ],
    )
    for (const { seal } of body.seals.slice(1)) {
      assert.equal(read(await send(site, { sealform: seal })).state, 'other ran')
    }
  })

  it('brings no seals of a page that has not asked for the form', async (t) => {
    let user: string | undefined
    const site = await openSite(t, framework, {
      middleware: { session: () => user },
      action: { path: false },
      run: () => {
        user = 'ann'
      },
      define: (actions) => ({ other: actions.define('other', async () => 'other ran') as never }),
      pages: {
        '/guarded': (view, _act, { other }) => ({ html: html`<form>${view.form(other!).fields}</form>` }),
      },
    })
    const fields = await site.fields()
    const sendThere = (own: Readonly<Record<string, string>>) =>
      site.request
        .post('/guarded')
        .set({ ...fromSamePage, Accept: rich })
        .send(urlencoded({ ...fields, ...own }))
        .buffer(true)
        .parse(asText)
    const signedIn = read(await sendThere({}))
    assert.deepEqual([signedIn.outcome, signedIn.seals], ['done', []])
    const stale = read(await sendThere({}))
    assert.deepEqual([stale.reason, stale.seals], ['other-session', []])
    const forged = read(await sendThere({ sealform: 'forged' }))
    assert.deepEqual([forged.reason, forged.seals], ['malformed', []])
  })

  it('accepts a seal that was printed alone, and brings its successor', async (t) => {
    const site = await openSite(t, framework, {
      action: { once: true },
      pages: { '/page': (view, act) => ({ html: html`<p data-seal="${view.form(act).seal}">` }) },
    })
    const seal = /data-seal="([\w-]+)"/.exec((await site.request.get('/page')).text)?.[1] ?? ''
    const first = read(await send(site, { sealform: seal }))
    assert.deepEqual([first.outcome, first.seals[0].form, first.seals[0].sent], ['done', undefined, true])
    assert.equal(read(await send(site, { sealform: first.seals[0].seal })).outcome, 'done')
    assert.deepEqual(site.runs, ['b1', 'b1'])
  })

  it('says what became of a submission whose page fails, and reports the page', async (t) => {
    let user: string | undefined
    const site = await openSite(t, framework, {
      middleware: { session: () => user },
      run: () => {
        user = 'ann'
        return 'signed in'
      },
      pages: {
        '/page': (view, act) => {
          if (user) throw new Error('the page fails')
          return { html: page(view, act) }
        },
      },
    })
    const body = read(await send(site, await site.fields()))
    assert.deepEqual([body.outcome, body.status, body.state, body.seals], ['done', 200, 'signed in', []])
    const [failure] = await site.failed(1)
    assert.match(String(failure?.error), /the page fails/)
  })

  it('echoes no form id that could harm a script', async (t) => {
    const site = await openSite(t, framework)
    const fields = { ...(await site.fields()), 'sealform.form': '__proto__' }
    const body = read(await send(site, fields))
    assert.deepEqual([body.outcome, body.seals[0].form], ['done', '__proto__'])
  })
}
