import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type Cache, type CacheOptions, cachePage, createCache } from '../../lib/cache/cache.js'
import type { LiveOptions } from '../../lib/live/live-options.js'
import { flash, invalid } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { openStream, type StreamOptions } from '../setup/event-stream.js'
import { until } from '../setup/patience.js'
import { talk } from '../setup/raw-http.js'
import { type Framework, frameworks } from './frameworks.js'
import { openSite, type Site, type SiteOptions } from './site.js'

for (const framework of frameworks) describe(`live regions on ${framework.name}`, () => cases(framework))

function cases(framework: Framework): void {
  it('are off unless they are asked for: the page is as without them, and there is no stream', async (t) => {
    const { site, page, path } = await openList(t, framework, { live: undefined })
    const live = await openList(t, framework)
    assert.doesNotMatch(await page(), /sealform-live/)
    assert.match(await page(), /<ul data-sealform-region id="list">/)
    await site.request.get(await live.path()).expect(404)
    await assert.rejects(path())
  })

  it('get a stream of their own origin, which tells what was revalidated and none of its names', async (t) => {
    const { page, path, open, cache, stamp } = await openList(t, framework)
    const before = await page()
    assert.match(
      before,
      /<script src="\/sealform-live-[\w-]{12}\.js" defer data-stream="\/sealform-live"><\/script>/,
    )
    assert.doesNotMatch(before, /user:7/)
    assert.doesNotMatch(
      Buffer.from(/live="([^.]+)/.exec(before)?.[1] ?? '', 'base64url').toString('latin1'),
      /user:7/,
    )
    const stream = await open(await path())
    assert.equal(stream.status, 200)
    assert.equal(stream.headers['content-type'], 'text/event-stream; charset=utf-8')
    assert.equal(stream.headers['cache-control'], 'no-store, no-transform')
    assert.equal(stream.headers['x-accel-buffering'], 'no')
    assert.equal(stream.headers['access-control-allow-origin'], undefined)
    assert.equal(stream.headers['set-cookie'], undefined)
    await cache.revalidateTag('other')
    await cache.revalidateTag('user:7')
    const [event] = await stream.received(1)
    assert.equal(event, `0:${stamp(await page())}`)
    await cache.revalidateTag('user:7')
    assert.equal((await stream.received(2))[1], `0:${stamp(await page())}`)
    assert.doesNotMatch(stream.text(), /user|list/)
  })

  it('gather revalidations that come together', async (t) => {
    const { path, open, cache, stamp, page } = await openList(t, framework)
    const stream = await open(await path())
    for (let i = 0; i < 50; i++) await cache.revalidateTag('user:7')
    const last = `0:${stamp(await page())}`
    await until(() => stream.events.includes(last))
    assert.ok(stream.events.length <= 2, stream.events.join(' '))
  })

  it('are told at once of what happened between the page and the stream, and of nothing else', async (t) => {
    const { path, open, cache, stamp, page } = await openList(t, framework)
    const [old, fresh] = [await path(), await path()]
    await cache.revalidateTag('user:7')
    const newer = await path()
    assert.deepEqual(await (await open(old)).received(1), [`0:${stamp(await page())}`])
    assert.deepEqual(await (await open(fresh)).received(1), [`0:${stamp(await page())}`])
    const current = await open(newer)
    await cache.revalidateTag('user:7')
    assert.deepEqual(await current.received(1), [`0:${stamp(await page())}`])
  })

  it('refuse other origins, whoever may send forms', async (t) => {
    const { path, open } = await openList(t, framework, {
      middleware: { allowedOrigins: ['https://friend.example'] },
    })
    const own = await path()
    for (const headers of [
      { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' },
      { 'Sec-Fetch-Site': 'same-site', Origin: 'https://friend.example' },
      { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://friend.example' },
    ]) {
      const answer = await open(own, { headers })
      assert.equal(answer.status, 403)
      assert.equal(answer.headers['content-type'], undefined)
      assert.equal(answer.headers['access-control-allow-origin'], undefined)
    }
  })

  it('refuse seals that are forged, of a form, or of another app, and queries that are none', async (t) => {
    const { path, open, page } = await openList(t, framework)
    const other = await openList(t, framework, { actions: { app: 'other' } })
    const [own, foreign] = [await path(), await other.path()]
    const [, seal = ''] = /name="sealform" value="([\w-]+)"/.exec(await page()) ?? []
    for (const [query, status] of [
      [foreign, 403],
      [`/sealform-live?${seal}.`, 403],
      [`${own},${foreign.split('?')[1]}`, 403],
      [own.replace(/\?../, '?zz'), 403],
      ['/sealform-live', 400],
      ['/sealform-live?', 400],
      [`${own},`, 400],
      [`${own}%0d%0a`, 400],
      [`${own}.x`, 400],
      [`/sealform-live?${'a'.repeat(6001)}`, 414],
      [`/sealform-live?${'a'.repeat(5999)}.`, 403],
    ] as const) {
      const answer = await open(query)
      assert.equal(answer.status, status, query.slice(0, 200))
      assert.equal(answer.headers['cache-control'], 'no-store')
    }
  })

  it('belong to the session for which they were printed', async (t) => {
    const { path, open, site } = await openList(t, framework, {
      middleware: { session: ({ req }) => /sid=(\w+)/.exec(req.headers.cookie ?? '')?.[1] },
    })
    const own = await path('sid=a')
    assert.equal(
      (await site.request.get('/list').set('Cookie', 'sid=a')).headers['cache-control'],
      'private, no-store',
    )
    assert.equal((await open(own, { headers: { Cookie: 'sid=a' } })).status, 200)
    assert.equal((await open(own, { headers: { Cookie: 'sid=b' } })).status, 403)
    assert.equal((await open(own)).status, 403)
    assert.equal((await open(await path(), { headers: { Cookie: 'sid=a' } })).status, 403)
  })

  it('have a stream until their seal expires, and then are only told so', async (t) => {
    const { path, open, cache } = await openList(t, framework, {
      // Long enough for the first stream to open in time on a slow machine.
      actions: { ttl: 3 },
      live: { heartbeat: '20ms' },
    })
    const own = await path()
    const earlier = await open(own)
    await until(earlier.ended)
    assert.deepEqual(earlier.events, [])
    const stream = await open(own)
    await stream.received(1)
    await cache.revalidateTag('user:7')
    const fresh = await open(await path())
    await cache.revalidateTag('user:7')
    await fresh.received(1)
    assert.deepEqual(stream.events, ['0:expired'])
  })

  it('are as many as there may be, and a page that leaves makes room', async (t) => {
    const { path, open } = await openList(t, framework, { live: { connections: 2 } })
    const own = await path()
    const [first, second] = [await open(own), await open(own)]
    assert.deepEqual([first.status, second.status], [200, 200])
    const refused = await open(own)
    assert.equal(refused.status, 503)
    assert.equal(refused.headers['retry-after'], '60')
    first.leave()
    await until(async () => (await open(own)).status === 200)
    assert.equal((await open(own)).status, 503)
  })

  it('are as many for a session as it may have', async (t) => {
    const { path, open } = await openList(t, framework, {
      live: { perSession: 1 },
      middleware: { session: ({ req }) => req.headers.cookie },
    })
    const [one, other] = [{ headers: { Cookie: 'a' } }, { headers: { Cookie: 'b' } }]
    const [ofOne, ofOther] = [await path('a'), await path('b')]
    const first = await open(ofOne, one)
    assert.equal(first.status, 200)
    assert.equal((await open(ofOne, one)).status, 503)
    assert.equal((await open(ofOther, other)).status, 200)
    first.leave()
    await until(async () => (await open(ofOne, one)).status === 200)
  })

  it('report a session value that is none, and get no stream', async (t) => {
    let value: unknown
    const { path, open, site } = await openList(t, framework, {
      middleware: { session: () => value as string | undefined },
    })
    const own = await path()
    value = 7
    assert.equal((await open(own)).status, 500)
    const [failure] = await site.failed(1)
    assert.match(String(failure?.error), /ERR_SESSION_INVALID/)
  })

  it('hear a heartbeat', async (t) => {
    const { path, open } = await openList(t, framework, { live: { heartbeat: '20ms' } })
    const stream = await open(await path())
    await until(() => /^: open\n\n(:\n\n){3}/.test(stream.text()))
  })

  it('are ended when the process is about to end, and none begins', async (t) => {
    const { path, open, drain } = await openList(t, framework)
    const own = await path()
    const stream = await open(own)
    drain()
    await until(stream.ended)
    assert.equal((await open(own)).status, 503)
  })

  it('leave no error behind when connections are cut', async (t) => {
    const { path, site, cache, open } = await openList(t, framework, { live: { connections: 20 } })
    const own = await path()
    const request = `GET ${own} HTTP/1.1\r\nHost: 127.0.0.1:${site.port}\r\nSec-Fetch-Site: same-origin\r\n\r\n`
    for (let i = 0; i < 20; i++) await talk(site.port, [request], { ending: 'reset', patience: 1000 })
    await cache.revalidateTag('user:7')
    await until(async () => (await open(await path())).status === 200)
    assert.deepEqual(site.failures, [])
  })

  it('take no other method and no other path', async (t) => {
    const { path, site } = await openList(t, framework)
    const own = await path()
    for (const other of [own.replace('live?', 'live/?'), own.replace('live?', 'lives?'), `/x?y=${own}`]) {
      await site.request.get(other).expect(404)
    }
    assert.notEqual((await site.request.post(own)).status, 200)
  })

  it('are not live while their form gives input back', async (t) => {
    const { site } = await openList(t, framework)
    const answer = await site.submit({}, { path: '/list' })
    assert.equal(answer.status, 422)
    assert.match(answer.text, /<ul data-sealform-region data-sealform-live="[^"]+" id="list">/)
    assert.match(answer.text, /<div data-sealform-region id="box">/)
    assert.match(
      (await site.request.get('/list')).text,
      /<div data-sealform-region data-sealform-live="[^"]+" id="box">/,
    )
  })

  it('leave the flash to the page that the visitor opens', async (t) => {
    const { site } = await openList(t, framework)
    const { headers } = await site.submit({ text: 'flash' }, { path: '/list' })
    const cookie = String(headers['set-cookie']).split(';')[0]!
    const region = { 'Sealform-Region': 'list', Cookie: cookie }
    const refreshed = await site.request.get('/list').set({ ...region, 'Sealform-Live': '1' })
    assert.match(refreshed.text, /no flash/)
    assert.equal(refreshed.headers['set-cookie'], undefined)
    assert.match((await site.request.get('/list').set(region)).text, /flash: kept/)
  })

  it('are on a page that is kept for all, whose seals are tied to nobody', async (t) => {
    const { path, open, cache, site } = await openList(t, framework, {}, true)
    const [first, second] = [await path(), await path()]
    assert.equal(first, second)
    const stream = await open(first)
    await cache.revalidateTag('user:7')
    await stream.received(1)
    assert.notEqual(await path(), first)
    const part = await site.request.get('/list').set({ 'Sealform-Region': 'list', 'Sealform-Live': '1' })
    assert.match(part.text, /^<title>List<\/title><ul data-sealform-region/)
  })
}

interface ListOptions extends Pick<SiteOptions, 'actions' | 'middleware'> {
  readonly live?: boolean | LiveOptions | undefined
  readonly cache?: CacheOptions
}

/** A page with a live list of the tag `user:7`, and a live box with a form. */
async function openList(t: TestContext, framework: Framework, options: ListOptions = {}, kept = false) {
  const { actions, middleware, live = true } = 'live' in options ? options : { ...options, live: true }
  const cache: Cache = createCache(options.cache)
  t.after(() => cache.close())
  let drain = (): void => {}
  const site: Site = await openSite(t, framework, {
    actions: { cache, ...actions },
    middleware: { ...middleware, ...('live' in options && options.live === undefined ? {} : { live }) },
    define(own) {
      drain = () => own.drain(0.01)
      return {}
    },
    run({ formData }) {
      if (formData.get('text') === 'flash') return flash('kept', '/list')
      return invalid({ text: 'Wrong' })
    },
    pages: {
      '/list': async ({ req, region, form, forms }, act) => {
        if (kept && (await cachePage(req, { tags: ['user:7'] }))) return 'sent'
        const own = form(act)
        const list = region(
          'list',
          () =>
            html`<ul id="list"><li>${forms.flash === undefined ? 'no flash' : `flash: ${String(forms.flash)}`}</li></ul>`,
          { live: ['user:7'] },
        )
        const box = region(
          'box',
          html`<div id="box"><form ${own.attributes}>${own.fields}<input ${own.input('text')}></form></div>`,
          { live: ['box'] },
        )
        return { html: html`<!doctype html><title>List</title>${forms.script}${list}${box}` }
      },
    },
  })
  return { site, cache, drain: () => drain(), page, path, stamp, open }

  async function page(cookie = ''): Promise<string> {
    const { text } = await site.request.get('/list').set('Cookie', cookie).expect(200)
    return text
  }

  /** The path of a stream for the list on a new page. */
  async function path(cookie = ''): Promise<string> {
    const [, mark] = /<ul data-sealform-region data-sealform-live="([^"]+)"/.exec(await page(cookie)) ?? []
    return `/sealform-live?${mark ?? assert.fail('not live')}`
  }

  function stamp(text: string): string {
    return (
      /<ul data-sealform-region data-sealform-live="[\w-]+\.([\w-]{12})"/.exec(text)?.[1] ?? assert.fail(text)
    )
  }

  function open(path: string, options?: StreamOptions) {
    return openStream(t, site.port, path, options)
  }
}
