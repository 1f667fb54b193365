import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openChromium } from './chromium.js'
import { type Tab, visitTour } from './visit.js'

const arrival = new Date(Date.now() + 7 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10)

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

test('wizard: goes back and forth, keeps what was typed, and books without a cookie on the way', async (t) => {
  const { tab } = await visitTour(t, browser, '/wizard')
  await fillInGuest(tab)
  await tab.press('Next')
  assert.deepEqual(await tab.texts('.steps [aria-current]'), ['Your stay'])
  await tab.page.getByLabel('Nights').fill('two')
  await tab.page.getByLabel('A room to the street').check()
  await tab.press('Back')
  assert.equal(await tab.value('Name'), 'Ada')
  await tab.page.getByLabel('Name').fill('Ada Lovelace')
  await tab.press('Next')
  assert.equal(await tab.value('Nights'), 'two')
  assert.equal(await tab.checked('A room to the street'), true)

  assert.equal((await tab.press('Next')).status, 422)
  assert.equal(await tab.focused(), 'wizard-summary')
  await tab.page.getByLabel('Day of arrival').fill(arrival)
  await tab.page.getByLabel('Nights').fill('2')
  await tab.press('Next')
  await tab.page.getByLabel('No breakfast').check()
  await tab.press('Next')
  assert.match((await tab.texts('.review')).join(), /Ada Lovelace, ada@example\.org/)

  await tab.press('Change “Your wishes”')
  assert.equal(await tab.checked('No breakfast'), true)
  await tab.page.getByLabel('Anything else').fill('A quiet room')
  await tab.press('Next')
  assert.match((await tab.texts('.review')).join(), /No breakfast\. A quiet room/)
  // The list of submissions at the bottom of the window has a cookie; the forms need none.
  assert.deepEqual(
    (await tab.page.context().cookies()).map(({ name }) => name),
    ['tour.wire'],
  )

  await tab.press('Book')
  assert.deepEqual(await tab.texts('.success'), ['Thank you, Ada Lovelace. This is booking number 1.'])
  await tab.load((page) => page.reload())
  assert.deepEqual(await tab.texts('.success'), [])
})

test('wizard: a double-click books once', async (t) => {
  const { tab, tour } = await visitTour(t, browser, '/wizard')
  for (const number of [1, 2]) {
    await tab.open('/wizard')
    await toSummary(tab)
    const before = tour.posts.length
    await tab.load((page) => page.getByRole('button', { name: 'Book' }).dblclick())
    assert.ok(tour.posts.length > before)
    assert.deepEqual(await tab.texts('.success'), [`Thank you, Ada. This is booking number ${number}.`])
  }
})

test('wizard: reloading a step sends the form again and shows the same page', async (t) => {
  const { tab, tour } = await visitTour(t, browser, '/wizard')
  await fillInGuest(tab)
  await tab.press('Next')
  const posts = tour.posts.length
  const again = await tab.load((page) => page.reload())
  assert.equal(again.status, 200)
  assert.equal(tour.posts.length, posts + 1)
  assert.deepEqual(await tab.texts('h1'), ['Step 2 of 4: Your stay'])
})

test('wizard: the back button of the browser leads to a step that can be sent again', async (t) => {
  const { tab } = await visitTour(t, browser, '/wizard')
  await fillInGuest(tab)
  await tab.press('Next')
  await tab.page.goBack()
  assert.deepEqual(await tab.texts('h1'), ['Step 1 of 4: About you'])
  await fillInGuest(tab, 'Bob')
  await tab.press('Next')
  assert.deepEqual(await tab.texts('h1'), ['Step 2 of 4: Your stay'])
  await tab.press('Back')
  assert.equal(await tab.value('Name'), 'Bob')
})

test('wizard: two tabs book apart', async (t) => {
  const { tab, another } = await visitTour(t, browser, '/wizard')
  const other = await another()
  await other.open('/wizard')
  await fillInGuest(tab, 'Ada')
  await fillInGuest(other, 'Bob')
  await tab.press('Next')
  await other.press('Next')
  await tab.press('Back')
  await other.press('Back')
  assert.equal(await tab.value('Name'), 'Ada')
  assert.equal(await other.value('Name'), 'Bob')
})

test('wizard: works with the keyboard alone, and Enter goes forward', async (t) => {
  const { tab } = await visitTour(t, browser, '/wizard')
  const { keyboard } = tab.page
  await tab.page.getByLabel('Name').focus()
  await keyboard.type('Ada')
  await keyboard.press('Tab')
  await keyboard.type('ada@example.org')
  await tab.load(() => keyboard.press('Enter'))
  assert.deepEqual(await tab.texts('h1'), ['Step 2 of 4: Your stay'])
  await tab.page.getByLabel('Day of arrival').fill(arrival)
  await tab.page.getByLabel('Nights').focus()
  await keyboard.type('2')
  await keyboard.press('Tab')
  await keyboard.press('Space')
  await tab.load(() => keyboard.press('Enter'))
  assert.deepEqual(await tab.texts('h1'), ['Step 3 of 4: Your wishes'])
  await tab.page.getByLabel('Breakfast, please').focus()
  await keyboard.press('Space')
  await keyboard.press('Tab')
  await keyboard.type('A quiet room')
  await keyboard.press('Tab')
  assert.equal(await tab.page.locator(':focus').textContent(), 'Next')
  await tab.load(() => keyboard.press('Enter'))
  await tab.page.getByRole('button', { name: 'Book' }).focus()
  await tab.load(() => keyboard.press('Enter'))
  assert.deepEqual(await tab.texts('.success'), ['Thank you, Ada. This is booking number 1.'])
})

async function fillInGuest(tab: Tab, name = 'Ada'): Promise<void> {
  await tab.page.getByLabel('Name', { exact: true }).fill(name)
  await tab.page.getByLabel('Email address').fill('ada@example.org')
}

async function toSummary(tab: Tab): Promise<void> {
  await fillInGuest(tab)
  await tab.press('Next')
  await tab.page.getByLabel('Day of arrival').fill(arrival)
  await tab.page.getByLabel('Nights').fill('2')
  await tab.page.getByLabel('A room to the garden').check()
  await tab.press('Next')
  await tab.page.getByLabel('Breakfast, please').check()
  await tab.press('Next')
}
