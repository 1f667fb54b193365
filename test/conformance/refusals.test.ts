import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { redirect } from '../../lib/sealform.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { chunked, requestText, talk } from '../setup/raw-http.js'
import { type AnyContext, type Framework, frameworks } from './frameworks.js'
import { openSite, type Site, type SiteOptions } from './site.js'

for (const framework of frameworks) {
  describe(`refusals on ${framework.name}`, () => refusals(framework))
  describe(`origins on ${framework.name}`, () => origins(framework))
}

const userOf = ({ req }: AnyContext) => /user=(\w+)/.exec(req.headers.cookie ?? '')?.[1]
const typed = { text: 'A long <thought>', password: 'hunter2' }

function refusals(framework: Framework): void {
  const open = (t: TestContext, options: SiteOptions = {}) =>
    openSite(t, framework, { run: () => redirect('/thanks'), ...options })

  /** Asserts that the form is refused once with the text in its field, and can then be sent as it is. */
  async function assertKept(
    site: Site,
    fields: Readonly<Record<string, string>>,
    expected: { readonly status: number; readonly reason: string; readonly words: RegExp },
    headers: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const send = (hidden: Readonly<Record<string, string>>) =>
      site.request
        .post('/page')
        .set({ ...fromSamePage, ...headers })
        .send(urlencoded(hidden, typed))
    const answer = await send(fields)
    assert.equal(answer.status, expected.status)
    assert.deepEqual(site.refusals, [expected.reason])
    assert.match(answer.text, expected.words)
    assert.match(answer.text, /value="A long &lt;thought&gt;"/)
    assert.doesNotMatch(answer.text, /hunter2/)
    assert.equal(answer.headers['cache-control'], 'private, no-cache')
    assert.deepEqual(site.runs, [])
    assert.equal((await send(formIn(answer.text, 'act').fields)).status, 303)
    assert.deepEqual(site.runs, ['b1'])
  }

  it('gives the input back with 400 when the seal does not open', async (t) => {
    const otherKey = Buffer.from('another key of thirty-two bytes!').toString('base64')
    const other = await open(t, { actions: { keys: otherKey } })
    await assertKept(await open(t), await other.fields(), {
      status: 400,
      reason: 'malformed',
      words: /could not be opened/,
    })
  })

  it('gives back only the beginning of a long text when the seal does not open, and says so', async (t) => {
    const site = await open(t)
    const fields = { ...(await site.fields()), sealform: 'forged' }
    for (const [character, printed] of [
      ['<', '&lt;'],
      ['"', '&quot;'],
      ['x', 'x'],
    ] as const) {
      // With the form's id the app's page shows it; without, the built-in page.
      for (const hidden of [fields, { sealform: 'forged' }]) {
        const body = Buffer.from(`${urlencoded(hidden, { other: '' })}&text=${character.repeat(1_000_000)}`)
        for (const chunks of [false, true]) {
          const head = requestText('POST /page HTTP/1.1', [
            ['Host', 'app.example'],
            ['Sec-Fetch-Site', 'same-origin'],
            ['Content-Type', 'application/x-www-form-urlencoded'],
            chunks ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(body.length)],
          ])
          const next = requestText('GET /page HTTP/1.1', [['Host', 'app.example']])
          const sent = chunks ? chunked(body, 50_000) : body
          const { answers } = await talk(site.port, [Buffer.concat([head, sent, next])], { answers: 2 })
          assert.deepEqual(
            answers.map(({ status }) => status),
            [400, 200],
          )
          const text = answers[0]?.body ?? ''
          assert.match(text, /only the beginning of your input is shown/)
          assert.ok(text.includes(printed.repeat(2000)))
          assert.ok(text.length < 70_000, `${text.length} of ${character}`)
        }
      }
    }
    assert.deepEqual(site.runs, [])
  })

  it('gives the input back with 409 when the form has expired', async (t) => {
    const site = await open(t, { action: { ttl: 60 } })
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() - 61_000 })
    const fields = await site.fields()
    t.mock.timers.reset()
    await assertKept(site, fields, { status: 409, reason: 'expired', words: /open for too long/ })
  })

  it('gives the input back with 409 when the input version has changed', async (t) => {
    const fields = await (await open(t, { action: { version: 1 } })).fields()
    await assertKept(await open(t, { action: { version: 2 } }), fields, {
      status: 409,
      reason: 'other-version',
      words: /has changed since/,
    })
  })

  it('gives the input back with 403 when another visitor is signed in', async (t) => {
    const site = await open(t, {
      middleware: { session: userOf, onRefused: ({ reason }) => site.refusals.push(reason) },
    })
    const fields = await site.fields('user=ann')
    await assertKept(
      site,
      fields,
      { status: 403, reason: 'other-session', words: /signed in or out/ },
      { Cookie: 'user=bob' },
    )
  })

  it('shows the input to copy with 409 when the action is gone', async (t) => {
    const other = await open(t, {
      define: (actions) => ({ old: actions.define('old', async () => {}) }),
      pages: {
        '/page': (view, _act, { old }) => ({ html: `<form id="act">${view.form(old!).fields}</form>` }),
      },
    })
    const site = await open(t)
    const answer = await site.request
      .post('/page')
      .set(fromSamePage)
      .send(urlencoded(await other.fields(), typed))
    assert.equal(answer.status, 409)
    assert.deepEqual(site.refusals, ['unknown-action'])
    assert.match(answer.text, /A long &lt;thought&gt;/)
    assert.doesNotMatch(answer.text, /name="sealform"/)
    assert.deepEqual(site.runs, [])
  })

  it('gives the input back on a server whose clock shows a time that no seal can hold', async (t) => {
    const site = await open(t)
    const fields = await site.fields()
    t.mock.timers.enable({ apis: ['Date'], now: Date.UTC(2107, 0, 1) })
    for (const path of ['/page', '/nowhere']) {
      const answer = await site.request.post(path).set(fromSamePage).send(urlencoded(fields, typed))
      assert.equal(answer.status, 409)
      assert.match(answer.text, /A long &lt;thought&gt;/)
      assert.doesNotMatch(answer.text, /name="sealform"/)
    }
    assert.deepEqual([site.refusals, site.runs], [['expired', 'expired'], []])
    assert.ok(site.failures.every(({ error }) => /The clock of this machine says 2107/.test(String(error))))
  })

  it('gives the input back with 413 beyond a limit', async (t) => {
    const site = await open(t, { action: { limits: { fieldValue: 100 } } })
    const fields = await site.fields()
    const answer = await site.submit({ text: 'x'.repeat(101) })
    assert.equal(answer.status, 413)
    assert.ok(answer.text.includes(`value="${'x'.repeat(101)}"`))
    assert.deepEqual([site.refusals, site.runs], [['too-large'], []])
    const exact = await site.request
      .post('/page')
      .set(fromSamePage)
      .send(urlencoded(fields, { text: 'x'.repeat(100) }))
    assert.equal(exact.status, 303)
  })

  it('refuses with 415 a charset or content coding that no form has', async (t) => {
    const site = await open(t)
    const body = urlencoded(await site.fields(), { text: 'typed' })
    for (const headers of [
      { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-7' },
      { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Encoding': 'gzip' },
    ]) {
      const answer = await site.request
        .post('/page')
        .set({ ...fromSamePage, ...headers })
        .send(body)
      assert.equal(answer.status, 415)
    }
    assert.deepEqual([site.refusals, site.runs], [['unsupported', 'unsupported'], []])
  })

  it('refuses malformed bodies with 400 and gives back what came before', async (t) => {
    const site = await open(t)
    const body = urlencoded(await site.fields(), { text: 'typed' })
    for (const bad of ['&a=%zz', '&sealform.extra=1', '&__proto__=1', '&sealform=x']) {
      const answer = await site.request
        .post('/page')
        .set(fromSamePage)
        .send(body + bad)
      assert.equal(answer.status, 400, bad)
      assert.match(answer.text, /value="typed"/, bad)
    }
    assert.deepEqual(site.runs, [])
  })

  it('answers as usual when onRefused throws or rejects, and tells the app', async (t) => {
    const down = new Error('the log is down')
    for (const onRefused of [
      () => {
        throw down
      },
      async () => {
        throw down
      },
    ]) {
      const site = await open(t, { middleware: { onRefused } })
      const answer = await site.request.post('/page').set(fromSamePage).send('sealform=forged&text=kept')
      assert.equal(answer.status, 400)
      assert.match(answer.text, /kept/)
      assert.deepEqual(
        (await site.failed(1)).map(({ error }) => error),
        [down],
      )
    }
  })

  it('takes messages for each request', async (t) => {
    const site = await open(t, {
      middleware: {
        messages: ({ req }) =>
          req.headers['accept-language'] === 'de' ? { malformed: 'Bitte noch einmal.' } : {},
      },
    })
    const answer = await site.request
      .post('/page')
      .set({ ...fromSamePage, 'Accept-Language': 'de' })
      .send('sealform=forged&text=kept&sealform.form=act')
    assert.equal(answer.status, 400)
    assert.match(answer.text, /Bitte noch einmal\./)
  })
}

function origins(framework: Framework): void {
  /** Sends a good form with these headers. */
  async function statusOf(
    t: TestContext,
    headers: Readonly<Record<string, string>>,
    middleware: SiteOptions['middleware'] = {},
  ): Promise<number> {
    const site = await openSite(t, framework, { run: () => redirect('/'), middleware })
    const body = urlencoded(await site.fields(headers.Cookie), { text: 'typed' })
    const here = { Host: 'app.example:8080', 'Content-Type': 'application/x-www-form-urlencoded' }
    const answer = await site.request
      .post('/page')
      .set({ ...here, ...headers })
      .send(body)
    const { status } = answer
    assert.deepEqual(site.runs, status === 303 ? ['b1'] : [])
    if (status !== 303) assert.doesNotMatch(answer.text, /typed|name="sealform"/)
    return status
  }

  it('allows what comes from the same origin, port included', async (t) => {
    assert.equal(await statusOf(t, { Origin: 'http://app.example:8080' }), 303)
    assert.equal(await statusOf(t, { 'Sec-Fetch-Site': 'same-origin', Origin: 'null' }), 303)
    assert.equal(await statusOf(t, { Referer: 'http://app.example:8080/page' }), 303)
  })

  it('refuses what comes from another origin, host, port or scheme, and gives nothing back', async (t) => {
    for (const Origin of [
      'http://app.example',
      'http://app.example:8081',
      'https://app.example:8080',
      'http://evil.example:8080',
    ]) {
      assert.equal(await statusOf(t, { Origin }), 403, Origin)
    }
    assert.equal(
      await statusOf(t, { 'Sec-Fetch-Site': 'cross-site', Origin: 'http://app.example:8080' }),
      403,
    )
    assert.equal(await statusOf(t, { Origin: 'null' }), 403)
    assert.equal(await statusOf(t, { Referer: 'http://evil.example/page' }), 403)
    assert.equal(await statusOf(t, {}), 403, 'only a seal that is tied to a session can vouch for it')
  })

  it('accepts a session-bound seal from a browser that sends no origin headers', async (t) => {
    assert.equal(await statusOf(t, { Cookie: 'user=ann' }, { session: userOf }), 303)
  })

  it('accepts the configured origin and the listed ones', async (t) => {
    const middleware = { origin: 'https://shop.example', allowedOrigins: ['https://partner.example'] }
    assert.equal(await statusOf(t, { Origin: 'https://shop.example' }, middleware), 303)
    assert.equal(
      await statusOf(t, { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://partner.example' }, middleware),
      303,
    )
    assert.equal(await statusOf(t, { Origin: 'http://app.example:8080' }, middleware), 403)
  })

  it('ignores the headers of a proxy that is not trusted', async (t) => {
    const forwarded = { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https' }
    assert.equal(await statusOf(t, { ...forwarded, Origin: 'https://evil.example' }), 403)
    assert.equal(await statusOf(t, { ...forwarded, Origin: 'http://app.example:8080' }), 303)
  })

  it('only reports in report mode', async (t) => {
    assert.equal(await statusOf(t, { Origin: 'http://evil.example' }, { mode: 'report' }), 303)
  })
}
