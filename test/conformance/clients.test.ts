import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { done, flash, invalid, redirect } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { type Framework, frameworks, type View } from './frameworks.js'
import { openSite, type SiteOptions } from './site.js'

for (const framework of frameworks) {
  describe(`the wire on ${framework.name}`, () => wire(framework))
}

/** What each client sends for a form whose target is the element `list`. */
const clients = {
  ours: { 'Sealform-Region': 'list' },
  frame: { 'Turbo-Frame': 'list', Accept: 'text/vnd.turbo-stream.html, text/html, application/xhtml+xml' },
  htmx4: {
    'HX-Request': 'true',
    'HX-Source': 'form#act',
    'HX-Target': 'ul#list',
    'HX-Request-Type': 'partial',
  },
  htmx2: { 'HX-Request': 'true', 'HX-Target': 'list' },
  unpoly: {
    'X-Up-Version': '3.14.3',
    'X-Up-Target': '#list',
    'X-Up-Fail-Target': '#act',
    'X-Up-Mode': 'root',
  },
  alpine: { 'X-Alpine-Request': 'true', 'X-Alpine-Target': 'list' },
  drive: { Accept: 'text/vnd.turbo-stream.html, text/html, application/xhtml+xml' },
} as const

type Bound = Parameters<NonNullable<SiteOptions['pages']>[string]>[1]

/** A page with a list, a form in a region of its own, and a flash that comes with every region. */
function listPage(view: View, act: Bound, inRegion = true) {
  const form = view.form(act)
  const printed = html`<form ${form.attributes}>${form.fields}<input ${form.input('text')}>${form.issue('text')}</form>`
  return html`<!doctype html><html><head><title>${form.titlePrefix}List</title></head><body>
${view.region('flash', () => html`<p id="flash">${String(view.forms.flash ?? '')}</p>`, { always: true })}
${view.region('list', html`<ul id="list"><li>item</li></ul>`)}
${view.region('more', html`<p id="more">more</p>`)}
${view.region('cart', html`<p id="cart">empty</p>`, { always: true })}
${inRegion ? view.region('add', html`<div id="add">${printed}</div>`) : printed}
</body></html>`
}

const inRegions: NonNullable<SiteOptions['pages']> = {
  '/page': (view, act) => ({ html: listPage(view, act) }),
  '/other': () => ({
    html: '<!doctype html><html><head><title>Other</title></head><body>Other</body></html>',
  }),
}
const outside: NonNullable<SiteOptions['pages']> = {
  ...inRegions,
  '/page': (view, act) => ({ html: listPage(view, act, false) }),
}
const notThat = () => invalid({ text: 'Not that' })
const region = 'data-sealform-region'

function wire(framework: Framework): void {
  it('sends a title, the regions asked for, those marked always, and that of the form', async (t) => {
    const site = await openSite(t, framework, { run: notThat, pages: inRegions })
    const { text, status } = await site.submit({}, { headers: { 'Sealform-Region': 'more, list' } })
    assert.equal(status, 422)
    assert.match(
      text,
      /^<title>Error: List<\/title><p data-sealform-region id="more">.*<ul data-sealform-region id="list">.*<p data-sealform-region id="flash">.*<p data-sealform-region id="cart">.*<div data-sealform-region id="add">.*value="typed".*Not that.*<\/div>$/s,
    )
    const visit = await site.request.get('/page').set('Sealform-Region', 'list,nowhere')
    assert.equal(
      visit.text,
      `<title>List</title><ul ${region} id="list"><li>item</li></ul><p ${region} id="cart">empty</p>`,
    )
  })

  it('sends a region to a browser that has a copy of the whole page', async (t) => {
    const conditions: unknown[] = []
    const site = await openSite(t, framework, {
      pages: {
        '/plain': (view) => {
          conditions.push(view.req.headers['if-none-match'], view.req.headers['if-modified-since'])
          const list = view.region('list', html`<turbo-frame id="list">item</turbo-frame>`)
          return {
            html: html`<!doctype html><title>Plain</title>${list}`,
            headers: { ETag: '"whole"', 'Last-Modified': 'Mon, 01 Jan 2024 00:00:00 GMT' },
          }
        },
      },
    })
    const copy = { 'If-None-Match': '"whole"', 'If-Modified-Since': 'Mon, 01 Jan 2024 00:00:00 GMT' }
    const { drive, ...askers } = clients
    for (const asker of Object.values(askers)) {
      const answer = await site.request.get('/plain').set(copy).set(asker)
      assert.equal(answer.status, 200)
      assert.match(answer.text, /<turbo-frame data-sealform-region id="list">item/)
      assert.doesNotMatch(answer.text, /<!doctype/)
      assert.equal(answer.headers.etag, undefined)
    }
    assert.deepEqual([...new Set(conditions.splice(0))], [undefined])
    await site.request.get('/plain').set(copy).set(drive)
    assert.deepEqual(conditions, Object.values(copy))
  })

  it('refuses an "always" that is neither true nor false', async (t) => {
    const site = await openSite(t, framework, {
      pages: {
        '/odd': (view) => ({
          html: view.region('odd', '<p id="odd"></p>', { always: 'yes' as unknown as boolean }),
        }),
      },
    })
    assert.equal((await site.request.get('/odd')).status, 500)
    assert.match(
      String(Object((await site.failed(1))[0]?.error).message),
      /"always" must be true or false, not string/,
    )
  })

  it('answers each client with regions in its own way', async (t) => {
    const site = await openSite(t, framework, { run: notThat, pages: inRegions })
    const answers = {
      ours: await site.submit({}, { headers: clients.ours }),
      frame: await site.submit({}, { headers: clients.frame }),
      htmx4: await site.submit({}, { headers: clients.htmx4 }),
      htmx2: await site.submit({}, { headers: clients.htmx2 }),
      unpoly: await site.submit({}, { headers: { ...clients.unpoly, 'X-Up-Fail-Target': '#list' } }),
      form: await site.submit({}, { headers: clients.unpoly }),
    }
    for (const [name, { text }] of Object.entries(answers)) {
      // For htmx it comes last.
      assert.match(text, /^<title>Error: List<\/title><|><title>Error: List<\/title>$/, name)
      assert.equal(text.startsWith('<title>'), !name.startsWith('htmx'), name)
      assert.match(text, /value="typed"[\s\S]*Not that/, name)
      assert.doesNotMatch(text, /<body>/, name)
    }
    assert.deepEqual(
      Object.values(answers).map(({ status, headers }) => [status, headers['sealform-status']]),
      [
        [422, undefined],
        [422, undefined],
        [422, undefined],
        [200, '422'],
        [422, undefined],
        [422, undefined],
      ],
    )
    // An error is shown by the frame of the form, so the frame asked for comes along as a stream.
    assert.match(
      answers.frame.text,
      /<\/title><div data-sealform-region id="add">.*<turbo-stream action="replace" target="list"><template><ul .*<\/template><\/turbo-stream>.*<\/div>$/s,
    )
    const title =
      '<turbo-stream action="replace" targets="head>title"><template><title>Error: List</title></template></turbo-stream></div>'
    assert.ok(answers.frame.text.endsWith(title), answers.frame.text)
    const visit = await site.request.get('/page').set(clients.frame)
    assert.doesNotMatch(visit.text, /targets=/)
    for (const { text } of [answers.htmx2, answers.htmx4]) {
      assert.match(text, /^(<title>.*<\/title>)?<ul data-sealform-region id="list">/)
      assert.match(text, /<p hx-swap-oob="true" data-sealform-region id="flash">/)
      assert.match(text, /<div hx-swap-oob="true" data-sealform-region id="add">/)
    }
    assert.equal(answers.unpoly.headers['x-up-target'], '#list, #flash:maybe, #cart:maybe, #add:maybe')
    assert.equal(answers.form.headers['x-up-target'], '#add, #flash:maybe, #cart:maybe')
  })

  it('sends the whole page as each client shows one when the form is in no region', async (t) => {
    const site = await openSite(t, framework, { run: notThat, pages: outside })
    for (const [name, headers] of Object.entries(clients)) {
      const answer = await site.submit({}, { headers })
      assert.match(answer.text, /value="typed"[\s\S]*Not that/, name)
      const { 'hx-retarget': retarget, 'hx-reswap': reswap, 'x-up-target': target } = answer.headers
      const own = {
        ours: [422, undefined, undefined, undefined],
        frame: [422, undefined, undefined, undefined],
        htmx4: [422, 'body', 'innerHTML', undefined],
        htmx2: [200, 'body', 'innerHTML', undefined],
        unpoly: [422, undefined, undefined, 'body'],
        alpine: [422, undefined, undefined, undefined],
        drive: [422, undefined, undefined, undefined],
      }[name]
      assert.deepEqual([answer.status, retarget, reswap, target], own, name)
      assert.equal(/turbo-visit-control/.test(answer.text), name === 'frame', name)
      assert.equal(/^<title>[^<]*<\/title><div id="list">/.test(answer.text), name === 'alpine', name)
      assert.equal(answer.headers['content-length'], String(Buffer.byteLength(answer.text)), name)
    }
  })

  it('answers done with the status that the client shows', async (t) => {
    const site = await openSite(t, framework, { run: () => done('yes'), pages: outside })
    const statuses = []
    for (const headers of [clients.frame, clients.drive, clients.htmx2, clients.ours, {}]) {
      const answer = await site.submit({}, { headers })
      statuses.push([answer.status, answer.headers['sealform-status']])
    }
    assert.deepEqual(statuses, [
      [422, '200'],
      [202, '200'],
      [200, undefined],
      [200, undefined],
      [200, undefined],
    ])
  })

  it('sends the built-in page as each client shows a whole page', async (t) => {
    let shown = false
    const site = await openSite(t, framework, {
      run: notThat,
      pages: {
        '/page': (view, act) => {
          if (shown) throw new Error('broken')
          shown = true
          return { html: listPage(view, act) }
        },
      },
    })
    const hidden = await site.fields()
    const send = (headers: Readonly<Record<string, string>>) =>
      site.request
        .post('/page')
        .set({ ...fromSamePage, ...headers })
        .send(urlencoded(hidden, { text: 'typed' }))
    const htmx = await send(clients.htmx2)
    assert.deepEqual(
      [htmx.status, htmx.headers['sealform-status'], htmx.headers['hx-retarget']],
      [200, '422', 'body'],
    )
    const frame = await send(clients.frame)
    assert.match(frame.text, /<head><meta name="turbo-visit-control" content="reload">/)
    const alpine = await send(clients.alpine)
    assert.match(alpine.text, /^<title>.*<\/title><div id="list">[\s\S]*value="typed"[\s\S]*<\/div>$/)
    assert.doesNotMatch(alpine.text, /<body>/)
    assert.equal((await send(clients.unpoly)).headers['x-up-target'], 'body')
    for (const answer of [htmx, frame, alpine]) assert.match(answer.text, /Not that[\s\S]*value="typed"/)
  })

  it('tells a client of a redirect that it would follow in silence', async (t) => {
    const site = await openSite(t, framework, { run: () => redirect('/other?a#b'), pages: inRegions })
    const answers = await Promise.all(
      Object.entries(clients).map(async ([name, headers]) => {
        const { status, text, headers: got } = await site.submit({}, { headers })
        assert.equal(text, '', name)
        assert.equal(got['cache-control'], 'no-store', name)
        return [name, status, got.location ?? got['sealform-location'] ?? got['hx-redirect'], got.vary]
      }),
    )
    assert.deepEqual(answers, [
      ['ours', 204, '/other?a#b', 'Sealform-Region'],
      ['frame', 303, '/other?a#b', undefined],
      ['htmx4', 204, '/other?a#b', 'HX-Target, HX-Request, HX-Source, HX-Boosted'],
      ['htmx2', 204, '/other?a#b', 'HX-Target, HX-Request, HX-Boosted'],
      ['unpoly', 303, '/other?a#b', undefined],
      ['alpine', 303, '/other?a#b', undefined],
      ['drive', 303, '/other?a#b', undefined],
    ])
    const boosted = await site.submit({}, { headers: { 'HX-Request': 'true', 'HX-Boosted': 'true' } })
    assert.deepEqual([boosted.status, boosted.headers.location], [303, '/other?a#b'])
  })

  it('tells of a redirect of the page that should show what is done', async (t) => {
    let shown = false
    const site = await openSite(t, framework, {
      run: () => done(),
      action: { path: true },
      pages: {
        '/page': (view, act) => {
          if (shown) return { to: '/other' }
          shown = true
          return { html: listPage(view, act) }
        },
      },
    })
    const { status, text, headers } = await site.submit({}, { headers: clients.htmx2 })
    assert.deepEqual([status, text, headers['hx-redirect']], [204, '', '/other'])
    assert.deepEqual([headers.location, headers['content-length']], [undefined, undefined])
  })

  it('answers a redirect to the same page at once, with regions as on a visit', async (t) => {
    const site = await openSite(t, framework, {
      run({ cookies }) {
        cookies.set('seen', 'now')
        return flash('Added', '/page?q=1#row')
      },
      action: { once: true },
      pages: inRegions,
    })
    const before = (await site.fields()).sealform
    const answer = await site.submit({}, { path: '/page?q=1', headers: clients.ours })
    assert.equal(answer.status, 200)
    assert.equal(answer.headers['sealform-location'], '/page?q=1#row')
    assert.match(
      answer.text,
      /^<title>List<\/title><ul .*<p data-sealform-region id="flash">Added<\/p><p data-sealform-region id="cart">empty<\/p><div data-sealform-region id="add">/s,
    )
    assert.doesNotMatch(answer.text, /typed/)
    assert.notEqual(formIn(answer.text, 'act').fields.sealform, before)
    const lines = [answer.headers['set-cookie'] ?? []].flat()
    assert.match(
      String(lines.findLast((line) => line.startsWith('sealform.flash='))),
      /^sealform\.flash=; Max-Age=0/,
    )
    assert.ok(lines.some((line) => line.startsWith('seen=now')))
    assert.equal(answer.headers['cache-control'], 'private, no-cache')
    for (const headers of [clients.frame, clients.htmx2, clients.htmx4, clients.unpoly]) {
      const { status, text } = await site.submit({}, { path: '/page?q=1', headers })
      assert.equal(status, 200)
      assert.match(text, /^(<title>List<\/title>)?<ul .*Added/s)
    }
    // Plain browsers and those that show whole pages ask for it.
    for (const headers of [clients.drive, {}]) {
      assert.equal((await site.submit({}, { path: '/page?q=1', headers })).status, 303)
    }
    assert.equal((await site.submit({}, { path: '/page', headers: clients.ours })).status, 204)
  })

  it('keeps a flash for the next page when no region shows it', async (t) => {
    const site = await openSite(t, framework, {
      run: () => flash('Added', '/page'),
      pages: {
        '/page': (view, act) => {
          const form = view.form(act)
          return {
            html: html`<title>List</title><p>${String(view.forms.flash ?? '')}</p>${view.region('list', html`<div id="list"><form ${form.attributes}>${form.fields}</form></div>`)}`,
          }
        },
      },
    })
    const answer = await site.submit({}, { headers: clients.htmx2 })
    assert.equal(answer.status, 200)
    assert.doesNotMatch(answer.text, /Added/)
    const [line = ''] = [answer.headers['set-cookie'] ?? []].flat()
    assert.doesNotMatch(line, /Max-Age=0/)
    assert.match(
      (await site.request.get('/page').set('Cookie', line.split(';', 1)[0]!)).text,
      /<p>Added<\/p>/,
    )
  })

  it('sends the whole page after a redirect to it when its form is in no region', async (t) => {
    const site = await openSite(t, framework, {
      run: () => redirect('/page'),
      action: { once: true },
      pages: outside,
    })
    const { status, text, headers } = await site.submit({}, { headers: clients.htmx4 })
    assert.deepEqual([status, headers['hx-retarget'], /<body>/.test(text)], [200, 'body', true])
  })

  it('tells of a redirect to a page that cannot be shown in the same answer', async (t) => {
    let shown = false
    const site = await openSite(t, framework, {
      run: () => redirect('/page#row'),
      pages: {
        '/page': (view, act) => {
          if (shown) return undefined
          shown = true
          return { html: listPage(view, act) }
        },
      },
    })
    const { status, headers } = await site.submit({}, { headers: clients.ours })
    assert.deepEqual([status, headers['sealform-location']], [204, '/page'])
  })

  it('opens a page without the frame that Turbo asks for, and keeps its flash', async (t) => {
    const site = await openSite(t, framework, {
      run: () => flash('Sent', '/thanks'),
      pages: {
        ...inRegions,
        '/thanks': (view) => ({
          html: html`<!doctype html><html><head><title>Thanks</title></head><body>${String(view.forms.flash ?? '')}</body></html>`,
        }),
        '/own': () => ({ html: '<title>Own</title><turbo-frame src="/x" id=\'list\'></turbo-frame>' }),
        '/data': () => ({ json: { turbo: true } }),
      },
    })
    const sent = await site.submit({}, { headers: clients.frame })
    const Cookie = String(sent.headers['set-cookie']).split(';', 1)[0]!
    const first = await site.request.get('/thanks').set({ Cookie, 'Turbo-Frame': 'list' })
    assert.match(first.text, /<head><meta name="turbo-visit-control" content="reload"><title>/)
    assert.deepEqual([first.headers['set-cookie'], first.headers['cache-control']], [undefined, 'no-store'])
    const again = await site.request.get('/thanks').set({ Cookie })
    assert.match(again.text, /Sent/)
    assert.doesNotMatch(again.text, /turbo-visit/)
    // alpine-ajax opens it as well, without a mark.
    const alpine = await site.request.get('/thanks').set({ Cookie, ...clients.alpine })
    assert.deepEqual([alpine.text, alpine.headers['set-cookie']], [again.text, undefined])
    for (const path of ['/own', '/data']) {
      assert.doesNotMatch((await site.request.get(path).set('Turbo-Frame', 'list')).text, /turbo-visit/)
    }
  })

  it('understands encoded ids and lists of selectors, and takes no other selector for an id', async (t) => {
    const site = await openSite(t, framework, {
      pages: {
        '/ids': (view) => ({
          html: html`<!doctype html><title>Ids</title>${view.region('Aufträge', '<p id="Aufträge">a</p>')}${view.region('b.c', '<p id="b.c">b</p>')}`,
        }),
      },
    })
    const answered = async (headers: Readonly<Record<string, string>>) => {
      const { text } = await site.request.get('/ids').set(headers)
      return (
        [...text.matchAll(/>([ab])</g)].map(([, letter]) => letter).join('') +
        (/doctype/.test(text) ? ' page' : '')
      )
    }
    assert.equal(await answered({ 'Sealform-Region': encodeURI('b.c,Aufträge') }), 'ba')
    assert.equal(await answered({ 'HX-Source': 'a', 'HX-Target': `p#${encodeURI('Aufträge')}` }), 'a')
    assert.equal(await answered({ 'HX-Source': 'a', 'HX-Target': 'p#%E0%A4%A' }), 'ab page')
    assert.equal(await answered({ 'X-Up-Target': '[id="b.c"], .none:maybe' }), 'b')
    assert.equal(await answered({ 'X-Up-Target': '#b\\.c, .rest' }), 'ab page')
    assert.equal(await answered({ 'X-Alpine-Target': 'b.c none' }), 'ab page')
  })

  it('leaves to Unpoly what it asks for while one types', async (t) => {
    const site = await openSite(t, framework, { run: notThat, pages: inRegions })
    for (const target of ['#list', '#act label']) {
      const { status, text, headers } = await site.submit(
        {},
        { headers: { ...clients.unpoly, 'X-Up-Target': target, 'X-Up-Validate': 'text' } },
      )
      assert.deepEqual([status, headers['x-up-target'], /<body>/.test(text)], [200, undefined, true])
    }
  })

  it('gives a shared cache no whole page for a request that gets regions, and no region for another', async (t) => {
    const site = await openSite(t, framework, {
      pages: {
        '/main': (view) => ({
          html: html`<!doctype html><title>Main</title>${view.region('main', '<main id="main">a</main>')}${view.region('news', '<p id="news">b</p>', { always: true })}`,
        }),
      },
    })
    const asking: readonly Readonly<Record<string, string>>[] = [
      {},
      { 'HX-Request': 'true' },
      { 'HX-Request': 'true', 'HX-Target': 'main' },
      // A target without an id, which htmx 4 names by its tag.
      { 'HX-Request': 'true', 'HX-Target': 'main', 'HX-Source': 'form#act' },
      { 'HX-Request': 'true', 'HX-Target': 'main#main', 'HX-Source': 'form#act' },
      { 'X-Up-Version': '3.14.3' },
      { 'X-Up-Version': '3.14.3', 'X-Up-Target': '#main' },
      { 'X-Up-Version': '3.14.3', 'X-Up-Target': '#main', 'X-Up-Mode': 'modal' },
      { 'X-Up-Version': '3.14.3', 'X-Up-Target': '#main', 'X-Up-Validate': 'text' },
      { 'Turbo-Frame': 'main' },
      { 'X-Alpine-Request': 'true', 'X-Alpine-Target': 'main' },
    ]
    const kept: { vary: string[]; asked: Record<string, string>; text: string }[] = []
    for (const asked of asking) {
      const { text, headers } = await site.request.get('/main').set(asked)
      // RFC 9111, section 4.1.
      const found = kept.find((other) => other.vary.every((name) => other.asked[name] === asked[name]))
      assert.equal(found?.text ?? text, text, `${JSON.stringify(asked)} and ${JSON.stringify(found?.asked)}`)
      kept.push({ vary: String(headers.vary).split(', '), asked, text })
    }
    assert.ok(new Set(kept.map(({ text }) => text)).size > 4)
  })

  it('names in Vary what the answer to a submission depends on', async (t) => {
    const site = await openSite(t, framework, { run: notThat, pages: inRegions })
    const vary = async (headers: Readonly<Record<string, string>>) =>
      String((await site.submit({}, { headers })).headers.vary)
    assert.match(
      await vary(clients.unpoly),
      /X-Up-Target.*X-Up-Mode, X-Up-Version, X-Up-Fail-Mode, X-Up-Origin-Mode, X-Up-Fail-Target/,
    )
    assert.match(await vary(clients.htmx4), /HX-Target.*HX-Source.*HX-Request, HX-Boosted/)
    assert.match(await vary(clients.drive), /Accept\b/)
  })
}
