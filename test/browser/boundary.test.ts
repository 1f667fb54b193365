import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openChromium } from './chromium.js'
import { newTab, newVisitor, startTour } from './visit.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

test('boundary: an action and a part fail alone, and each answer keeps the input', async (t) => {
  const tour = await startTour()
  const context = await newVisitor(browser)
  t.after(async () => {
    await context.close()
    await tour.close()
  })
  const tab = await newTab(context, tour)
  const { page } = tab
  await tab.open('/boundary')
  await page.getByLabel('What has happened?').fill('The roof leaks')
  await page.getByLabel('The action, once it runs').check()
  assert.equal((await tab.press('Report')).status, 500)
  assert.equal(await tab.focused(), 'boundary-summary')
  assert.equal(await tab.value('What has happened?'), 'The roof leaks')
  assert.equal(await page.getByRole('heading', { name: 'Advice' }).count(), 1)

  await page.getByLabel('This part of the page, while it shows what came of the action').check()
  assert.equal((await tab.press('Report')).status, 422)
  assert.deepEqual(
    await tab.texts('#report.sealform-failed > p').then(([text]) => text?.replace(/[0-9A-Z-]{9}$/, '…')),
    'This part of the page could not be shown. Reference: …',
  )
  assert.match((await page.locator(':focus').textContent()) ?? '', /could not be shown/)
  assert.equal(await page.getByRole('heading', { name: 'Advice' }).count(), 1)
  assert.equal(await tab.value('note'), 'The roof leaks')

  await page.getByLabel('fails').fill('none')
  assert.equal((await tab.press('Send again')).status, 200)
  assert.deepEqual(await tab.texts('#report .success'), ['“The roof leaks” has arrived.'])

  await page.getByRole('link', { name: 'Open this page without advice.' }).click()
  await page.getByText('There is no advice at the moment').waitFor()
  assert.equal(await page.getByLabel('What has happened?').count(), 1)
  await page.getByRole('link', { name: 'Ask again' }).click()
  await page.getByText('costs the page this region only').waitFor()
})
