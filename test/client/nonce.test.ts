import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { Context } from 'koa'
import type { Browser } from 'playwright-core'
import { html } from '../../views/html.js'
import { openChromium } from '../browser/chromium.js'
import { createTestApp, listen } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { openPage } from './open-page.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

describe('under a policy of nonces alone, with Trusted Types', () => {
  it('the script sends in place, and a script of the page imports call() by its path', async (t) => {
    const page = await open(t, (ctx) => ctx.state.nonce)
    await page.getByRole('button', { name: 'Count' }).click()
    await page.getByText('Count: 1', { exact: true }).waitFor()
    assert.equal(await page.evaluate('window.loaded'), 1)
    await until(() => page.evaluate('!!window.call'))
    assert.equal(await page.evaluate('call(document.forms[0]).then(({ state }) => state)'), 2)
  })

  it('a page whose script lacks the nonce works as without it', async (t) => {
    const page = await open(t, () => undefined)
    await page.evaluate('window.loaded = 2')
    await page.getByRole('button', { name: 'Count' }).click()
    await page.getByText('Count: 1', { exact: true }).waitFor()
    // Another document: the browser has sent the form.
    assert.equal(await page.evaluate('window.loaded'), 1)
  })
})

async function open(t: TestContext, nonce: (ctx: Context) => string | undefined) {
  const { app } = createTestApp(
    ({ actions, router }) => {
      let count = 0
      const add = actions.define('add', async () => ++count)
      router.get('/', (ctx) => {
        const own = randomBytes(16).toString('base64')
        ctx.state.nonce = own
        ctx.set(
          'Content-Security-Policy',
          `script-src 'nonce-${own}' 'strict-dynamic'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'`,
        )
        const form = ctx.form(add)
        const region = html`<section id="counter"><p>Count: ${count}</p><form ${form.attributes}>${form.fields}<button>Count</button></form></section>`
        ctx.body = html`<!doctype html><html lang="en"><head><title>Count</title><link rel="icon" href="data:,">${ctx.forms.script}
          <script type="module" nonce="${own}">
            window.loaded = 1
            window.call = (await import(document.body.dataset.call)).call
          </script></head>
          <body data-call="${ctx.forms.callModule}">${ctx.region('counter', region)}</body></html>`
      })
    },
    { nonce },
  )
  const port = await listen(createServer(app.callback()), (close) => t.after(close))
  const page = await openPage(t, browser)
  await page.goto(`http://localhost:${port}/`)
  return page
}
