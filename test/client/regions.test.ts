import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { Context } from 'koa'
import type { Browser, Page } from 'playwright-core'
import { flash, invalid, type Submission } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { openChromium } from '../browser/chromium.js'
import { createTestApp, listen } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { openPage } from './open-page.js'
import { strictPolicy } from './site.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

describe('the regions of an app, with the script', () => {
  it('asks for a list of them: they change, those marked always, and that of the form with its message', async (t) => {
    const { page, asked } = await open(t)
    await page.locator('#kept').fill('typed elsewhere')
    await send(page, 'listed', '')
    await page.locator('#box-listed .sealform-issue', { hasText: 'Enter a text' }).waitFor()
    await send(page, 'listed', 'Milk')
    await page.locator('#list', { hasText: 'Milk' }).waitFor()
    assert.equal(await page.locator('#count').textContent(), '1')
    assert.equal(await page.locator('#news').textContent(), 'Saved Milk')
    assert.equal(await page.locator('#box-listed .sealform-issue').count(), 0)
    // The seal of the answer is good.
    await send(page, 'listed', 'Bread')
    await page.locator('#list', { hasText: 'Milk, Bread' }).waitFor()
    assert.equal(await page.locator('#news').textContent(), 'Saved Bread')
    assert.deepEqual(asked(), ['list,count', 'list,count', 'list,count'])
    await assertKept(page)
  })

  it('asks for none that changes: the region of the form comes, and another one stays as it is', async (t) => {
    const { page, asked } = await open(t)
    await page.locator('#kept').fill('typed elsewhere')
    await page.evaluate(`document.querySelector('#count').textContent = 'changed by a script'`)
    await send(page, 'own', 'Milk')
    await page.locator('#news', { hasText: 'Saved Milk' }).waitFor()
    assert.equal(await page.locator('#count').textContent(), 'changed by a script')
    assert.deepEqual(asked(), ['box-own'])
    await assertKept(page)
  })

  it('shows the whole page for a form in no region, with its message and its input', async (t) => {
    const { page, asked } = await open(t)
    await page.evaluate(`document.querySelector('#count').textContent = 'changed by a script'`)
    await send(page, 'free', '')
    await page.locator('#free .sealform-issue', { hasText: 'Enter a text' }).waitFor()
    assert.equal(await page.locator('#count').textContent(), '0')
    await send(page, 'free', 'Milk')
    await page.locator('#news', { hasText: 'Saved Milk' }).waitFor()
    assert.equal(await page.locator('#list').textContent(), 'Milk')
    assert.equal(await page.locator('#free [name=text]').inputValue(), '')
    assert.deepEqual(asked(), ['list', 'list'])
    assert.equal(await page.evaluate('window.mark'), 1)
  })

  it('shows the whole page where it has none of those asked for', async (t) => {
    const { page, asked } = await open(t)
    await send(page, 'lost', '')
    await page.locator('#lost .sealform-issue', { hasText: 'Enter a text' }).waitFor()
    await send(page, 'lost', 'Milk')
    await page.locator('#news', { hasText: 'Saved Milk' }).waitFor()
    assert.equal(await page.locator('#count').textContent(), '1')
    assert.deepEqual(asked(), ['nowhere,neither', 'nowhere,neither'])
    assert.equal(await page.evaluate('window.mark'), 1)
  })

  it('opens the page to which the framework redirects, and asks for it once', async (t) => {
    const { page, visits } = await open(t)
    await send(page, 'listed', 'away')
    await page.getByRole('heading', { name: 'Other' }).waitFor()
    assert.match(page.url(), /\/other$/)
    assert.equal(visits(), 1)
  })

  it('leaves the page and its input as they are when a download comes to a region', async (t) => {
    const { page } = await open(t)
    await page.evaluate(
      `addEventListener('sealform:done', ({ detail }) => { window.done = [detail.status, !!detail.page] })`,
    )
    await page.locator('#kept').fill('typed elsewhere')
    await send(page, 'listed', 'download')
    await until(() => page.evaluate('!!window.done'))
    assert.deepEqual(await page.evaluate('window.done'), [200, false])
    assert.equal(await page.locator('#listed [name=text]').inputValue(), 'download')
    await assertKept(page)
    const arrives = page.waitForEvent('download')
    await page.evaluate(`document.querySelector('#listed').dataset.region = ''`)
    await send(page, 'listed', 'download')
    assert.equal((await arrives).suggestedFilename(), 'rows.csv')
    await assertKept(page)
  })
})

async function send(page: Page, id: string, text: string): Promise<void> {
  await page.locator(`#${id} [name=text]`).fill(text)
  await page.locator(`#${id} button`).click()
}

/** Asserts that the page was not loaded again, and that what was typed outside of the regions is there. */
async function assertKept(page: Page): Promise<void> {
  assert.equal(await page.evaluate('window.mark'), 1)
  assert.equal(await page.locator('#kept').inputValue(), 'typed elsewhere')
}

interface Opened {
  readonly page: Page
  /** What each submission has asked for. */
  asked(): readonly string[]
  /** How often the other page was asked for. */
  visits(): number
}

/** A page with four forms, each of which asks for other regions. */
async function open(t: TestContext): Promise<Opened> {
  const texts: string[] = []
  const asked: string[] = []
  let visits = 0
  const { app } = createTestApp(({ actions, router }) => {
    const save = ({ formData, context, request }: Submission<undefined, unknown, Context>) => {
      const text = String(formData.get('text'))
      asked.push(String(request.headers['sealform-region']))
      if (text === '') return invalid({ text: 'Enter a text' })
      if (text === 'away') return context.redirect('/other')
      if (text === 'download') {
        context.attachment('rows.csv')
        context.body = 'a,b'
        return undefined
      }
      texts.push(text)
      return flash(`Saved ${text}`, '/')
    }
    const names = ['listed', 'own', 'free', 'lost'] as const
    const all = Object.fromEntries(names.map((name) => [name, actions.define(name, save)]))
    const regions = { listed: 'list count', free: 'list', lost: 'nowhere neither' }
    router.get('/other', (ctx) => {
      visits++
      ctx.body = html`<!doctype html><title>Other</title><h1>Other</h1>`
    })
    router.get('/', (ctx) => {
      ctx.set('Content-Security-Policy', strictPolicy)
      const forms = names.map((name) => {
        const form = ctx.form(all[name]!)
        const region = name === 'own' ? '' : html` data-region="${regions[name]}"`
        const printed = html`<form ${form.attributes}${region}>${form.fields}<input ${form.input('text')}>${form.issue('text')}<button>Save</button></form>`
        if (name === 'free') return printed
        return ctx.region(`box-${name}`, html`<div id="box-${name}">${printed}</div>`)
      })
      ctx.body = html`<!doctype html><html lang="en"><head><title>Regions</title><link rel="icon" href="data:,">${ctx.forms.script}</head><body>
        <input id="kept">${ctx.region('news', () => html`<p id="news">${String(ctx.forms.flash ?? '')}</p>`, { always: true })}
        ${ctx.region('list', html`<p id="list">${texts.join(', ')}</p>`)}
        ${ctx.region('count', html`<p id="count">${texts.length}</p>`)}${forms}</body></html>`
    })
  })
  const port = await listen(createServer(app.callback()), (close) => t.after(close))
  const page = await openPage(t, browser)
  await page.goto(`http://localhost:${port}/`)
  await page.evaluate('window.mark = 1')
  return { page, asked: () => asked, visits: () => visits }
}
