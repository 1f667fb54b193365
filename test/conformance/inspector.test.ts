import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import type supertest from 'supertest'
import { createKeyRing } from '../../lib/seal/key-ring.js'
import { seal } from '../../lib/seal/seal.js'
import { createActions, done, invalid, redirect } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { formIn, fromSamePage, listen, testKey, urlencoded } from '../setup/koa-app.js'
import { requestsTo } from '../setup/requests-to.js'
import { type AnyContext, eachKind, type Framework } from './frameworks.js'
import { type MountingFramework, mountingFrameworks } from './mounted-app.js'
import { openSite, type Site, type SiteOptions } from './site.js'

for (const framework of eachKind) {
  describe(`the inspector on ${framework.name}`, () => {
    pages(framework)
    visitors(framework)
    neighbours(framework)
  })
}
for (const framework of mountingFrameworks) {
  describe(`the inspector below a prefix on ${framework.name}`, () => prefixes(framework))
}

const otherKey = Buffer.from('another key of thirty-two bytes!').toString('base64')

/** A site whose inspector is at `/sealform`, unless the options say otherwise. */
function open(t: TestContext, framework: Framework, options: SiteOptions = {}): Promise<Site> {
  const { middleware, actions, ...rest } = options
  return openSite(t, framework, {
    actions: { development: true, ...actions },
    middleware: { inspect: '/sealform', ...middleware },
    ...rest,
  })
}

/** Opens a seal on the page for that. */
async function openSeal({ request }: Pick<Site, 'request'>, token: string, at = '/sealform/seal') {
  const { fields } = formIn((await request.get(at).expect(200)).text, 'seal.open')
  return request
    .post(at)
    .set(fromSamePage)
    .send(urlencoded(fields, { seal: token }))
}

/** Checks that an answer is the inspector's own: it has its headers, and none of the app. */
function assertOwn({ headers }: supertest.Response): void {
  assert.equal(headers['cache-control']?.includes('no-store'), true)
  assert.equal(headers['x-content-type-options'], 'nosniff')
  assert.equal(
    headers['content-security-policy'],
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  )
  assert.equal(headers['set-cookie'], undefined)
  assert.equal(headers['access-control-allow-origin'], undefined)
}

function pages(framework: Framework): void {
  it('lists the last submissions, newest first, each with a page of its own', async (t) => {
    const site = await open(t, framework, {
      run: ({ formData }) => (formData.get('text') === 'bad' ? invalid({ text: 'No' }) : redirect('/page')),
    })
    const empty = await site.request.get('/sealform').expect(200)
    assert.match(empty.text, /No form has been sent yet/)
    assertOwn(empty)
    assert.equal((await site.submit()).status, 303)
    assert.equal((await site.submit({ text: 'bad' }, { headers: { 'Sealform-Region': 'box' } })).status, 422)
    assert.equal(
      (await site.request.post('/page?q=query').set(fromSamePage).send('sealform=AAAA')).status,
      400,
    )

    const { text } = await site.request.get('/sealform/').expect(200)
    assert.deepEqual(
      [...text.matchAll(/<a href="\.\/submissions\/(\d)">/g)].map(([, id]) => id),
      ['3', '2', '1'],
    )
    assert.match(text, /<caption>3 submissions, newest first<\/caption>/)
    assert.match(
      text,
      /refused<\/span> <span class="reason">malformed<[\s\S]*>400<[\s\S]*invalid<[\s\S]*>422<[\s\S]*redirect<[\s\S]*>303</,
    )
    assert.doesNotMatch(text, /query/)

    const refused = await site.request.get('/sealform/submissions/3').expect(200)
    assert.match(refused.text, /Why it was refused[\s\S]*<code>malformed<\/code>: The seal did not open/)
    assertOwn(refused)
    const second = await site.request.get('/sealform/submissions/2').expect(200)
    for (const stage of ['origin', 'open', 'read', 'run', 'render']) {
      assert.match(second.text, new RegExp(`<th scope="row">${stage}</th><td class="number">\\d+\\.\\d ms<`))
    }
    assert.match(second.text, /id="fields">Fields<\/h2>\s*<ul class="names"><li><code>text<\/code>/)
    assert.match(second.text, /With a message<\/h3><ul class="names"><li><code>text<\/code>/)
    assert.match(second.text, /id="regions">Regions<\/h2>\s*<ul class="names"><li><code>box<\/code>/)
    assert.match(second.text, /the script of Sealform/)
    assert.equal((await site.request.get('/sealform/submissions/4')).status, 404)
    assert.equal((await site.request.get('/sealform/nowhere')).status, 404)
    assert.equal((await site.request.put('/sealform/')).status, 405)
  })

  it('says which copies of a one-time submission did not run, and what mode: report let through', async (t) => {
    const site = await open(t, framework, {
      run: () => redirect('/page'),
      action: { once: true },
      middleware: { mode: 'report', allowedOrigins: [] },
    })
    const hidden = await site.fields()
    const send = (headers: Readonly<Record<string, string>> = {}) =>
      site.request
        .post('/page')
        .redirects(0)
        .set({ ...fromSamePage, ...headers })
        .send(urlencoded(hidden))
    await send()
    await send()
    assert.deepEqual(site.runs, ['b1'])
    const { text } = await site.request.get('/sealform').expect(200)
    assert.match(
      text,
      /submissions\/2"[\s\S]*redirect<\/span> <span class="reason">copy<[\s\S]*submissions\/1"/,
    )
    assert.match((await site.request.get('/sealform/submissions/2')).text, /The action did not run again/)
    assert.doesNotMatch((await site.request.get('/sealform/submissions/1')).text, /did not run again/)
    await site.submit({}, { headers: { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' } })
    const reported = await site.request.get('/sealform/submissions/3')
    assert.match(reported.text, /Let through by mode: 'report'<[\s\S]*allowedOrigins/)
  })

  it('lists the actions: where each is defined, its options, and the pages that printed it', async (t) => {
    const site = await open(t, framework, {
      action: {
        once: true,
        version: 2,
        ttl: '15m',
        path: false,
        minFillTime: '3s',
        files: { photo: { required: true } },
      },
      define: (actions) => ({
        plain: actions.define('plain', () => {}),
        button: actions.define('button', () => {}),
      }),
      pages: {
        '/buttons': (view, act, { button }) => {
          const form = view.form(act)
          return {
            html: html`<form ${form.attributes}>${form.fields}<button ${form.submit(button!)}>B</button></form>`,
          }
        },
        '/unprinted': (view, _act, { plain }) => ({ html: html`${view.form(plain!).status}` }),
      },
    })
    await site.request.get('/page?q=1')
    await site.request.get('/buttons')
    await site.request.get('/unprinted')
    const { text } = await site.request.get('/sealform/actions').expect(200)
    const rows = Object.fromEntries(
      [...text.matchAll(/<tr>\s*<th scope="row"><code>(\w+)<\/code>([\s\S]*?)<\/tr>/g)].map(
        ([, name, row]) => [name, row],
      ),
    )
    assert.deepEqual(Object.keys(rows), ['act', 'plain', 'button'])
    assert.match(rows.act ?? '', /class="place">dist\/test\/conformance\/site\.js:\d+</)
    assert.match(rows.plain ?? '', /class="place">dist\/test\/conformance\/inspector\.test\.js:\d+</)
    const option = (name: string, value: string) => new RegExp(`<dt>${name}</dt><dd>${value}</dd>`)
    assert.match(rows.act ?? '', option('once', 'true'))
    assert.match(rows.act ?? '', option('version', '2'))
    assert.match(rows.act ?? '', option('ttl', '900 s'))
    assert.match(rows.act ?? '', option('minFillTime', '3 s'))
    assert.match(rows.act ?? '', option('path', 'false[^<]*'))
    assert.match(rows.act ?? '', option('files', 'photo \\(required, at most 5\\.2 MB\\)'))
    assert.match(rows.plain ?? '', /the defaults[\s\S]*no page yet/)
    assert.match(rows.act ?? '', /<li><code>\/buttons<\/code><\/li><li><code>\/page<\/code><\/li>/)
    assert.match(rows.button ?? '', /<li><code>\/buttons<\/code><\/li>/)
  })

  it('opens a seal of the app, and says what a server would do with it', async (t) => {
    const site = await open(t, framework)
    const token = (await site.fields()).sealform ?? ''
    const opened = await openSeal(site, token)
    assert.equal(opened.status, 200)
    assertOwn(opened)
    assert.match(opened.text, /It would be accepted, if authorize\(\) of &quot;act&quot; allows it\./)
    assert.match(opened.text, /<th scope="row">bound values<\/th><td>\[ &#39;b1&#39; \]<\/td>/)
    const ring = createKeyRing(testKey, {})
    const now = Math.floor(Date.now() / 1000)
    const content = {
      audience: '',
      action: 'act',
      version: undefined,
      issued: now - 100,
      expires: now + 100,
      session: undefined,
      path: undefined,
      owner: undefined,
      values: '',
    }
    const verdicts = [
      [seal(ring, 'action', { ...content, expires: now - 1 }), 'It would be refused with 409 (expired)'],
      [seal(ring, 'action', { ...content, action: 'gone' }), 'It would be refused with 409 (unknown-action)'],
      [seal(ring, 'action', { ...content, version: '7' }), 'It would be refused with 409 (other-version)'],
      [seal(ring, 'action', { ...content, audience: 'shop' }), 'It would be refused with 400 (malformed)'],
      [seal(createKeyRing(otherKey, {}), 'action', content), 'It would be refused with 400 (malformed)'],
      ['<b>garbage</b>', 'It would be refused with 400 (malformed)'],
      ['A'.repeat(9000), 'It would be refused with 400 (malformed)'],
    ] as const
    for (const [given, verdict] of verdicts) {
      const { status, text } = await openSeal(site, given)
      assert.equal(status, 200)
      assert.ok(text.includes(verdict), `${verdict} for ${given.slice(0, 20)}`)
      assert.doesNotMatch(text, /<b>garbage/)
    }
    const nothing = await openSeal(site, '  ')
    assert.equal(nothing.status, 422)
    assertOwn(nothing)
    // Nothing of these submissions is among those of the app.
    assert.match((await site.request.get('/sealform')).text, /No form has been sent yet/)
  })

  it('takes its own form from its own page alone', async (t) => {
    const site = await open(t, framework)
    const { fields } = formIn((await site.request.get('/sealform/seal')).text, 'seal.open')
    const send = (hidden: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>>) =>
      site.request
        .post('/sealform/seal')
        .set(headers)
        .send(urlencoded(hidden, { seal: 'x' }))
    const foreign = await send(fields, { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' })
    assert.equal(foreign.status, 403)
    assertOwn(foreign)
    const forged = await send({ sealform: 'AAAA' }, fromSamePage)
    assert.equal(forged.status, 400)
    assertOwn(forged)
    // 405 when another app of this process may know the seal: it is then no submission of the inspector.
    const another = await send(await site.fields(), fromSamePage)
    assert.ok([400, 405].includes(another.status), String(another.status))
    assertOwn(another)
    // The app does not take a seal of the inspector.
    const other = await site.request.post('/page').set(fromSamePage).send(urlencoded(fields))
    assert.equal(other.status, 400)
    assert.deepEqual(site.runs, [])
  })

  it('shows no value that a visitor or a page gave, whatever becomes of the submission', async (t) => {
    const mark = 'MARKEDVALUE'
    const site = await open(t, framework, {
      action: { files: { photo: { maxSize: 100, types: ['image/png'] } }, secrets: ['code'] },
      run: ({ formData }) => {
        const text = String(formData.get('text'))
        if (text === `invalid-${mark}`) return invalid({ text: `${text} is taken` })
        if (text === `redirect-${mark}`) return redirect(`https://evil.example/${text}`)
        if (text === `throw-${mark}`) throw new Error(text)
        return done({ said: text })
      },
      define: (actions) => {
        const act = actions.define('bound', ({ formData }, _value: string) =>
          done(String(formData.get('text'))),
        )
        return { bound: act.bind(null, `${mark}-bound`) }
      },
      pages: {
        '/bound': (view, _act, { bound }) => {
          const form = view.form(bound!, { initial: `${mark}-state` })
          return { html: html`<form ${form.attributes}>${form.fields}<input ${form.input('text')}></form>` }
        },
      },
    })
    const path = `/page?q=${mark}`
    const headers = { Cookie: `c=${mark}`, Referer: `http://127.0.0.1:${site.port}/?${mark}` }
    const statuses: number[] = []
    for (const kind of ['done', 'invalid', 'redirect', 'throw']) {
      const own = {
        text: `${kind}-${mark}`,
        code: mark,
        password: mark,
      }
      statuses.push((await site.submit(own, { path, headers })).status)
    }
    const sent = async (
      hidden: Readonly<Record<string, string>>,
      more: Readonly<Record<string, string>> = {},
    ) => {
      const { status } = await site.request
        .post(path)
        .redirects(0)
        .set({ ...fromSamePage, ...headers, ...more })
        .send(urlencoded(hidden, { text: mark }))
      statuses.push(status)
    }
    await sent({ sealform: 'AAAA' })
    await sent({ sealform: mark })
    await sent(await site.fields(), { 'Sec-Fetch-Site': 'cross-site' })
    await sent({ ...(await site.fields()), 'sealform.state': mark, 'sealform.submit': mark })
    await sent({ ...(await site.fields()), 'sealform.website': mark })
    await sent({ ...(await site.fields()), text: mark.repeat(30_000) })
    for (const [name, content] of [
      ['photo', mark],
      ['photo', mark.repeat(10)],
      ['other', mark],
    ] as const) {
      const upload = site.request.post(path).set({ ...fromSamePage, ...headers })
      for (const [field, value] of Object.entries(await site.fields())) upload.field(field, value)
      const { status } = await upload
        .field('text', mark)
        .attach(name, Buffer.from(content), { filename: `${mark}.exe`, contentType: `text/${mark}` })
      statuses.push(status)
    }
    const bound = formIn((await site.request.get('/bound')).text, 'bound').fields
    await site.request
      .post('/bound')
      .set(fromSamePage)
      .send(urlencoded(bound, { text: mark }))
    assert.deepEqual(statuses, [200, 422, 400, 500, 400, 400, 403, 400, 422, 413, 422, 413, 413])

    const list = await site.request.get('/sealform').expect(200)
    const ids = [...list.text.matchAll(/submissions\/(\d+)"/g)].map(([, id]) => id)
    assert.equal(ids.length, statuses.length + 1)
    const found = [
      ...ids.map((id) => `/sealform/submissions/${id}`),
      '/sealform/actions',
      '/sealform/seal',
      '/sealform',
    ]
    for (const each of found) {
      const { text } = await site.request.get(each).expect(200)
      assert.doesNotMatch(text, new RegExp(mark, 'i'), each)
    }
  })
}

/** Pretends that a request came from this address. The servers of the tests listen on this machine alone. */
const comesFrom = (address: string) => async (req: IncomingMessage) => {
  Object.defineProperty(req.socket, 'remoteAddress', { value: address, configurable: true })
}

function visitors(framework: Framework): void {
  const secret = 'act-of-the-app'

  async function assertRefused(site: Site, headers: Readonly<Record<string, string>>, why: RegExp) {
    for (const path of [
      '/sealform',
      '/sealform/',
      '/sealform/actions',
      '/sealform/submissions/1',
      '/sealform/style.css',
      '/sealform/x',
    ]) {
      const answer = await site.request.get(path).set(headers)
      assert.equal(answer.status, 403, path)
      assert.match(answer.text, why)
      assert.doesNotMatch(answer.text, new RegExp(`${secret}|/page|stylesheet`))
      assertOwn(answer)
    }
    const posted = await site.request
      .post('/sealform/seal')
      .set({ ...fromSamePage, ...headers })
      .send('sealform=AAAA&seal=x')
    assert.equal(posted.status, 403)
    assert.match(posted.text, why)
    assertOwn(posted)
  }

  const inUse = async (t: TestContext, before?: SiteOptions['before']) => {
    const site = await open(t, framework, {
      define: (actions) => ({ secret: actions.define(secret, () => {}) }),
      ...(before && { before }),
    })
    await site.submit()
    return site
  }

  it('refuse another machine, whatever its headers say', async (t) => {
    const site = await inUse(t, comesFrom('192.168.1.5'))
    await assertRefused(site, {}, /came from another machine/)
    await assertRefused(
      site,
      { 'X-Forwarded-For': '127.0.0.1', Host: 'localhost' },
      /came from another machine/,
    )
  })

  it('refuse another host name, and what a proxy has passed on', async (t) => {
    const site = await inUse(t)
    for (const host of ['evil.example', `localhost.evil.example:${site.port}`, '127.0.0.1.nip.io']) {
      await assertRefused(site, { Host: host }, /names another host/)
    }
    for (const name of ['Forwarded', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto']) {
      await assertRefused(site, { [name]: 'for=127.0.0.1' }, /A proxy has passed this request on/)
    }
    for (const host of [`localhost:${site.port}`, '[::1]', '127.0.0.1']) {
      assert.equal((await site.request.get('/sealform').set('Host', host)).status, 200, host)
    }
  })

  it('admit every address of this machine', async (t) => {
    for (const address of ['127.0.0.5', '::1', '::ffff:127.0.0.1']) {
      const site = await inUse(t, comesFrom(address))
      assert.equal((await site.request.get('/sealform')).status, 200, address)
    }
  })

  it('reach the app itself outside of development', async (t) => {
    const own = { html: html`<!doctype html><title>Own</title>the app itself` }
    const site = await open(t, framework, {
      actions: { development: false },
      pages: { '/sealform': () => own, '/sealform/actions': () => own },
      posts: { '/sealform/seal': async () => 'posted to the app' },
    })
    await site.submit()
    for (const path of ['/sealform', '/sealform/actions']) {
      assert.match((await site.request.get(path).expect(200)).text, /the app itself/)
    }
    assert.equal((await site.request.get('/sealform/style.css')).status, 404)
    assert.equal(
      (await site.request.post('/sealform/seal').type('form').send('a=b')).text,
      'posted to the app',
    )
  })

  it('reach the app itself without the option, and beside its path', async (t) => {
    const own = { html: html`<!doctype html><title>Own</title>the app itself` }
    const pages = { '/sealform': () => own, '/sealform-more': () => own, '/other/sealform': () => own }
    const without = await openSite(t, framework, { actions: { development: true }, pages })
    assert.match((await without.request.get('/sealform').expect(200)).text, /the app itself/)
    const site = await open(t, framework, { pages })
    for (const path of ['/sealform-more', '/other/sealform']) {
      assert.match((await site.request.get(path).expect(200)).text, /the app itself/, path)
    }
    assert.match((await site.request.get('/sealform')).text, /Sealform <span>inspector/)
  })
}

function neighbours(framework: Framework): void {
  it('gives the developer nothing that an earlier middleware has set on the response', async (t) => {
    const site = await open(t, framework, {
      before: async (_req: IncomingMessage, res: ServerResponse) => {
        res.setHeader('Set-Cookie', 'app=1')
        res.setHeader('Access-Control-Allow-Origin', '*')
        res.setHeader('Content-Security-Policy', "default-src 'self' 'unsafe-inline'")
        res.setHeader('Cache-Control', 'public, max-age=100')
      },
    })
    for (const path of ['/sealform', '/sealform/seal', '/sealform/style.css', '/sealform/nowhere']) {
      assertOwn(await site.request.get(path))
    }
    assertOwn(await openSeal(site, 'AAAA'))
    const refused = await site.request.get('/sealform').set('Host', 'evil.example')
    assert.equal(refused.status, 403)
    assertOwn(refused)
    // The app's own pages keep what it sets.
    assert.match(String((await site.request.get('/page')).headers['set-cookie']), /app=1/)
  })

  it('writes the paths of the option at the start, and refuses what is none', async (t) => {
    await assert.rejects(open(t, framework, { middleware: { inspect: 'sealform' } }), {
      code: 'ERR_OPTION_INVALID',
    })
    await assert.rejects(
      open(t, framework, { middleware: { inspect: '/a/' }, actions: { development: false } }),
      { code: 'ERR_OPTION_INVALID' },
    )
    const site = await open(t, framework, { middleware: { inspect: '/dev/sealform' } })
    const { text } = await site.request.get('/dev/sealform').expect(200)
    assert.match(text, /href="sealform\/style\.css"/)
    assert.equal((await site.request.get('/dev/sealform/style.css').expect(200)).type, 'text/css')
  })
}

function prefixes(framework: MountingFramework): void {
  it('works behind another middleware of the library, with links that lead to its own pages', async (t) => {
    const inner = createActions<AnyContext>({ keys: testKey, app: 'inner', development: true })
    const act = inner.define('inner.act', () => redirect('/done'))
    const outer = createActions<AnyContext>({ keys: testKey, app: 'outer', development: true })
    outer.define('outer.act', () => {})
    const listener = framework.listener({
      actions: [outer],
      pages: {},
      inside: [
        {
          at: '/shop',
          actions: [inner],
          options: { inspect: '/sealform' },
          pages: {
            '/form': ({ form }) => {
              const own = form(act)
              return html`<form ${own.attributes}>${own.fields}</form>`
            },
          },
        },
      ],
    })
    const port = await listen(createServer(listener), (close) => t.after(close))
    const request = requestsTo(`http://127.0.0.1:${port}`)
    const { fields } = formIn((await request.get('/shop/form').expect(200)).text, 'inner.act')
    await request.post('/shop/form').redirects(0).set(fromSamePage).send(urlencoded(fields)).expect(303)

    const seen = new Set<string>()
    const todo = ['/shop/sealform']
    for (let path = todo.shift(); path !== undefined; path = todo.shift()) {
      if (seen.has(path)) continue
      seen.add(path)
      const answer = await request.get(path)
      assert.equal(answer.status, 200, path)
      assertOwn(answer)
      for (const [, href = ''] of answer.text.matchAll(/ href="([^"#]+)"/g)) {
        todo.push(new URL(href, `http://localhost${path}`).pathname)
      }
    }
    assert.deepEqual(
      [...seen].sort(),
      ['', '/', '/actions', '/seal', '/style.css', '/submissions/1'].map((rest) => `/shop/sealform${rest}`),
    )
    const list = await request.get('/shop/sealform/actions')
    assert.match(list.text, /inner\.act[\s\S]*<code>(\/shop)?\/form</)
    assert.doesNotMatch(list.text, /outer\.act/)
    const opened = await openSeal({ request }, fields.sealform ?? '', '/shop/sealform/seal')
    assert.equal(opened.status, 200)
    assert.match(opened.text, /It would be accepted/)
    assertOwn(opened)
    const asked = await request.get('/shop/sealform').set({ 'HX-Request': 'true', 'HX-Target': 'main' })
    assert.match(asked.text, /Submissions<\/h1>/)
    assert.equal((await request.get('/sealform')).status, 404)
  })
}
