import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { openChromium } from '../browser/chromium.js'
import { until } from '../setup/patience.js'
import { form, openSite, region } from './site.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

const fields = '<input id="title" name="title"><button id="go">Go</button>'
const list = (text: string) => region(text, 'list')

/** Cancels the swap of these regions, and counts the answers that were dealt with. */
const cancel = (page: Page, ...ids: readonly string[]) =>
  page.evaluate(`
    window.shown = 0
    addEventListener('sealform:swap', (event) => {
      if (${JSON.stringify(ids)}.includes(event.detail.region.id)) event.preventDefault()
      window.fresh = event.detail.fresh.textContent
      setTimeout(() => window.shown++)
    })`)

describe('an answer whose swap is canceled', () => {
  for (const [name, status] of [
    ['a refusal', 422],
    ['a success', 200],
  ] as const) {
    it(`changes nothing after ${name}: what was typed, the title, the focus and what is announced`, async (t) => {
      const { page } = await openSite(t, browser, {
        body: region(form(fields)),
        answer: () => ({
          status,
          html: `<title>Answer</title>${region(form(`<p role="alert" tabindex="-1" autofocus>Answer</p>${fields}`))}`,
        }),
      })
      await cancel(page, 'region')
      await page.locator('#title').fill('typed')
      await page.locator('#title').press('Enter')
      await until(() => page.evaluate('window.shown === 1'))
      assert.equal(await page.locator('#title').inputValue(), 'typed')
      assert.equal(await page.evaluate('document.activeElement.id'), 'title')
      assert.equal(await page.title(), 'Start')
      assert.equal(await page.locator('[aria-busy]').count(), 0)
      assert.equal(await page.locator('body > [role=status]').textContent(), '')
      assert.equal(await page.evaluate('window.fresh'), 'AnswerGo')
    })
  }

  it('lets the other regions be shown, and keeps what was typed in its own', async (t) => {
    const { page } = await openSite(t, browser, {
      body: list('old') + region(form(fields)),
      answer: () => ({ html: list('new') + region(form(`<p>Answer</p>${fields}`)) }),
    })
    await cancel(page, 'region')
    await page.locator('#title').fill('typed')
    await page.locator('#go').click()
    await page.locator('#list', { hasText: 'new' }).waitFor()
    await until(() => page.evaluate('window.shown === 2'))
    assert.equal(await page.locator('#title').inputValue(), 'typed')
    assert.equal(await page.getByText('Answer').count(), 0)
  })

  it('empties the form as ever when only another region is left as it is', async (t) => {
    const { page } = await openSite(t, browser, {
      body: list('old') + region(form(fields)),
      answer: () => ({ html: list('new') + region(form(`<p>Answer</p>${fields}`)) }),
    })
    await cancel(page, 'list')
    await page.locator('#title').fill('typed')
    await page.locator('#go').click()
    await page.getByText('Answer').waitFor()
    await until(async () => (await page.locator('#title').inputValue()) === '')
    assert.equal(await page.locator('#list').textContent(), 'old')
  })

  it('lets a listener show the answer himself, and the form be sent again', async (t) => {
    const { page, sent } = await openSite(t, browser, {
      body: region(form(fields)),
      answer: () => ({ status: 422, html: region(form(`<p>Answer</p>${fields}`)) }),
    })
    await page.evaluate(`addEventListener('sealform:swap', (event) => {
      event.preventDefault()
      event.detail.region.replaceChildren(...event.detail.fresh.childNodes)
    })`)
    for (const times of [1, 2]) {
      await page.locator('#title').fill('typed')
      await page.locator('#go').click()
      await page.getByText('Answer').waitFor()
      assert.equal(sent.length, times)
    }
  })
})
