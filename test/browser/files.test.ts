import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import Koa from 'koa'
import type { Browser } from 'playwright-core'
import { createActions } from '../../lib/sealform.js'
import { type SealformContext, sealform } from '../../middleware/koa.js'
import { html } from '../../views/html.js'
import { SafeHtml } from '../../views/safe-html.js'
import { root } from '../docs/project.js'
import { listen } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { openChromium } from './chromium.js'
import { attributesInGuide } from './clients-app.js'
import { lendPageTo } from './lend-page.js'
import { keys } from './visit.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

const libraries = [
  {
    name: 'Turbo',
    file: '@hotwired/turbo/dist/turbo.es2017-umd.js',
    element: 'turbo-frame',
    own: 'data-turbo="false"',
  },
  { name: 'htmx', file: 'htmx.org/dist/htmx.js' },
  { name: 'htmx', file: 'htmx4/dist/htmx.js' },
  { name: 'Unpoly', file: 'unpoly/unpoly.js' },
]

for (const { name, file, element = 'section', own = '' } of libraries) {
  test(`${file}: drops a file and leaves the page alone, and the browser saves that of a form without its attributes`, async (t) => {
    let runs = 0
    const actions = createActions<Koa.Context>({ keys: keys.first })
    const get = actions.define('get', ({ context }) => {
      runs++
      context.attachment('rows.csv')
      context.body = 'name,amount\r\n'
    })
    const app = new Koa<Koa.DefaultState, SealformContext>()
    app.use(sealform(actions))
    app.use((ctx) => {
      if (ctx.path === '/library.js') {
        ctx.type = 'js'
        ctx.body = readFileSync(join(root, 'node_modules', file))
        return
      }
      const [sent, left] = [ctx.form(get), ctx.form(get, { key: 'left' })]
      const tag = new SafeHtml(element)
      const region = html`<${tag} id="todos"><input id="typed">
        <form ${sent.attributes} ${new SafeHtml(attributesInGuide(name))}>${sent.fields}<button>By the library</button></form>
        <form ${left.attributes} ${new SafeHtml(own)}>${left.fields}<button>By the browser</button></form></${tag}>`
      ctx.body = html`<!doctype html><title>Files</title><link rel="icon" href="data:,"><script src="/library.js" defer></script>${ctx.region('todos', region)}`
    })
    const port = await listen(createServer(app.callback()), (close) => t.after(close))
    const page = await lendPageTo(t, browser)
    await page.goto(`http://localhost:${port}/`)
    await page.locator('#typed').fill('typed')
    const answered = page.waitForResponse((response) => response.request().method() === 'POST')
    await page.getByRole('button', { name: 'By the library' }).click()
    await (await answered).finished()
    await until(() => runs === 1)
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'By the browser' }).click()
    assert.equal((await saving).suggestedFilename(), 'rows.csv')
    assert.equal(runs, 2)
    assert.equal(await page.locator('#typed').inputValue(), 'typed')
    assert.doesNotMatch(await page.locator('body').innerText(), /amount/)
  })
}
