import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { cachePage } from '../../lib/cache/cache.js'
import type { PageCacheOptions } from '../../lib/cache/page-cache.js'
import { redirect } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { bytes, cacheApp, newsApp, type PageContext } from '../setup/cache-app.js'
import { createTestApp, formIn, fromSamePage, Koa2, listen, urlencoded } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'

describe('cachePage()', () => {
  it('runs the handler once and sends the same page to everybody', async (t) => {
    const { request, renders } = await newsApp(t)
    const first = await request.get('/news').expect(200)
    const second = await request.get('/news').expect(200)
    assert.equal(first.text, '<p>rendering 1</p>')
    assert.equal(second.text, first.text)
    assert.equal(second.type, 'text/html')
    assert.equal(second.charset, 'utf-8')
    assert.equal(renders.count, 1)
  })

  it('works on Koa 2', async (t) => {
    const { request, renders } = await newsApp(t, undefined, { Koa: Koa2 })
    await request.get('/news').expect(200)
    await request.get('/news').expect(200, '<p>rendering 1</p>')
    assert.equal(renders.count, 1)
  })

  it('keeps what the html tag made, a Buffer and a feed, each with its type', async (t) => {
    const bodies: Record<string, (ctx: PageContext) => void> = {
      '/news/tag': (ctx) => {
        ctx.body = html`<p>ü ${'<'}</p>`
      },
      '/news/buffer': (ctx) => {
        ctx.type = 'text/html; charset=latin1'
        ctx.body = Buffer.from([0x3c, 0xfc, 0x0a, 0xff])
      },
      '/news/feed': (ctx) => {
        ctx.type = 'application/rss+xml'
        ctx.body = '<rss/>\n\n'
      },
    }
    const { request, renders } = await newsApp(t, (ctx) => bodies[ctx.path]?.(ctx))
    for (const path of Object.keys(bodies)) {
      const first = await request.get(path).buffer(true).parse(bytes).expect(200)
      const second = await request.get(path).buffer(true).parse(bytes).expect(200)
      assert.deepEqual(second.body, first.body, path)
      assert.equal(second.headers['content-type'], first.headers['content-type'], path)
      assert.equal(second.headers['content-length'], first.headers['content-length'], path)
    }
    assert.equal(renders.count, 3)
  })

  it('sends the headers that the page has set, and not those of the first answer', async (t) => {
    const { request } = await cacheApp(t, ({ app, router }) => {
      let answers = 0
      app.use((ctx, next) => {
        ctx.set('X-Answer', String(++answers))
        return next()
      })
      router.get('/', async (ctx) => {
        if (await cachePage(ctx, { tags: ['a'] })) return
        ctx.set('Content-Language', 'de')
        ctx.set('Link', ['</a>; rel=next', '</b>; rel=prev'])
        ctx.body = '<p>Hallo</p>'
      })
    })
    await request.get('/')
    const { headers } = await request.get('/')
    assert.equal(headers['content-language'], 'de')
    assert.equal(headers.link, '</a>; rel=next, </b>; rel=prev')
    assert.equal(headers['x-answer'], '2')
  })

  it('renders again once the time is over', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const { request, renders } = await newsApp(t, undefined, { page: { ttl: '150ms' } })
    await request.get('/news')
    await request.get('/news').expect('<p>rendering 1</p>')
    t.mock.timers.tick(170)
    await request.get('/news').expect('<p>rendering 2</p>')
    assert.equal(renders.count, 2)
  })

  it('answers HEAD from the page of a GET, and keeps nothing of a HEAD', async (t) => {
    const { request, renders } = await newsApp(t)
    await request.head('/news').expect(200)
    await request.get('/news').expect('<p>rendering 2</p>')
    const head = await request.head('/news').expect(200)
    assert.equal(head.headers['content-length'], '18')
    assert.equal(renders.count, 2)
  })

  it('renders once for a hundred visitors at once', async (t) => {
    const { request, renders } = await newsApp(t, () => wait(50))
    const answers = await Promise.all(Array.from({ length: 100 }, () => request.get('/news')))
    assert.equal(renders.count, 1)
    assert.ok(answers.every(({ status, text }) => status === 200 && text === '<p>rendering 1</p>'))
  })

  it('lets no visitor wait for a page that fails or cannot be kept', async (t) => {
    const { request, renders } = await newsApp(t, async (ctx) => {
      await wait(50)
      if (ctx.query.fail) ctx.throw(500)
      ctx.cookies.set('seen', String(Math.random()))
    })
    const failed = await Promise.all(Array.from({ length: 10 }, () => request.get('/news?fail=1')))
    assert.ok(failed.every(({ status }) => status === 500))
    assert.equal(renders.count, 10)
    const own = await Promise.all(Array.from({ length: 10 }, () => request.get('/news')))
    assert.equal(new Set(own.map(({ headers }) => String(headers['set-cookie']))).size, 10)
  })

  it('lets no visitor wait for one who left before the page asked the cache', async (t) => {
    let left: Promise<unknown> = Promise.resolve()
    const { request, app } = await cacheApp(t, ({ router }) => {
      router.get('/news', async (ctx) => {
        await left
        if (await cachePage(ctx)) return
        await wait(50)
        ctx.body = '<p>a</p>'
      })
    })
    const server = createServer(app.callback())
    const port = await listen(server, (close) => t.after(close))
    const controller = new AbortController()
    let arrived = () => {}
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve
    })
    left = new Promise((resolve) => {
      server.once('request', (_req, res) => {
        arrived()
        res.once('close', resolve)
      })
    })
    const aborted = fetch(`http://127.0.0.1:${port}/news`, { signal: controller.signal }).catch(
      () => 'aborted',
    )
    await arrival
    controller.abort()
    assert.equal(await aborted, 'aborted')
    await left
    await wait(10)
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/news`)).text(), '<p>a</p>')
    await request.get('/news').expect('<p>a</p>')
  })

  it('lets no visitor wait for one who leaves while the page renders', async (t) => {
    const controller = new AbortController()
    // The first page is made until its visitor has left. The second one is made for the visitor who waited.
    const { app, renders } = await newsApp(t, (ctx) => until(() => ctx.res.closed || renders.count === 2))
    const port = await listen(createServer(app.callback()), (close) => t.after(close))
    const url = `http://127.0.0.1:${port}/news`
    const aborted = fetch(url, { signal: controller.signal }).catch(() => 'aborted')
    await until(() => renders.count === 1)
    const follower = fetch(url).then((response) => response.text())
    await wait(50)
    controller.abort()
    assert.equal(await aborted, 'aborted')
    assert.equal(await follower, '<p>rendering 2</p>')
    assert.equal(await (await fetch(url)).text(), '<p>rendering 2</p>')
    assert.equal(renders.count, 2)
  })

  it('leaves an answer alone that the handler writes itself', async (t) => {
    const { request, renders, errors } = await newsApp(t, (ctx) => {
      ctx.respond = false
      ctx.res.writeHead(200, { 'Content-Type': 'text/html', 'Content-Length': 14 })
      ctx.res.end('<p>by hand</p>')
    })
    for (const _ of [1, 2]) await request.get('/news').expect(200, '<p>by hand</p>')
    assert.equal(renders.count, 2)
    assert.deepEqual(errors, [])
  })

  it('says how to get a cache when the app has none', async () => {
    const { request, errors } = createTestApp(({ router }) => {
      router.get('/', async (ctx) => {
        if (await cachePage(ctx)) return
        ctx.body = 'never'
      })
    })
    await request.get('/').expect(500)
    assert.match(String(errors[0]), /createCache\(\) from 'sealform\/cache'/)
    assert.equal((errors[0] as { code?: string }).code, 'ERR_CACHE_MISSING')
  })

  it('refuses unknown options', async (t) => {
    const query = [
      { query: 'page' },
      { query: [''] },
      { query: [1] },
      { otherQuery: 'skip' },
      { otherQuery: true },
    ]
    for (const page of [
      { tag: ['a'] },
      { tags: 'a' },
      { tags: [''] },
      { ttl: 'soon' },
      { vary: ['a b'] },
      ...query,
    ]) {
      const { request, errors } = await newsApp(t, undefined, { page: page as PageCacheOptions })
      await request.get('/news').expect(500)
      assert.equal((errors[0] as { code?: string }).code, 'ERR_OPTION_INVALID', JSON.stringify(page))
    }
  })
})

describe('a cached page with forms', () => {
  it('is kept for at most half of the time for which its seals are good', async (t) => {
    const { request, renders } = await cacheApp(t, ({ actions, router, renders }) => {
      const long = actions.define('long', async () => redirect('/'))
      const short = actions.define('short', { ttl: '400ms', run: () => redirect('/') })
      router.get('/news', async (ctx) => {
        if (await cachePage(ctx, { ttl: '1h' })) return
        renders.count++
        const form = ctx.form(long)
        ctx.body = html`<form ${form.attributes}>${form.fields}<button ${form.submit(short)}>B</button></form>`
      })
    })
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    await request.get('/news')
    await request.get('/news')
    assert.equal(renders.count, 1)
    t.mock.timers.tick(230)
    await request.get('/news')
    assert.equal(renders.count, 2)
  })

  it('can be submitted by each visitor', async (t) => {
    const runs: string[] = []
    const { request, renders } = await cacheApp(t, ({ actions, router, renders }) => {
      const save = actions.define('save', {
        path: true,
        async run({ formData }) {
          runs.push(String(formData.get('text')))
          return redirect('/news')
        },
      })
      router.get('/news', async (ctx) => {
        if (await cachePage(ctx)) return
        renders.count++
        const form = ctx.form(save)
        ctx.body = html`<form ${form.attributes}>${form.fields}</form>`
      })
    })
    for (const text of ['a', 'b', 'c']) {
      const page = await request.get('/news')
      await request
        .post('/news')
        .set(fromSamePage)
        .send(urlencoded(formIn(page.text, 'save').fields, { text }))
        .expect(303)
    }
    assert.deepEqual(runs, ['a', 'b', 'c'])
    assert.equal(renders.count, 1)
  })
})

describe('what tells cached pages apart', () => {
  it('is the query, whatever the order of its names', async (t) => {
    const show = (ctx: PageContext) => `<p>${JSON.stringify(ctx.query)}</p>`
    const { request, renders } = await newsApp(t, show, { page: { query: ['a', 'b'] } })
    await request.get('/news?a=1&b=2').expect('<p>{"a":"1","b":"2"}</p>')
    await request.get('/news?b=2&a=1').expect('<p>{"a":"1","b":"2"}</p>')
    assert.equal(renders.count, 1)
    await request.get('/news?a=1&a=2&b=2').expect('<p>{"a":["1","2"],"b":"2"}</p>')
    await request.get('/news?a=2&a=1&b=2').expect('<p>{"a":["2","1"],"b":"2"}</p>')
    await request.get('/news?%61=2&b=2&a=1').expect('<p>{"a":["2","1"],"b":"2"}</p>')
    await request.get('/news?a=1&b=3').expect('<p>{"a":"1","b":"3"}</p>')
    await request.get('/news').expect('<p>{}</p>')
  })

  it('is no parameter that the page has not named: such a request passes the cache by', async (t) => {
    const show = (ctx: PageContext) => `<p>${String(ctx.query.page)} ${String(ctx.query.q)}</p>`
    const { request, renders } = await newsApp(t, show, { page: { query: ['page'] } })
    await request.get('/news').expect('<p>undefined undefined</p>')
    for (const q of ['evil', 'good']) {
      const answer = await request.get(`/news?q=${q}`).expect(`<p>undefined ${q}</p>`)
      assert.equal(answer.headers['cache-control'], 'private, no-cache')
      await request.get(`/news?page=2&q=${q}`).expect(`<p>2 ${q}</p>`)
    }
    assert.equal(renders.count, 5)
    await request.get('/news').expect('<p>undefined undefined</p>')
    await request.get('/news?page=2').expect('<p>2 undefined</p>')
    await request.get('/news?page=2').expect('<p>2 undefined</p>')
    assert.equal(renders.count, 6)
  })

  it('is no parameter that the page ignores: such a request gets the page without it', async (t) => {
    const page: PageCacheOptions = { query: ['page'], otherQuery: 'ignore' }
    const { request, renders } = await newsApp(t, (ctx) => `<p>${String(ctx.query.page)}</p>`, { page })
    for (const query of ['', '?utm_source=a', '?utm_source=b&x', '?']) {
      await request.get(`/news${query}`).expect('<p>undefined</p>')
    }
    assert.equal(renders.count, 1)
    await request.get('/news?utm_source=a&page=2').expect('<p>2</p>')
    await request.get('/news?page=2').expect('<p>2</p>')
    assert.equal(renders.count, 2)
  })

  it('is the host, so that a forged host reaches no other visitor', async (t) => {
    const { request } = await newsApp(t, (ctx) => `<a href="//${ctx.host}/">home</a>`)
    await request.get('/news').set('Host', 'evil.example').expect(/evil/)
    await request.get('/news').set('Host', 'good.example').expect(/good/)
    await request
      .get('/news')
      .set('Host', 'good.example:80')
      .expect(/good\.example:80/)
    await request
      .get('/news')
      .set('X-Forwarded-Host', 'evil.example')
      .set('Host', 'good.example')
      .expect(/good/)
  })

  it('is the protocol', async (t) => {
    const { request, app } = await newsApp(t, (ctx) => `<p>${ctx.protocol}</p>`)
    app.proxy = true
    await request
      .get('/news')
      .set('Host', 'a.example')
      .set('X-Forwarded-Proto', 'https')
      .expect('<p>https</p>')
    await request.get('/news').set('Host', 'a.example').expect('<p>http</p>')
  })

  it('is each header that the page names, which Vary lists', async (t) => {
    const { request, renders } = await newsApp(t, (ctx) => `<p>${ctx.get('Accept-Language')}</p>`, {
      page: { vary: ['Accept-Language'] },
    })
    await request.get('/news').set('Accept-Language', 'de').expect('<p>de</p>')
    const again = await request.get('/news').set('Accept-Language', 'de').expect('<p>de</p>')
    assert.match(String(again.headers.vary), /accept-language/i)
    await request.get('/news').set('Accept-Language', 'en').expect('<p>en</p>')
    assert.equal(renders.count, 2)
  })

  it('is not the cookies of visitors without a session, who share the page', async (t) => {
    const { request, renders } = await newsApp(t)
    await request.get('/news').set('Cookie', 'theme=dark')
    await request.get('/news').set('Cookie', 'theme=light')
    assert.equal(renders.count, 1)
  })

  it('includes whether a part of the page was requested', async (t) => {
    const { request, renders } = await newsApp(t, (ctx) => {
      const list = ctx.region('list', html`<ul id="list"></ul>`)
      ctx.body = ctx.get('X-Requested-With') ? '<li>only</li>' : html`<h1>News</h1>${list}`
    })
    const region = await request
      .get('/news')
      .set('HX-Target', 'list')
      .expect('<ul data-sealform-region id="list"></ul>')
    assert.equal(region.headers['cache-control'], 'private, no-cache')
    await request.get('/news').set('X-Requested-With', 'XMLHttpRequest').expect('<li>only</li>')
    const page = await request.get('/news').expect('<h1>News</h1><ul data-sealform-region id="list"></ul>')
    await request.get('/news').set('Turbo-Frame', 'list').expect('<ul data-sealform-region id="list"></ul>')
    const kept = await request.get('/news').expect('<h1>News</h1><ul data-sealform-region id="list"></ul>')
    assert.equal(renders.count, 4)
    for (const { headers } of [region, page, kept]) assert.match(String(headers.vary), /HX-Target/)
  })
})

describe('the headers for other caches', () => {
  it('make them ask each time, unless the app says something else', async (t) => {
    const plain = await newsApp(t)
    for (const _ of [1, 2]) await plain.request.get('/news').expect('Cache-Control', 'no-cache')
    const own = await newsApp(t, (ctx) => ctx.set('Cache-Control', 'public, max-age=60'))
    for (const _ of [1, 2]) await own.request.get('/news').expect('Cache-Control', 'public, max-age=60')
    assert.equal(own.renders.count, 1)
  })

  it('let a CDN keep the page, for at most half the lifetime of its seals', async (t) => {
    const { request } = await cacheApp(
      t,
      ({ actions, router }) => {
        const short = actions.define('short', { ttl: '60s', run: () => redirect('/') })
        router.get('/:name', async (ctx) => {
          if (await cachePage(ctx, { tags: ['news', 'a b,ü'] })) return
          ctx.body = ctx.params.name === 'form' ? html`<form>${ctx.form(short).fields}</form>` : '<p>a</p>'
          if (ctx.params.name === 'missing') ctx.status = 404
        })
      },
      { cache: { cdn: { maxAge: '10m', tagHeader: 'Cache-Tag' } } },
    )
    for (const _ of [1, 2]) {
      const { headers } = await request.get('/page')
      assert.equal(headers['cache-control'], 'public, max-age=0, s-maxage=600')
      assert.equal(headers['cache-tag'], 'news,a%20b%2C%C3%BC')
      const seconds = /s-maxage=(\d+)$/.exec(
        String((await request.get('/form')).headers['cache-control']),
      )?.[1]
      assert.ok(Number(seconds) >= 28 && Number(seconds) <= 30, seconds)
    }
    const missing = await request.get('/missing').expect('Cache-Control', 'private, no-cache')
    assert.equal(missing.headers['cache-tag'], undefined)
  })

  it('let no CDN keep a page to which outer middleware adds a cookie', async (t) => {
    let cookie: 'none' | 'set' | 'at the last moment' = 'none'
    const { request, renders } = await cacheApp(
      t,
      ({ app, router, renders }) => {
        app.middleware.unshift(async (ctx, next) => {
          const { writeHead } = ctx.res
          Object.assign(ctx.res, {
            writeHead: (...said: unknown[]) => {
              if (cookie === 'at the last moment') ctx.res.setHeader('Set-Cookie', 'a=b')
              return Reflect.apply(writeHead, ctx.res, said)
            },
          })
          await next()
          if (cookie === 'set') ctx.append('Set-Cookie', 'a=b')
        })
        router.get('/news', async (ctx) => {
          if (await cachePage(ctx, { tags: ['news'] })) return
          ctx.body = `<p>${++renders.count}</p>`
        })
      },
      { cache: { cdn: { maxAge: '10m', tagHeader: 'Cache-Tag' } } },
    )
    const ask = async () => {
      const { headers } = await request.get('/news').expect(200)
      return [headers['cache-control'], headers['cache-tag']]
    }
    const offered = ['public, max-age=0, s-maxage=600', 'news']
    for (const kind of ['set', 'at the last moment'] as const) {
      cookie = kind
      assert.deepEqual(await ask(), ['private, no-cache', undefined], kind)
    }
    assert.equal(renders.count, 2)
    cookie = 'none'
    assert.deepEqual([await ask(), await ask()], [offered, offered])
    for (const kind of ['set', 'at the last moment'] as const) {
      cookie = kind
      assert.deepEqual(await ask(), ['private, no-cache', undefined], `${kind}, with a kept page`)
    }
    assert.equal(renders.count, 3)
  })

  it('leave a conditional request as it is', async (t) => {
    const { request, renders } = await cacheApp(t, ({ app, router, renders }) => {
      app.middleware.unshift(async (ctx, next) => {
        await next()
        ctx.set('ETag', `"${Buffer.byteLength(String(ctx.body))}"`)
        if (ctx.fresh) {
          ctx.status = 304
          ctx.body = null
        }
      })
      router.get('/news', async (ctx) => {
        if (await cachePage(ctx)) return
        renders.count++
        ctx.body = '<p>a</p>'
      })
    })
    await request.get('/news').set('If-None-Match', '"8"').expect(304)
    await request.get('/news').expect(200, '<p>a</p>').expect('ETag', '"8"')
    await request.get('/news').set('If-None-Match', '"8"').expect(304)
    assert.equal(renders.count, 1)
  })
})
