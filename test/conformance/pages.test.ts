import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { done, invalid, redirect, type Submittable } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { requestText, talk } from '../setup/raw-http.js'
import { type Framework, frameworks, type View } from './frameworks.js'
import { openSite, page, type Site, type SiteOptions } from './site.js'

for (const framework of frameworks) {
  describe(`pages on ${framework.name}`, () => pages(framework))
  describe(`pages that cannot show an outcome on ${framework.name}`, () => failures(framework))
}

function pages(framework: Framework): void {
  it('answers HEAD as GET, without a body', async (t) => {
    const site = await openSite(t, framework, {
      pages: {
        '/still': (view, act) => ({ html: view.region('box', `<p id="box">${view.form(act).fields}</p>`) }),
      },
    })
    const got = await site.request.get('/still')
    const head = await site.request.head('/still')
    assert.equal(head.status, 200)
    assert.equal(head.text ?? '', '')
    assert.equal(head.headers['content-length'], got.headers['content-length'])
    assert.equal(head.headers.vary, got.headers.vary)
  })

  it('sends only the requested region, on GET, on HEAD and after a submission', async (t) => {
    const site = await openSite(t, framework, { run: () => invalid({ text: 'Not that' }) })
    const fields = await site.fields()
    for (const [name, value] of [
      ['Sealform-Region', 'box'],
      ['Turbo-Frame', 'box'],
      ['HX-Target', 'box'],
      ['HX-Target', 'div#box'],
      ['X-Up-Target', '#box'],
      ['X-Alpine-Target', 'box'],
    ] as const) {
      const got = await site.request.get('/page').set(name, value)
      assert.equal(got.status, 200)
      // For htmx the title comes last.
      const titleFirst = (text: string) => text.replace(/^(<div .*)(<title>[^<]*<\/title>)$/s, '$2$1')
      assert.equal(got.text.startsWith('<title>'), name !== 'HX-Target')
      assert.match(
        titleFirst(got.text),
        /^<title>Page<\/title><div data-sealform-region id="box"><form .*<\/form><\/div>$/s,
      )
      assert.equal(got.headers['content-length'], String(Buffer.byteLength(got.text)))
      const head = await site.request.head('/page').set(name, value)
      assert.deepEqual([head.status, head.text ?? ''], [200, ''])
      const answer = await site.request
        .post('/page')
        .set({ ...fromSamePage, [name]: value })
        .send(urlencoded(fields, { text: 'typed' }))
      // With the id alone it is htmx 2, which shows no answer of the 400s.
      const statuses = name === 'HX-Target' && value === 'box' ? [200, '422'] : [422, undefined]
      assert.deepEqual([answer.status, answer.headers['sealform-status']], statuses)
      // A frame of Turbo changes the title of the page by a stream.
      const stream =
        '<turbo-stream action="replace" targets="head>title"><template><title>Error: Page</title></template></turbo-stream>'
      if (name === 'Turbo-Frame') assert.ok(answer.text.endsWith(`</form>${stream}</div>`))
      assert.match(
        titleFirst(answer.text.replace(name === 'Turbo-Frame' ? stream : '', '')),
        /^<title>[^<]*Page<\/title><div data-sealform-region id="box"><form .*value="typed".*Not that.*<\/form><\/div>$/s,
      )
      for (const { headers } of [got, head, answer]) {
        assert.match(
          headers.vary ?? '',
          /Sealform-Region, Turbo-Frame, HX-Target, X-Up-Target, X-Alpine-Target, HX-Source, X-Up-Validate, X-Up-Mode/,
        )
        assert.equal(headers['content-type'], 'text/html; charset=utf-8')
      }
      assert.equal(got.headers['cache-control'], undefined)
      assert.equal(answer.headers['cache-control'], 'private, no-cache')
    }
  })

  it('sends the whole page when it has no such region, or its status is an error', async (t) => {
    const site = await openSite(t, framework, {
      pages: {
        '/wrong': (view) => ({ status: 404, html: `${view.region('box', '<p id="box">none</p>')}<hr>` }),
      },
    })
    const got = await site.request.get('/page').set('Sealform-Region', 'nav')
    assert.match(got.text, /^<!doctype html>/)
    const wrong = await site.request.get('/wrong').set('Sealform-Region', 'box')
    assert.deepEqual([wrong.status, wrong.text], [404, '<p data-sealform-region id="box">none</p><hr>'])
  })

  it('adds to the Vary header of the page', async (t) => {
    const site = await openSite(t, framework, {
      pages: {
        '/page': (view, act) => ({
          html: page(view, act),
          headers: { Vary: 'Accept-Language, HX-Target' },
        }),
      },
    })
    const { headers } = await site.request.get('/page')
    assert.equal(
      headers.vary,
      'Accept-Language, HX-Target, Sealform-Region, Turbo-Frame, X-Up-Target, X-Alpine-Target, HX-Source, X-Up-Validate, X-Up-Mode',
    )
  })

  it('keeps a page with a session-bound seal out of caches, whatever its Cache-Control says', async (t) => {
    const site = await openSite(t, framework, {
      middleware: { session: ({ req }) => /user=(\w+)/.exec(req.headers.cookie ?? '')?.[1] },
      pages: {
        '/page': (view, act) => ({
          html: page(view, act),
          headers: { 'Cache-Control': 'public, max-age=60' },
        }),
      },
    })
    assert.equal((await site.request.get('/page')).headers['cache-control'], 'public, max-age=60')
    const mine = await site.request.get('/page').set('Cookie', 'user=ann')
    assert.equal(mine.headers['cache-control'], 'private, no-store')
    const region = await site.request.get('/page').set({ Cookie: 'user=ann', 'HX-Target': 'box' })
    assert.equal(region.headers['cache-control'], 'private, no-store')
    const answer = await site.submit({}, { headers: { Cookie: 'user=ann' } })
    assert.equal(answer.headers['cache-control'], 'private, no-cache')
    assert.equal(answer.status, 200)
  })

  it('keeps a page with a one-time form out of shared caches', async (t) => {
    const site = await openSite(t, framework, {
      define: (actions) => ({ order: actions.define('order', { once: true, run: async () => {} }) }),
      pages: {
        '/form': (view, _act, { order }) => ({ html: page(view, order!) }),
        '/button': (view, act, { order }) => {
          const form = view.form(act)
          return { html: html`<form>${form.fields}<button ${form.submit(order!)}>Order</button></form>` }
        },
        '/own': (view, _act, { order }) => ({
          html: page(view, order!),
          headers: { 'Cache-Control': 'max-age=5' },
        }),
      },
    })
    for (const path of ['/form', '/button']) {
      assert.equal((await site.request.get(path)).headers['cache-control'], 'private, no-cache', path)
    }
    assert.equal((await site.request.get('/own')).headers['cache-control'], 'max-age=5')
    assert.equal((await site.request.get('/page')).headers['cache-control'], undefined)
  })

  it('shows an outcome even if the browser has the page in its cache', async (t) => {
    const site = await openSite(t, framework, { run: () => invalid({ text: 'Not that' }) })
    const known = (await site.request.get('/page')).headers.etag ?? '"x"'
    const answer = await site.submit(
      {},
      {
        headers: {
          'If-None-Match': `${known}, *`,
          'If-Modified-Since': new Date(Date.now() + 1e6).toUTCString(),
          Range: 'bytes=0-9',
        },
      },
    )
    assert.equal(answer.status, 422)
    assert.match(answer.text, /Not that/)
  })

  it('hides from the page that there was a body', async (t) => {
    const seen: unknown[] = []
    const site = await openSite(t, framework, {
      pages: {
        '/page': (view, act) => {
          const { method, headers } = view.req
          seen.push([
            method,
            headers['content-type'],
            headers['content-length'],
            headers['transfer-encoding'],
          ])
          return { html: page(view, act) }
        },
      },
    })
    await site.submit()
    assert.deepEqual(seen, [
      ['GET', undefined, undefined, undefined],
      ['GET', undefined, undefined, undefined],
    ])
  })

  it('waits for a slow page', async (t) => {
    const site = await openSite(t, framework, {
      run: () => done(),
      pages: {
        '/page': async (view, act) => {
          await new Promise((resolve) => setTimeout(resolve, 20))
          return { html: page(view, act) }
        },
      },
    })
    const answer = await site.submit()
    assert.deepEqual([answer.status, /, done<\/p>/.test(answer.text)], [200, true])
  })

  it('shows the headers and cookies of the page with the outcome', async (t) => {
    const site = await openSite(t, framework, {
      run({ cookies }) {
        cookies.set('a', '1')
        return done()
      },
      pages: {
        '/page': (view, act) => ({
          html: page(view, act),
          headers: { 'X-Page': 'yes', 'Cache-Control': 'max-age=60', ETag: '"page"' },
        }),
      },
    })
    const { headers } = await site.submit()
    assert.equal(headers['x-page'], 'yes')
    assert.equal(headers['cache-control'], 'private, no-cache')
    assert.match(String(headers['set-cookie']), /^a=1;/)
  })
}

/** A page that shows its form on a visit, and does something else when it has to show an outcome. */
async function breaking(
  site: (pages: NonNullable<SiteOptions['pages']>) => Promise<Site>,
  instead: NonNullable<SiteOptions['pages']>[string],
): Promise<Site> {
  let shown = false
  return site({
    '/page': (view, act, others) => {
      if (shown) return instead(view, act, others)
      shown = true
      return { html: page(view, act) }
    },
  })
}

function failures(framework: Framework): void {
  it('ends the connection of a page that fails after more of it was sent than is held', async (t) => {
    // Koa leaves what a page writes to the raw response to the page.
    if (framework.name.startsWith('Koa')) return
    const piece = 'x'.repeat(300_000)
    const failing =
      (late: boolean) =>
      async ({ res, ...view }: View, act: Submittable<unknown>) => {
        res.setHeader('Content-Type', 'text/html')
        res.write(String(page({ ...view, res }, act)))
        for (let i = 0; i < 4; i++) res.write(piece)
        if (late) await until(() => res.headersSent)
        throw new Error('half a page')
      }
    const site = await openSite(t, framework, {
      pages: { '/late': failing(true), '/at-once': failing(false) },
    })
    const body = Buffer.from(urlencoded(await site.fields(), { text: 'typed' }))
    for (const [path, sent] of [
      ['/late', true],
      ['/at-once', false],
    ] as const) {
      for (const [line, content] of [
        [`GET ${path} HTTP/1.1`, ''],
        [`POST ${path} HTTP/1.1`, body],
      ] as const) {
        const request = requestText(
          line,
          [
            ['Host', 'app.example'],
            ['Sec-Fetch-Site', 'same-origin'],
            ['Content-Type', 'application/x-www-form-urlencoded'],
          ],
          content,
        )
        const { closed, answers } = await talk(site.port, [request])
        // Either the answer breaks off visibly, or nothing of the page was sent and the answer is a whole one.
        const whole = answers.length === 1
        assert.ok(closed || whole, `${line} stays open`)
        if (sent) assert.deepEqual([closed, whole], [true, false], line)
        if (whole) assert.doesNotMatch(answers[0]?.body ?? '', /xxx/)
      }
    }
    assert.equal(site.runs.length, 2)
    const failed = await site.failed(4)
    assert.ok(failed.every(({ error }) => Object(error).message === 'half a page'))
    assert.equal((await site.request.get('/page')).status, 200)
  })

  const boom = new Error('the template broke')
  const throwing = () => {
    throw boom
  }
  const rejecting = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    throw boom
  }

  it('gives way to a built-in page that has the input and can be sent again', async (t) => {
    for (const instead of [throwing, rejecting]) {
      let runs = 0
      const run = () => (runs++ === 0 ? invalid('Something is wrong') : redirect('/next'))
      const site = await breaking((pages) => openSite(t, framework, { run, pages }), instead)
      const answer = await site.submit({ text: '<typed>', password: 'hunter2', _note: 'x' })
      assert.equal(answer.status, 422, 'what was refused stays refused')
      assert.match(answer.text, /^<!doctype html>[\s\S]*<li>Something is wrong<\/li>/)
      assert.match(answer.text, /value="&lt;typed&gt;"/)
      assert.doesNotMatch(answer.text, /hunter2|_note|the template broke/)
      assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8')
      assert.equal(answer.headers['content-length'], String(Buffer.byteLength(answer.text)))
      assert.equal(answer.headers['cache-control'], 'private, no-cache')
      assert.deepEqual(
        (await site.failed(1)).map(({ error }) => error),
        [boom],
      )
      const fields = Object.fromEntries(
        [...answer.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
          ([, name, value]) => [name!, value!],
        ),
      )
      const again = await site.request.post('/page').set(fromSamePage).send(urlencoded(fields))
      assert.equal(again.status, 303)
    }
  })

  it('is a server error with a reference after the action is done', async (t) => {
    for (const instead of [throwing, rejecting]) {
      const site = await breaking((pages) => openSite(t, framework, { run: () => done(), pages }), instead)
      const answer = await site.submit()
      assert.equal(answer.status, 500)
      assert.match(answer.text, /was received[\s\S]*Reference: [0-9A-Z]{4}-[0-9A-Z]{4}/)
      assert.deepEqual(
        (await site.failed(1)).map(({ error }) => error),
        [boom],
      )
      assert.deepEqual(site.runs, ['b1'])
    }
  })

  it('counts as missing with a status of the 400s, thrown or answered', async (t) => {
    const gone = Object.assign(new Error('gone'), { status: 404 })
    for (const instead of [
      () => undefined,
      () => ({ status: 410, html: 'gone' }),
      () => {
        throw gone
      },
    ]) {
      const site = await breaking(
        (pages) => openSite(t, framework, { run: () => invalid({ text: 'Not that' }), pages }),
        instead,
      )
      const answer = await site.submit()
      assert.equal(answer.status, 422)
      assert.match(answer.text, /<li>Not that<\/li>[\s\S]*value="typed"/)
      assert.deepEqual(site.failures, [])
    }
  })

  it('gives way where the app has no page for the URL', async (t) => {
    const site = await openSite(t, framework, { run: () => invalid({ text: 'Not that' }) })
    const answer = await site.submit({}, { path: '/nowhere' })
    assert.equal(answer.status, 422)
    assert.match(answer.text, /<li>Not that<\/li>[\s\S]*value="typed"/)
  })

  it('tells the app of an action that failed where there is no page', async (t) => {
    const site = await openSite(t, framework, { run: throwing })
    const answer = await site.submit({}, { path: '/nowhere' })
    assert.equal(answer.status, 500)
    assert.match(answer.text, /value="typed"/)
  })

  it('gives way when it does not show the form that was sent', async (t) => {
    const site = await breaking(
      (pages) => openSite(t, framework, { run: () => invalid({ text: 'Not that' }), pages }),
      () => ({ html: '<p>something else</p>' }),
    )
    const answer = await site.submit()
    assert.equal(answer.status, 422)
    assert.doesNotMatch(answer.text, /something else/)
    assert.match(answer.text, /value="typed"/)
  })

  it('gives way when it makes the form and then shows something else', async (t) => {
    for (const other of ['<p>something else</p>', html`<p>something else</p>`]) {
      const site = await breaking(
        (pages) => openSite(t, framework, { run: () => invalid('The list is closed'), pages }),
        (view, act) => {
          view.form(act)
          return { html: other }
        },
      )
      const answer = await site.submit()
      assert.equal(answer.status, 422)
      assert.match(answer.text, /The list is closed[\s\S]*value="typed"/)
    }
  })

  it('is shown without the form once the action is done', async (t) => {
    const site = await breaking(
      (pages) => openSite(t, framework, { run: () => done(), action: { path: true }, pages }),
      () => ({ html: '<p>Thank you</p>' }),
    )
    const answer = await site.submit()
    assert.deepEqual([answer.status, answer.text], [200, '<p>Thank you</p>'])
  })

  it('passes on its redirect once the action is done, and offers it otherwise', async (t) => {
    const away = () => ({ to: '/items?all' })
    const ofPage = { path: true }
    const after = await breaking(
      (pages) => openSite(t, framework, { action: ofPage, run: () => done(), pages }),
      away,
    )
    const answer = await after.submit()
    assert.deepEqual([answer.status, answer.headers.location, answer.text], [303, '/items?all', ''])
    assert.equal(answer.headers['content-type'], undefined)
    assert.equal(answer.headers['cache-control'], 'no-store')

    const before = await breaking(
      (pages) => openSite(t, framework, { action: ofPage, run: () => invalid({ text: 'Not that' }), pages }),
      away,
    )
    const kept = await before.submit()
    assert.equal(kept.status, 422)
    assert.equal(kept.headers.location, undefined)
    assert.match(kept.text, /value="typed"[\s\S]*<a href="\/items\?all">/)
  })

  it('does not tell where it redirects when the form may be sent to any page', async (t) => {
    for (const [outcome, status] of [
      [done(), 200],
      [invalid({ text: 'Not that' }), 422],
    ] as const) {
      const site = await breaking(
        (pages) => openSite(t, framework, { run: () => outcome, pages }),
        () => ({ to: '/items?all' }),
      )
      const answer = await site.submit()
      assert.deepEqual([answer.status, answer.headers.location], [status, undefined])
      assert.doesNotMatch(answer.text, /items\?all/)
      if (status === 422) assert.match(answer.text, /value="typed"/)
    }
  })

  it('loses the headers about its own content', async (t) => {
    const site = await breaking(
      (pages) => openSite(t, framework, { run: () => invalid({ text: 'Not that' }), pages }),
      () => ({
        html: '<p>something else</p>',
        headers: { 'Content-Disposition': 'attachment', ETag: '"x"', 'Last-Modified': 'now' },
      }),
    )
    const { headers, text } = await site.submit()
    assert.match(text, /value="typed"/)
    for (const name of ['content-disposition', 'etag', 'last-modified'])
      assert.equal(headers[name], undefined)
  })

  it('leaves the rest of the page when a region fails', async (t) => {
    const site = await openSite(t, framework, {
      run: () => done(),
      pages: {
        '/page': (view, act) => {
          const form = view.form(act)
          return {
            html: html`<p>rest</p><form ${form.attributes}>${form.fields}</form>${view.region(
              'broken',
              () => {
                throw boom
              },
            )}`,
          }
        },
      },
    })
    const got = await site.request.get('/page')
    assert.equal(got.status, 200)
    assert.match(got.text, /^<p>rest<\/p>.*<div data-sealform-region id="broken" class="sealform-failed">/s)
    const reference = /sealform-failed.*([0-9A-Z]{4}-[0-9A-Z]{4})/.exec(got.text)?.[1]
    assert.deepEqual(await site.failed(1), [{ error: boom, details: { reference, action: undefined } }])
    const { fields } = formIn(got.text, 'act')
    const answer = await site.request.post('/page').set(fromSamePage).send(urlencoded(fields))
    assert.equal(answer.status, 200)
    assert.match(answer.text, /^<p>rest<\/p>.*<div data-sealform-region id="broken"/s)
    assert.equal((await site.failed(2)).length, 2)
  })
}
