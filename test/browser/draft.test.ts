import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { pngPicture } from '../setup/sample-files.js'
import { openChromium } from './chromium.js'
import { lendPageTo } from './lend-page.js'
import { type RunningTour, startTour } from './visit.js'

let browser: Browser
let tour: RunningTour
before(async () => {
  browser = await openChromium()
  tour = await startTour()
})
after(async () => {
  await browser.close()
  await tour.close()
})

test('draft: saves itself, and keeps the caret and what is typed meanwhile', async (t) => {
  const page = await open(t, '/draft?library=ours')
  const text = page.getByLabel('Text')
  const saved = page.locator('#saved')
  let release: (() => void) | undefined
  await page.route('**/draft', async (route) => {
    if (route.request().method() === 'POST' && !release)
      await new Promise<void>((resolve) => {
        release = resolve
      })
    await route.continue()
  })
  const sending = page.waitForRequest((request) => request.method() === 'POST')
  await text.pressSequentially('one three')
  await sending
  for (let i = 0; i < 'three'.length; i++) await page.keyboard.press('ArrowLeft')
  await page.keyboard.type('two ')
  release?.()
  await saved.getByText(/Version [2-9]/).waitFor()
  await page.keyboard.type('and ')
  await saved.getByText(/Version [3-9]/).waitFor()
  assert.equal(await text.inputValue(), 'one two and three')
  await page.reload()
  assert.equal(await text.inputValue(), 'one two and three')
})

test('draft: is saved by its button without a script', async (t) => {
  const page = await open(t, '/draft?library=plain')
  await page.getByLabel('Title').fill('By hand')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.locator('#saved', { hasText: 'Version' }).waitFor()
  assert.equal(await page.getByLabel('Title').inputValue(), 'By hand')
  await page.getByLabel('Title').fill('x'.repeat(101))
  await page.getByRole('button', { name: 'Save' }).click()
  await page.locator('.sealform-summary', { hasText: 'Use at most 100 characters' }).waitFor()
})

test('upload: a bar shows how much of the files was sent', async (t) => {
  const page = await open(t, '/upload?library=ours')
  await page.evaluate(`
    globalThis.seen = []
    const bar = document.querySelector('progress')
    new MutationObserver(() => seen.push([bar.value, getComputedStyle(bar).display])).observe(bar, { attributes: true })
  `)
  await page
    .getByLabel('Picture')
    .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: pngPicture() })
  assert.equal(await page.locator('progress').isVisible(), false)
  await page.getByRole('button', { name: 'Upload' }).click()
  await page.getByText('a.png, 120 kB').waitFor()
  const seen = await page.evaluate<[number, string][]>('seen')
  assert.ok(
    seen.some(([value, display]) => value === 100 && display === 'block'),
    JSON.stringify(seen),
  )
  assert.equal(await page.locator('progress').isVisible(), false)
})

async function open(t: TestContext, path: string) {
  const page = await lendPageTo(t, browser)
  await page.goto(tour.url + path)
  return page
}
