import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { libraries } from '../../examples/tour/library.js'
import { until } from '../setup/patience.js'
import { openChromium } from './chromium.js'
import { newVisitor, type RunningTour, startTour } from './visit.js'

let browser: Browser
let context: BrowserContext
let page: Page
let tour: RunningTour
before(async () => {
  browser = await openChromium()
  context = await newVisitor(browser, { javaScriptEnabled: true })
  page = await context.newPage()
  tour = await startTour()
})
after(async () => {
  await context.close()
  await browser.close()
  await tour.close()
})

for (const { name } of libraries) {
  if (name === 'plain') continue

  test(`${name}: the draft saves itself while somebody types, and keeps the caret`, async () => {
    await page.goto(`${tour.url}/draft?library=${name}`)
    await page.evaluate('globalThis.stayed = true')
    const text = page.getByLabel('Text')
    const version = async () =>
      Number(/Version (\d+)/.exec(await page.locator('#saved').innerText())?.[1] ?? 0)
    const first = await version()
    await text.fill('')
    await text.pressSequentially('one three')
    await until(async () => (await version()) > first)
    await listens()
    for (let i = 0; i < 'three'.length; i++) await page.keyboard.press('ArrowLeft')
    const second = await version()
    await page.keyboard.type('two ')
    await until(async () => (await version()) > second)
    await listens()
    assert.equal(await text.inputValue(), 'one two three')
    await page.keyboard.type('and ')
    assert.equal(await text.inputValue(), 'one two and three')
    assert.equal(await page.evaluate('globalThis.stayed'), true)
    await until(async () => {
      const answer = await page.request.get(`${tour.url}/draft`)
      return (await answer.text()).includes('one two and three')
    })

    await listens()
    await page.getByLabel('Title').fill('x'.repeat(101))
    await page.locator('#draft', { hasText: 'Use at most 100 characters' }).waitFor()
    await listens()
    await page.getByLabel('Title').fill(`By ${name}`)
    await page.locator('#draft .sealform-summary').waitFor({ state: 'detached' })
    assert.equal(await page.locator('#draft').count(), 1)
  })

  test(`${name}: the search follows what somebody types, and its address too`, async () => {
    await page.goto(`${tour.url}/search?library=${name}`)
    await page.evaluate('globalThis.stayed = true')
    const field = page.getByLabel('Name of the peak')
    await field.pressSequentially('ma')
    await page.getByRole('heading', { name: '3 peaks' }).waitFor()
    await listens()
    await page.keyboard.type('t')
    await page.getByRole('heading', { name: '1 peak', exact: true }).waitFor()
    assert.equal(await field.inputValue(), 'mat')
    assert.equal(await page.locator(':focus').getAttribute('name'), 'q')
    await until(() => /[?&]q=mat(&|$)/.test(page.url()))
    await listens()
    await field.fill('')
    // htmx 2 forgets what is changed between a request and its answer.
    await page.getByRole('heading', { name: '19 peaks' }).waitFor()
    await listens()
    await page.getByLabel('Africa').check()
    await page.getByRole('heading', { name: '2 peaks' }).waitFor()
    await listens()
    await page.getByLabel('Higher than').fill('99999')
    await page.locator('#search', { hasText: 'Nothing is as high' }).waitFor()
    assert.equal(await page.evaluate('globalThis.stayed'), true)
    assert.equal(await page.locator('#search').count(), 1)
  })
}

/** Waits until htmx listens to the form of an answer, some 20 milliseconds after it shows it. */
async function listens(): Promise<void> {
  await page.locator('.htmx-added, .htmx-settling, .htmx-request').first().waitFor({ state: 'detached' })
}
