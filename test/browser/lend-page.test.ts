import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { listen } from '../setup/koa-app.js'
import { openChromium } from './chromium.js'
import { lendPage } from './lend-page.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

test('a page is lent again as if it were new', async (t) => {
  const server = createServer((_req, res) => {
    res
      .setHeader('Set-Cookie', 'been=here')
      .setHeader('Content-Type', 'text/html')
      .end('<title>Served</title>')
  })
  const url = `http://localhost:${await listen(server, (close) => t.after(close))}/`
  const first = await lendPage(browser)
  const seen: string[] = []
  first.page.on('request', () => seen.push('request'))
  await first.page.goto(url)
  await first.page.evaluate(
    "sessionStorage.a = localStorage.a = window.name = 'kept', history.pushState(null, '', '/next')",
  )
  await first.page.context().newPage()
  await first.page.route('**/*', (route) => route.fulfill({ body: 'not served' }))
  seen.length = 0
  await first.giveBack()

  const { page } = await lendPage(browser)
  assert.equal(page, first.page)
  assert.equal(page.context().pages().length, 1)
  assert.deepEqual(await page.context().cookies(), [])
  assert.equal(await page.goBack(), null)
  await page.goto(url)
  assert.equal(await page.title(), 'Served')
  const state = '[sessionStorage.length, localStorage.length, window.name, history.length]'
  assert.deepEqual(await page.evaluate(state), [0, 0, '', 2])
  assert.deepEqual(seen, [])
})

test('two visitors at the same time have two pages, and one with other options a third', async () => {
  const lent = [await lendPage(browser), await lendPage(browser)]
  const plain = await lendPage(browser, { javaScriptEnabled: false })
  assert.equal(new Set([...lent, plain].map(({ page }) => page)).size, 3)
  assert.equal(new Set([...lent, plain].map(({ page }) => page.context())).size, 3)
  await lent[0]!.page.context().close()
  await lent[0]!.giveBack()
  const { page } = await lendPage(browser)
  assert.equal(page.isClosed(), false)
})
