import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { until } from '../setup/patience.js'
import { openChromium } from './chromium.js'
import { type Tab, visitTour } from './visit.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

test('likes: count at once, one after the other, and stay after a reload', async (t) => {
  const { tab, posts, answered } = await visitLikes(t, true)
  for (let n = 1; n <= 3; n++) {
    assert.equal(await shownAtOnce(tab, 'Tea'), n)
  }
  await until(() => answered() === 3)
  assert.deepEqual(new Set(posts().map(({ accept }) => accept)), new Set(['application/vnd.sealform+json']))
  await tab.open('/likes')
  assert.equal(await shown(tab, 'Tea'), 3)
})

test('likes: are taken back when the server refuses them, and a message says why', async (t) => {
  const { tab } = await visitLikes(t, true)
  assert.equal(await shownAtOnce(tab, 'Mondays'), 1)
  await tab.page.getByText('The server takes no likes for Mondays.').waitFor()
  assert.equal(await shown(tab, 'Mondays'), 0)
  await button(tab, 'Rain').click()
  await tab.page.getByText('The server takes no likes for Mondays.').waitFor({ state: 'detached' })
  assert.equal(await shown(tab, 'Rain'), 1)
})

test('likes: are taken back without a connection, and work again with one', async (t) => {
  const { tab } = await visitLikes(t, true)
  await tab.page.context().setOffline(true)
  await button(tab, 'Tea').click()
  await tab.page.getByText('Not sent').waitFor()
  assert.equal(await shown(tab, 'Tea'), 0)
  await tab.page.context().setOffline(false)
  await button(tab, 'Tea').click()
  await tab.page.getByText('Not sent').waitFor({ state: 'detached' })
  assert.equal(await shown(tab, 'Tea'), 1)
})

test('likes: work as forms without a script', async (t) => {
  const { tab } = await visitLikes(t, false)
  const liked = await tab.press('Like Tea')
  assert.deepEqual([liked.status, await shown(tab, 'Tea')], [200, 1])
  const refused = await tab.press('Like Mondays')
  assert.deepEqual([refused.status, await shown(tab, 'Mondays')], [422, 0])
  assert.match(refused.html, /The server takes no likes for Mondays/)
})

function button(tab: Tab, name: string) {
  return tab.page.getByRole('button', { name: `Like ${name}`, exact: true })
}

/** Presses a button and reads the count in one step, before an answer can come. */
function shownAtOnce(tab: Tab, name: string): Promise<number> {
  return tab.page.evaluate(`(() => {
    const output = document.querySelector('[aria-label="Likes of ${name}"]')
    output.form.querySelector('button').click()
    return Number(output.value)
  })()`)
}

async function shown(tab: Tab, name: string): Promise<number> {
  return Number(await tab.page.getByLabel(`Likes of ${name}`).textContent())
}

async function visitLikes(t: TestContext, javaScriptEnabled: boolean) {
  const { tour, tab } = await visitTour(t, browser, undefined, { javaScriptEnabled })
  const faults: string[] = []
  tab.page.on('pageerror', (error) => faults.push(String(error)))
  t.after(async () => assert.deepEqual(faults, []))
  let answered = 0
  tab.page.on('requestfinished', (request) => {
    if (request.method() === 'POST') answered++
  })
  await tab.open('/likes')
  return { tab, posts: () => tour.posts, answered: () => answered }
}
