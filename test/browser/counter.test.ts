import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openChromium } from './chromium.js'
import { type Tab, visitTour } from './visit.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

test('counter: each submission continues from the state of the page, without a cookie', async (t) => {
  const { tab } = await visitTour(t, browser, '/counter')
  assert.equal(await shown(tab), 0)
  for (const expected of [1, 2, 3]) {
    assert.equal((await tab.press('Add one')).status, 200)
    assert.equal(await shown(tab), expected)
  }
  await tab.press('Take one away')
  assert.equal(await shown(tab), 2)
  await tab.press('Add one')
  assert.equal(await shown(tab), 3)
  // That of the panel, which the tour prints below each page.
  assert.deepEqual(
    (await tab.page.context().cookies()).map(({ name }) => name),
    ['tour.wire'],
  )
})

test('counter: reloading repeats the same step from the same number', async (t) => {
  const { tab } = await visitTour(t, browser, '/counter')
  await tab.press('Add one')
  await tab.press('Add one')
  await tab.load((page) => page.reload())
  assert.equal(await shown(tab), 2)
})

test('counter: the first page still counts from zero after going back to it', async (t) => {
  const { tab } = await visitTour(t, browser, '/counter')
  await tab.press('Add one')
  await tab.page.goBack()
  assert.equal(await shown(tab), 0)
  await tab.press('Take one away')
  assert.equal(await shown(tab), -1)
})

test('counter: two tabs count apart', async (t) => {
  const { tab, another } = await visitTour(t, browser, '/counter')
  const other = await another()
  await other.open('/counter')
  await tab.press('Add one')
  await tab.press('Add one')
  await other.press('Take one away')
  assert.equal(await shown(tab), 2)
  assert.equal(await shown(other), -1)
})

async function shown(tab: Tab): Promise<number> {
  return Number(await tab.page.locator('.count output').textContent())
}
