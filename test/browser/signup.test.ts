import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { openChromium } from './chromium.js'
import { visitTour } from './visit.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

test('signup: an empty form is answered with a summary that links to every field', async (t) => {
  const tab = await visitSignup(t)
  const refused = await tab.press('Sign up')
  assert.equal(refused.status, 422)
  assert.equal(await tab.page.title(), 'Error: Sign up | Sealform tour')
  assert.equal(await tab.focused(), 'signup-summary')
  const links = tab.page.locator('.sealform-summary a')
  assert.deepEqual(await links.allTextContents(), [
    'Enter an email address, such as ada@example.org',
    'Enter your name',
    'Choose a password of at least 8 characters',
    'Choose a plan',
    'Choose your country',
    'Accept the terms to go on',
  ])
  assert.deepEqual(await focusByEachLink(tab.page), [
    'signup-email',
    'signup-name',
    'signup-password',
    'signup-plan',
    'signup-country',
    'signup-terms',
  ])
})

test('signup: every kind of control keeps what was entered, and a password is never sent back', async (t) => {
  const tab = await visitSignup(t)
  const { page } = tab
  await page.getByLabel('Email address').fill('not an address')
  await page.getByLabel('Name', { exact: true }).fill('Ada "the first" <Lovelace>')
  await page.getByLabel('Password').fill('correct horse battery')
  await page.getByLabel('Team').check()
  await page.getByLabel('New releases').check()
  await page.getByLabel('How others use it').check()
  await page.getByLabel('Country').selectOption('br')
  await page.getByLabel('I accept the terms').check()
  const refused = await tab.press('Sign up')

  assert.equal(refused.status, 422)
  assert.deepEqual(await tab.texts('.sealform-summary a'), [
    'Enter an email address, such as ada@example.org',
  ])
  assert.ok(!refused.html.includes('correct horse battery'))
  assert.equal(await tab.value('Email address'), 'not an address')
  assert.equal(await tab.value('Name'), 'Ada "the first" <Lovelace>')
  assert.equal(await tab.value('Password'), '')
  assert.equal(await tab.checked('Free'), false)
  assert.equal(await tab.checked('Team'), true)
  assert.equal(await tab.checked('New releases'), true)
  assert.equal(await tab.checked('Security notices'), false)
  assert.equal(await tab.checked('How others use it'), true)
  assert.equal(await tab.value('Country'), 'br')
  assert.equal(await tab.checked('I accept the terms'), true)

  await page.getByLabel('Email address').fill('ada@example.org')
  await page.getByLabel('Password').fill('correct horse battery')
  const welcome = await tab.press('Sign up')
  assert.equal(new URL(welcome.url).pathname, '/welcome')
  assert.deepEqual(await tab.texts('.success'), [
    'Welcome, Ada "the first" <Lovelace>. You have signed up for the plan “Team”.',
  ])
})

test('signup: the keyboard alone fills in and sends the form, and the welcome is shown once', async (t) => {
  const tab = await visitSignup(t)
  const { keyboard } = tab.page
  await tab.page.getByLabel('Email address').focus()
  await keyboard.type('ada@example.org')
  await keyboard.press('Tab')
  await keyboard.type('Ada')
  await keyboard.press('Tab')
  await keyboard.type('correct horse battery')
  await keyboard.press('Tab')
  await keyboard.press('Space')
  await keyboard.press('ArrowDown')
  await keyboard.press('Tab')
  await keyboard.press('Space')
  await keyboard.press('Tab')
  await keyboard.press('Tab')
  await keyboard.press('Tab')
  await keyboard.type('Japan')
  await keyboard.press('Tab')
  await keyboard.press('Space')
  await keyboard.press('Tab')
  const welcome = await tab.load(() => keyboard.press('Enter'))
  assert.equal(welcome.status, 200)
  assert.equal(new URL(welcome.url).pathname, '/welcome')
  assert.deepEqual(await tab.texts('.success'), ['Welcome, Ada. You have signed up for the plan “Team”.'])

  await tab.load((page) => page.reload())
  assert.deepEqual(await tab.texts('.success'), [])
  // The list of submissions at the bottom of the window has a cookie; the forms need none.
  assert.deepEqual(
    (await tab.page.context().cookies()).map(({ name }) => name),
    ['tour.wire'],
  )
})

test('signup: reloading an answer with errors shows the same errors and input', async (t) => {
  const tab = await visitSignup(t)
  await tab.page.getByLabel('Name', { exact: true }).fill('Ada')
  await tab.press('Sign up')
  const again = await tab.load((page) => page.reload())
  assert.equal(again.status, 422)
  assert.equal(await tab.value('Name'), 'Ada')
  assert.equal(await tab.focused(), 'signup-summary')
})

/** Follows each link of the summary by keyboard, and returns where the focus went. */
async function focusByEachLink(page: Page): Promise<(string | null)[]> {
  const links = page.locator('.sealform-summary a')
  const reached: (string | null)[] = []
  for (let i = 0; i < (await links.count()); i++) {
    await links.nth(i).focus()
    await page.keyboard.press('Enter')
    const target = (await links.nth(i).getAttribute('href'))?.slice(1) ?? ''
    await page.locator(`[id="${decodeURIComponent(target)}"]:focus`).waitFor()
    reached.push(await page.locator(':focus').getAttribute('id'))
  }
  return reached
}

async function visitSignup(t: TestContext) {
  return (await visitTour(t, browser, '/signup')).tab
}
