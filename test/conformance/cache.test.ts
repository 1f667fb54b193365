import assert from 'node:assert/strict'
import { OutgoingMessage } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import { type CacheOptions, cachePage, createCache } from '../../lib/cache/cache.js'
import type { PageCacheOptions } from '../../lib/cache/page-cache.js'
import { redirect } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { fromSamePage, urlencoded } from '../setup/koa-app.js'
import { type Framework, frameworks, type Shown } from './frameworks.js'
import { openSite, type Site, type SiteOptions } from './site.js'

for (const framework of frameworks) {
  describe(`${framework.name} caches whole pages: it`, () => cases(framework))
}

interface CachedSite extends Site {
  readonly renders: { count: number }
}

/** A site with the page /news, which is cached; `/page` has the form. */
async function cachedSite(
  t: TestContext,
  framework: Framework,
  show: (count: number) => Shown | Promise<Shown> = (count) => ({ html: `<p>rendering ${count} ü</p>` }),
  options: SiteOptions & { readonly cache?: CacheOptions; readonly page?: PageCacheOptions } = {},
): Promise<CachedSite> {
  const { cache: cacheOptions, page = { tags: ['news'] }, ...others } = options
  const cache = createCache(cacheOptions)
  t.after(() => cache.close())
  const renders = { count: 0 }
  const site = await openSite(t, framework, {
    ...others,
    actions: { cache },
    pages: {
      ...others.pages,
      '/page': (view, act) => {
        const form = view.form(act)
        return { html: html`<form ${form.attributes}>${form.fields}</form>` }
      },
      '/news': async (view) => {
        if (await cachePage(view, page)) return 'sent'
        return show(++renders.count)
      },
    },
  })
  return { ...site, renders }
}

/** A site whose cached page answers requests that have a header with a part of itself. */
function openPart(t: TestContext, framework: Framework, header: string): Promise<Site> {
  const cache = createCache()
  t.after(() => cache.close())
  return openSite(t, framework, {
    actions: { cache },
    pages: {
      '/news': async (view) => {
        if (await cachePage(view)) return 'sent'
        return { html: view.req.headers[header] ? '<p>part</p>' : '<h1>whole</h1>' }
      },
    },
  })
}

function cases(framework: Framework): void {
  it('runs the handler once and sends the same to everybody, HEAD included', async (t) => {
    const { request, renders } = await cachedSite(t, framework)
    const first = await request.get('/news').expect(200)
    const second = await request.get('/news').expect(200)
    const head = await request.head('/news').expect(200)
    assert.equal(second.text, '<p>rendering 1 ü</p>')
    for (const name of ['content-type', 'content-length', 'cache-control']) {
      assert.equal(second.headers[name], first.headers[name], name)
      assert.equal(head.headers[name], first.headers[name], name)
    }
    assert.equal(first.headers['cache-control'], 'no-cache')
    assert.equal(renders.count, 1)
  })

  it('keeps no part that the app has answered a browser library with, although Vary does not say so', async (t) => {
    for (const name of ['HX-Request', 'X-Up-Version', 'X-Alpine-Request', 'Turbo-Frame', 'Sealform-Region']) {
      const site = await openPart(t, framework, name.toLowerCase())
      await site.request
        .get('/news')
        .set(name, 'true')
        .expect(/<p>part<\/p>$/)
      await site.request.get('/news').expect('<h1>whole</h1>')
      await site.request
        .get('/news')
        .set(name, 'true')
        .expect(/<p>part<\/p>$/)
    }
  })

  it('keeps a copy for each value of a named parameter, and none for a parameter that nobody named', async (t) => {
    const { request, renders } = await cachedSite(t, framework, undefined, { page: { query: ['page'] } })
    for (const query of ['?page=1', '?page=2', '?page=1', '?page=2']) await request.get(`/news${query}`)
    assert.equal(renders.count, 2)
    for (const query of ['?q=1', '?q=1', '?page=1&q=1']) {
      const { headers } = await request.get(`/news${query}`).expect(200)
      assert.equal(headers['cache-control'], 'private, no-cache')
    }
    assert.equal(renders.count, 5)
    await request.get('/news?page=1').expect(/rendering 1/)
  })

  it('runs the handler once for fifty visitors at once', async (t) => {
    const { request, renders } = await cachedSite(t, framework, async () => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      return { html: '<p>slow</p>' }
    })
    const answers = await Promise.all(Array.from({ length: 50 }, () => request.get('/news')))
    assert.ok(answers.every(({ text }) => text === '<p>slow</p>'))
    assert.equal(renders.count, 1)
  })

  it('runs the handler again after an action revalidates the tag', async (t) => {
    const site = await cachedSite(t, framework, undefined, {
      async run({ revalidateTag }) {
        await revalidateTag('news')
        return redirect('/news')
      },
    })
    await site.request.get('/news').expect(/rendering 1/)
    assert.equal((await site.submit()).status, 303)
    await site.request.get('/news').expect(/rendering 2/)
    await site.request.get('/news').expect(/rendering 2/)
  })

  it('keeps no page with a cookie or another status, and declares it private', async (t) => {
    const cases: (() => Shown)[] = [
      () => ({ html: '<p>a</p>', headers: { 'Set-Cookie': 'a=b' } }),
      () => ({ html: '<p>a</p>', status: 410 }),
      () => ({ html: '<p>a</p>', headers: { 'Cache-Control': 'private' } }),
    ]
    for (const show of cases) {
      const { request, renders } = await cachedSite(t, framework, show)
      for (const _ of [1, 2]) {
        const { headers } = await request.get('/news')
        assert.match(String(headers['cache-control']), /private/)
      }
      assert.equal(renders.count, 2)
    }
  })

  it('keeps no page with a failed region', async (t) => {
    const cache = createCache()
    t.after(() => cache.close())
    let renders = 0
    const { request } = await openSite(t, framework, {
      actions: { cache },
      pages: {
        '/news': async (view) => {
          if (await cachePage(view)) return 'sent'
          renders++
          const list = view.region('list', () => {
            if (renders === 1) throw new Error('The list is away.')
            return html`<ul id="list"></ul>`
          })
          return { html: html`<h1>News</h1>${list}` }
        },
      },
    })
    await request.get('/news').expect(200, /sealform-failed/)
    await request.get('/news').expect(200, '<h1>News</h1><ul data-sealform-region id="list"></ul>')
    const { headers } = await request
      .get('/news')
      .expect('<h1>News</h1><ul data-sealform-region id="list"></ul>')
    assert.match(String(headers.vary), /Turbo-Frame/)
    await request.get('/news').set('HX-Target', 'list').expect('<ul data-sealform-region id="list"></ul>')
    assert.equal(renders, 3)
  })

  it('keeps a page with a form, and shows its outcome all the same', async (t) => {
    const cache = createCache()
    t.after(() => cache.close())
    let renders = 0
    const site = await openSite(t, framework, {
      actions: { cache },
      run: ({ formData }) => formData.get('text'),
      pages: {
        '/page': async (view, act) => {
          if (await cachePage(view)) return 'sent'
          renders++
          const form = view.form(act)
          const state = String(form.state ?? 'nothing')
          return { html: html`<form ${form.attributes}>${form.fields}</form><p>${state}</p>` }
        },
      },
    })
    for (const text of ['one', 'two']) {
      const fields = await site.fields()
      const answer = await site.request.post('/page').set(fromSamePage).send(urlencoded(fields, { text }))
      assert.match(answer.text, new RegExp(`<p>${text}</p>`))
      assert.equal(answer.headers['cache-control'], 'private, no-cache')
    }
    await site.request.get('/page').expect(/<p>nothing<\/p>/)
    assert.equal(renders, 3)
  })

  it('sends a page unchanged that is larger than the cache may hold', async (t) => {
    const large = `<p>${'ü'.repeat(700_000)}</p>`
    const { request } = await cachedSite(t, framework, () => ({ html: large }))
    for (const _ of [1, 2]) {
      const { text } = await request.get('/news').expect(200)
      assert.ok(text === large)
    }
  })

  it('renders the page anew for a visitor with a session', async (t) => {
    const { request, renders } = await cachedSite(t, framework, undefined, {
      middleware: { session: ({ req }) => (req.headers.cookie ? 'ann' : undefined) },
    })
    await request.get('/news').expect(/rendering 1/)
    const own = await request
      .get('/news')
      .set('Cookie', 'a=b')
      .expect(/rendering 2/)
    assert.equal(own.headers['cache-control'], 'private, no-cache')
    await request.get('/news').expect(/rendering 1/)
    assert.equal(renders.count, 2)
  })

  it('offers no page to a CDN when outer middleware adds a cookie while the headers are written', async (t) => {
    const { request } = await cachedSite(t, framework, undefined, {
      cache: { cdn: { maxAge: '10m', tagHeader: 'Cache-Tag' } },
      before: async (req, res) => {
        const { writeHead } = res
        Object.assign(res, {
          writeHead: (...said: unknown[]) => {
            // The package cookies calls it so on Express.
            const { setHeader } = OutgoingMessage.prototype
            if (req.headers.cookie) setHeader.call(res, 'Set-Cookie', 'sid=of-one-visitor')
            return Reflect.apply(writeHead, res, said)
          },
        })
      },
    })
    for (const _ of ['made', 'kept']) {
      const own = await request.get('/news').set('Cookie', 'a=b')
      assert.equal(own.headers['set-cookie']?.[0], 'sid=of-one-visitor')
      assert.equal(own.headers['cache-control'], 'private, no-cache')
      assert.equal(own.headers['cache-tag'], undefined)
      const others = await request.get('/news')
      assert.equal(others.headers['cache-control'], 'public, max-age=0, s-maxage=600')
      assert.equal(others.headers['cache-tag'], 'news')
    }
  })
}
