import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openChromium } from './chromium.js'
import { lendPageTo } from './lend-page.js'
import { startTour, Tab } from './visit.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

test('news: a headline of one visitor is on the next page of every visitor', async (t) => {
  const { tab, other } = await visitNews(t)
  await tab.page.getByLabel('What has happened?').fill('Ferry runs again')
  const answer = await tab.press('Publish')
  assert.deepEqual([answer.status, new URL(answer.url).pathname], [200, '/news'])
  assert.deepEqual(await tab.texts('.todos li'), ['Ferry runs again', 'The tour has a page with news'])
  await other.load((page) => page.reload())
  assert.deepEqual(await other.texts('.todos li'), ['Ferry runs again', 'The tour has a page with news'])
  assert.equal(await time(other, 'list'), await time(tab, 'list'))
})

test('news: showing the page again renders the page anew and keeps the list', async (t) => {
  const { tab } = await visitNews(t)
  const [list, page] = [await time(tab, 'list'), await time(tab, 'page')]
  assert.equal((await tab.press('Only show the page again')).status, 200)
  assert.equal(await time(tab, 'list'), list)
  assert.notEqual(await time(tab, 'page'), page)
})

test('news: the issue of an empty headline is shown beside its field, and the list is the cached one', async (t) => {
  const { tab } = await visitNews(t)
  const list = await time(tab, 'list')
  assert.equal((await tab.press('Publish')).status, 422)
  assert.deepEqual(await tab.texts('.sealform-issue'), ['Enter a headline'])
  assert.equal(await time(tab, 'list'), list)
})

test('news: the front page is the same for everybody until something is published', async (t) => {
  const { tab, other } = await visitNews(t)
  await tab.open('/frontpage')
  await other.open('/frontpage')
  assert.equal(await time(other, 'page'), await time(tab, 'page'))
  const page = await time(tab, 'page')
  await tab.load((page) => page.getByRole('link', { name: 'Back to the news' }).click())
  await tab.page.getByLabel('What has happened?').fill('Once more')
  await tab.press('Publish')
  await other.load((page) => page.reload())
  assert.deepEqual((await other.texts('.todos li'))[0], 'Once more')
  assert.notEqual(await time(other, 'page'), page)
})

test('news: with our script, a headline of one visitor appears on the open page of another', async (t) => {
  const tour = await startTour()
  t.after(() => tour.close())
  const [writer, reader] = await Promise.all(
    [1, 2].map(async () => {
      const page = await lendPageTo(t, browser)
      const opened = page.waitForRequest((request) => request.url().includes('/sealform-live?'))
      await page.goto(`${tour.url}/news?library=ours`)
      await opened
      return page
    }),
  )
  await reader!.evaluate('globalThis.stayed = true')
  const typed = reader!.getByLabel('What has happened?')
  await typed.fill('Half a headline')
  await writer!.getByLabel('What has happened?').fill('Ferry runs again')
  await writer!.getByRole('button', { name: 'Publish' }).click()
  for (const page of [writer!, reader!])
    await page.locator('.todos li', { hasText: 'Ferry runs again' }).waitFor()
  assert.equal(await reader!.locator('.todos li').count(), 2)
  assert.equal(await typed.inputValue(), 'Half a headline')
  assert.equal(
    await reader!.locator('#list-time').getAttribute('datetime'),
    await writer!.locator('#list-time').getAttribute('datetime'),
  )
  // The page is still the one that was opened, and its form can be sent.
  assert.equal(await reader!.evaluate('globalThis.stayed'), true)
  await reader!.getByRole('button', { name: 'Publish' }).click()
  for (const page of [writer!, reader!])
    await page.locator('.todos li', { hasText: 'Half a headline' }).waitFor()
  assert.equal(await reader!.locator('.todos li').count(), 3)
})

test('news: is live for nobody without our script', async (t) => {
  const tour = await startTour()
  t.after(() => tour.close())
  const page = await lendPageTo(t, browser)
  for (const library of ['plain', 'turbo']) {
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await page.goto(`${tour.url}/news?library=${library}`)
    await page.waitForLoadState('networkidle')
    assert.ok(asked.includes('/news'), library)
    assert.ok(!asked.includes('/sealform-live'), library)
    assert.equal(await page.locator('script').count(), library === 'plain' ? 0 : 2)
  }
})

function time(tab: Tab, part: 'list' | 'page'): Promise<string | null> {
  return tab.page.locator(`#${part}-time`).getAttribute('datetime')
}

/** Two visitors who have the page open. */
async function visitNews(t: { after(end: () => Promise<void>): void }) {
  const tour = await startTour()
  t.after(() => tour.close())
  const visit = async () => new Tab(await lendPageTo(t, browser, { javaScriptEnabled: false }), tour.url)
  const [tab, other] = [await visit(), await visit()]
  await tab.open('/news')
  await other.open('/news')
  return { tab, other }
}
