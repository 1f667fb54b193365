import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import Koa from 'koa'
import type { Browser, Page } from 'playwright-core'
import { createActions, done, invalid } from '../../lib/sealform.js'
import { type SealformContext, sealform } from '../../middleware/koa.js'
import { html } from '../../views/html.js'
import type { RegionOptions } from '../../views/region.js'
import type { SafeHtml } from '../../views/safe-html.js'
import { root } from '../docs/project.js'
import { listen } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { openChromium } from './chromium.js'
import { lendPageTo } from './lend-page.js'
import { keys } from './visit.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

/** A region that fails when it shows the text `fail`, or when the path says so. */
interface Shown {
  /** A file of a package. */
  readonly script: string
  readonly options?: RegionOptions
  print(content: SafeHtml): SafeHtml
  /** Prints the region and a form beside it. */
  around(region: SafeHtml, other: SafeHtml): SafeHtml
  readonly form: SafeHtml
}

const frame: Shown = {
  script: '@hotwired/turbo/dist/turbo.es2017-umd.js',
  print: (content) => html`<turbo-frame id="box">${content}</turbo-frame>`,
  around: (region, other) => html`${region}${other}`,
  form: html`data-turbo-frame="box"`,
}

const rows: Shown = {
  script: '',
  print: (content) => html`<tbody id="box"><tr><td>${content}</td></tr></tbody>`,
  around: (region, other) => html`<table>${region}</table>${other}`,
  form: html`hx-post="" hx-target="#box" hx-swap="outerHTML"`,
}

describe('a region that fails', () => {
  it('is found by the frame that has asked for it, and gives the input back', async (t) => {
    const page = await open(t, frame, '/')
    await page.getByLabel('Text').fill('fail')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.locator('turbo-frame#box [role=alert]', { hasText: 'Reference' }).waitFor()
    await isWhole(page, 'turbo-frame')
    await sendAgain(page)
  })

  it('is found by a form that stands elsewhere, when it fails as the page is opened and names its element', async (t) => {
    const page = await open(t, { ...frame, options: { element: 'turbo-frame' } }, '/?fails')
    await page.locator('turbo-frame#box > [role=alert]').waitFor()
    await page.getByRole('button', { name: 'Send from elsewhere' }).click()
    await page.locator('turbo-frame#box', { hasText: 'Got elsewhere' }).waitFor()
    await isWhole(page, 'turbo-frame')
  })

  it('stays rows of its table for htmx, when it names its element', async (t) => {
    for (const script of ['htmx.org/dist/htmx.js', 'htmx4/dist/htmx.js']) {
      const page = await open(t, { ...rows, script, options: { element: 'tbody' } }, '/')
      await page.getByRole('button', { name: 'Send from elsewhere' }).click()
      await page.locator('table > tbody#box > tr > td', { hasText: 'Got elsewhere' }).waitFor()
      await page.getByLabel('Text').fill('fail')
      await page.getByRole('button', { name: 'Send', exact: true }).click()
      await page.locator('table > tbody#box > tr > td > [role=alert]', { hasText: 'Reference' }).waitFor()
      await until(async () => (await page.title()) === 'Error: Regions')
      await isWhole(page, 'tbody')
    }
  })
})

/** Corrects the input in the plain form that stands there, and sends it. */
async function sendAgain(page: Page): Promise<void> {
  assert.equal(await page.locator('#box [name=text]').inputValue(), 'fail')
  await page.locator('#box [name=text]').fill('good')
  await page.getByRole('button', { name: 'Send again' }).click()
  await page.locator('#box', { hasText: 'Got good' }).waitFor()
}

async function isWhole(page: Page, element: string): Promise<void> {
  assert.equal(await page.evaluate('globalThis.stayed === true'), true)
  const counts = ['h1', '#box', `${element}#box`].map((each) => page.locator(each).count())
  assert.deepEqual(await Promise.all(counts), [1, 1, 1])
}

async function open(t: TestContext, shown: Shown, path: string): Promise<Page> {
  const actions = createActions({ keys: keys.first })
  const save = actions.define('save', ({ formData }) => {
    const text = String(formData.get('text'))
    return text === 'fail' ? invalid({ text: 'Not that' }) : done(text)
  })
  const other = actions.define('other', () => done('elsewhere'))
  const app = new Koa<Koa.DefaultState, SealformContext>()
  app.silent = true
  app.use(sealform(actions))
  app.use((ctx) => {
    if (ctx.path === '/library.js') {
      ctx.type = 'js'
      ctx.body = readFileSync(join(root, 'node_modules', shown.script))
      return
    }
    const elsewhere = ctx.form(other)
    let titlePrefix = ''
    const content = () => {
      const form = ctx.form(save)
      titlePrefix = form.titlePrefix
      if (form.value('text') === 'fail' || ('fails' in ctx.query && elsewhere.state === undefined))
        throw new Error('on purpose')
      return shown.print(html`<p>Got ${String(form.state ?? elsewhere.state ?? 'nothing')}</p>
        <form ${form.attributes} ${shown.form}>${form.fields}<input aria-label="Text" ${form.input('text')}><button>Send</button></form>`)
    }
    const region = ctx.region('box', content, shown.options)
    ctx.body = html`<!doctype html><title>${titlePrefix}Regions</title><link rel="icon" href="data:,"><script src="/library.js" defer></script><h1>Regions</h1>
      ${shown.around(region, html`<form ${elsewhere.attributes} ${shown.form}>${elsewhere.fields}<button>Send from elsewhere</button></form>`)}`
  })
  const port = await listen(createServer(app.callback()), (close) => t.after(close))
  const page = await lendPageTo(t, browser)
  await page.goto(`http://localhost:${port}${path}`)
  await page.evaluate('globalThis.stayed = true')
  return page
}
