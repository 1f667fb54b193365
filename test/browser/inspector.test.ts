import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page, Response } from 'playwright-core'
import { createKeyRing } from '../../lib/seal/key-ring.js'
import { seal } from '../../lib/seal/seal.js'
import { openChromium } from './chromium.js'
import { mistakesIn, openAxe, violationsOn } from './inspection.js'
import { keys, newVisitor, type RunningTour, startTour } from './visit.js'

let browser: Browser
let tour: RunningTour
let page: Page

before(async () => {
  browser = await openChromium()
  try {
    tour = await startTour()
    // Without scripts, as most visitors of the other tests.
    const context = await newVisitor(browser)
    page = await context.newPage()
    await page.goto(`${tour.url}/todos`)
    for (const title of ['', 'Milk']) {
      await page.getByLabel('What is there to do?').fill(title)
      await page.getByRole('button', { name: 'Add', exact: true }).click()
    }
    await fetch(`${tour.url}/todos`, {
      method: 'POST',
      headers: { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' },
      body: new URLSearchParams({ sealform: 'AAAA' }),
    })
    const long = `/${'W'.repeat(500)}`
    const headers = { 'Sec-Fetch-Site': 'same-origin', 'Sealform-Region': `list,${'W'.repeat(90)}` }
    await fetch(tour.url + long, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ sealform: 'AAAA', ['n'.repeat(150)]: 'x' }),
    })
  } catch (error) {
    await close()
    throw error
  }
})
after(close)

async function close(): Promise<void> {
  await browser.close()
  await tour?.close()
}

async function open(path: string): Promise<void> {
  const response = await page.goto(tour.url + path)
  assert.equal(response?.status(), 200, path)
}

/** Pastes a seal into the form, and returns what the page says of it. */
async function paste(token: string): Promise<string> {
  await open('/sealform/seal')
  await page.getByLabel('Seal').fill(token)
  await page.getByRole('button', { name: 'Open' }).click()
  return page.getByRole('status').innerText()
}

test('the footer of the tour leads to the inspector, which knows what was sent', async () => {
  await open('/todos')
  await page.getByRole('link', { name: /^Inspector/ }).click()
  await page.getByRole('heading', { name: 'Submissions' }).waitFor()
  const rows = page.getByRole('row')
  assert.equal(await rows.count(), 5)
  assert.match(await rows.nth(3).innerText(), /todos\.add\s+, submission 2\s+\/todos\s+redirect\s+303/)
  assert.match(await rows.nth(2).innerText(), /unknown\s+, submission 3\s+\/todos\s+refused origin\s+403/)
  await page.getByRole('link', { name: /submission 3$/ }).click()
  assert.match(
    await page.getByRole('main').innerText(),
    /The browser says that a page of another site sent this form/,
  )
})

test('it works with the keyboard alone', async () => {
  await open('/sealform')
  const focused = () => page.locator(':focus')
  await page.keyboard.press('Tab')
  assert.equal(await focused().innerText(), 'Skip to the content')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  assert.match(await focused().innerText(), /unknown/)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Submission 4' }).waitFor()
  for (const name of ['Skip to the content', 'Submissions', 'Actions', 'Open a seal']) {
    await page.keyboard.press('Tab')
    assert.equal(await focused().innerText(), name)
  }
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Open a seal' }).waitFor()
  for (let i = 0; i < 5; i++) await page.keyboard.press('Tab')
  assert.equal(await focused().getAttribute('name'), 'seal')
  await page.keyboard.type('AAAA')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('status').waitFor()
  assert.equal(await page.getByLabel('Seal').inputValue(), 'AAAA')
  assert.match(await focused().innerText(), /It would be refused with 400/)
})

test('it opens seals: of a form, of a button, expired, foreign and none', async () => {
  const ring = createKeyRing(keys.first, {})
  const now = Math.floor(Date.now() / 1000)
  const content = {
    audience: 'tour',
    action: 'todos.add',
    version: undefined,
    issued: now - 100,
    expires: now + 100,
    session: undefined,
    path: undefined,
    owner: undefined,
    values: '',
  }
  const html = await (await fetch(`${tour.url}/order`)).text()
  const [, form = ''] = /name="sealform" value="([^"]+)"/.exec(html) ?? []
  const [, button = ''] = /name="sealform\.submit" value="([^"]+)"/.exec(html) ?? []
  assert.match(await paste(form), /^It would be accepted, if authorize\(\) of "order" allows it\.$/)
  assert.equal(await page.getByRole('cell', { name: 'yes: the seal of a form' }).count(), 1)
  assert.match(
    await paste(button),
    /^It would be accepted, in its own form, if authorize\(\) of "order\.add-line"/,
  )
  assert.match(
    await paste(seal(ring, 'action', { ...content, expires: now - 1 })),
    /refused with 409 \(expired\)/,
  )
  assert.match(
    await paste(seal(createKeyRing(keys.second, {}), 'action', content)),
    /refused with 400 \(malformed\): it was sealed with key/,
  )
  assert.match(await paste(`${form.slice(0, -9)}AAAAAAAAA`), /refused with 400 \(malformed\)/)
  assert.match(await paste('<script>alert(1)</script>'), /refused with 400 \(malformed\): it has a character/)
  await page.getByLabel('Seal').fill(' ')
  await page.getByRole('button', { name: 'Open' }).click()
  assert.equal(await page.title(), 'Error: Open a seal | Sealform inspector')
  await page.getByRole('link', { name: 'Paste the value of the hidden field' }).click()
  assert.equal(await page.locator(':focus').getAttribute('name'), 'seal')
})

test('every page is valid, passes axe in light and dark, and fits into a window of 360 pixels', async () => {
  const context = await newVisitor(browser, { javaScriptEnabled: true, bypassCSP: true })
  const tab = await context.newPage()
  const html = await (await fetch(`${tour.url}/todos`)).text()
  const [, token = ''] = /name="sealform" value="([^"]+)"/.exec(html) ?? []
  const visits: readonly (readonly [name: string, visit: () => Promise<Response | null>])[] = [
    ...[
      '',
      '/submissions/1',
      '/submissions/2',
      '/submissions/3',
      '/submissions/4',
      '/submissions/99',
      '/actions',
      '/seal',
    ].map((path) => [path, () => tab.goto(`${tour.url}/sealform${path}`)] as const),
    ['a seal', () => send(token)],
    ['no seal', () => send(' ')],
    ['not a seal', () => send('W'.repeat(400))],
    ['refused', () => tab.goto(`${tour.url.replace('localhost', 'evil.test')}/sealform`)],
  ]
  const send = async (text: string) => {
    await tab.goto(`${tour.url}/sealform/seal`)
    await tab.getByLabel('Seal').fill(text)
    const answered = tab.waitForResponse((response) => response.request().method() === 'POST')
    await tab.getByRole('button', { name: 'Open' }).click()
    return answered
  }
  try {
    for (const [name, visit] of visits) {
      await tab.emulateMedia({ colorScheme: 'light' })
      await tab.setViewportSize({ width: 1200, height: 800 })
      const content = (await (await visit())?.text()) ?? ''
      await tab.waitForLoadState()
      await openAxe(tab)
      assert.deepEqual(await violationsOn(tab), [], name)
      // The page of a refusal has no style sheet, and axe treats the browser's dark canvas as white.
      if (name !== 'refused') {
        await tab.emulateMedia({ colorScheme: 'dark' })
        assert.deepEqual(await violationsOn(tab, "{ runOnly: ['color-contrast'] }"), [], name)
      }
      await tab.setViewportSize({ width: 360, height: 700 })
      assert.equal(await tab.evaluate('document.documentElement.scrollWidth'), 360, name)
      assert.deepEqual(await violationsOn(tab), [], `${name} in a narrow window`)
      assert.deepEqual(await mistakesIn(content), [], name)
      assert.doesNotMatch(content, /<script|<style|\sstyle=|\son\w+=/i, name)
    }
    // Rows that are laid out as cards are still rows of a table.
    await tab.goto(`${tour.url}/sealform`)
    assert.equal(await tab.getByRole('row').count(), 5)
    assert.equal(await tab.getByRole('table').getByRole('columnheader').count(), 6)
  } finally {
    await context.close()
  }
})
