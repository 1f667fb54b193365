import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import Koa from 'koa'
import { createBrowser, visit } from '../../../lib/testing/testing.js'

describe('a browser', () => {
  const counting = (req: IncomingMessage, res: ServerResponse) => {
    const count = Number(/count=(\d+)/.exec(req.headers.cookie ?? '')?.[1] ?? 0) + 1
    res.setHeader('Set-Cookie', `count=${count}; Path=/; HttpOnly`).end(String(count))
  }

  it('shares its cookies among its pages, and with no other browser', async () => {
    const browser = createBrowser(counting)
    assert.equal((await browser.visit('/a')).text, '1')
    const page = await browser.visit('/b')
    assert.equal(page.text, '2')
    assert.deepEqual([...page.cookies], [['count', '2']])
    assert.equal((await visit(counting, '/')).text, '1')
  })

  it('has the cookies that it is given', async () => {
    const echo = (req: IncomingMessage, res: ServerResponse) => res.end(req.headers.cookie ?? 'none')
    const browser = createBrowser(echo, { cookies: { sid: 'a b', count: '3' } })
    browser.setCookie('deep=1; Path=/deep')
    assert.equal((await browser.visit('/')).text, 'sid=a%20b; count=3')
    browser.setCookie('sid=; Max-Age=0; Path=/')
    const page = await browser.visit('/deep')
    assert.equal(page.text, 'deep=1; count=3')
    assert.deepEqual([...page.cookies.keys()], ['deep', 'count'])
    assert.throws(() => browser.setCookie('nothing'), { code: 'ERR_OPTION_INVALID' })
  })

  it('refuses cookies that browsers refuse', async () => {
    const odd = [
      '=;',
      'x',
      '',
      'a=1; Expires=garbage',
      'b=1; Max-Age=abc',
      `long=${'x'.repeat(5000)}`,
      'd=1; Domain=',
      'e=1; Domain=example.com',
      'f=%zz',
    ]
    const browser = createBrowser((_req: IncomingMessage, res: ServerResponse) =>
      res.setHeader('Set-Cookie', odd).end(),
    )
    const { cookies } = await browser.visit('/')
    assert.deepEqual([...cookies.keys()], ['a', 'b', 'd', 'f'])
  })

  it('drops an expired cookie', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const browser = createBrowser((req: IncomingMessage, res: ServerResponse) => {
      res
        .setHeader('Set-Cookie', req.url === '/set' ? ['a=1; Max-Age=60'] : [])
        .end(req.headers.cookie ?? 'none')
    })
    await browser.visit('/set')
    t.mock.timers.tick(59_000)
    assert.equal((await browser.visit('/')).text, 'a=1')
    t.mock.timers.tick(1000)
    assert.equal((await browser.visit('/')).text, 'none')
  })

  it('sends the headers of the test with every request, and visits the given origin', async () => {
    const koa = new Koa({ proxy: true })
    koa.use((ctx) => {
      ctx.cookies.set('a', '1', { secure: true })
      const { cookie = '', origin = '', referer = '', 'x-user': user, 'sec-fetch-site': site } = ctx.headers
      ctx.type = 'html'
      ctx.body = `<p>${[ctx.href, ctx.secure, user, cookie, origin, referer, site].join('|')}<form method=post><button>x</button></form>`
    })
    const page = await visit(koa, '/x', { origin: 'https://shop.example', headers: { 'X-User': 'ada' } })
    assert.equal(page.url, 'https://shop.example/x')
    assert.deepEqual(page.texts('p'), ['https://shop.example/x|true|ada||||none'])
    assert.deepEqual((await page.forms[0]!.submit()).texts('p'), [
      'https://shop.example/x|true|ada|a=1|https://shop.example|https://shop.example/x|same-origin',
    ])
  })

  it('sends no Sec-Fetch-Site over plain http, and keeps no secure cookie there', async () => {
    const page = await visit(
      (req: IncomingMessage, res: ServerResponse) =>
        res
          .setHeader('Set-Cookie', 'a=1; Secure')
          .end(`${req.headers['sec-fetch-site']} ${req.headers.cookie}`),
      '/',
      { origin: 'http://shop.example' },
    )
    assert.equal((await page.reload()).text, 'undefined undefined')
  })
})
