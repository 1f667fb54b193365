import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, type TestContext, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { createActions, invalid, redirect } from '../../lib/sealform.js'
import { type NodeContext, sealform } from '../../middleware/node.js'
import { html } from '../../views/html.js'
import { listen, testKey } from '../setup/koa-app.js'
import { openChromium } from './chromium.js'
import { newTab, newVisitor, startTour, Tab } from './visit.js'

// Playwright switches off the cache of whole pages, so Back takes a page from the HTTP cache, or asks the server.

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

test('a corrected text is there after a link and Back, without JavaScript', async (t) => {
  const tour = await startTour()
  t.after(() => tour.close())
  const tab = await newTab(await visitor(t), tour)
  await tab.open('/signup')
  await tab.page.getByLabel('Name').fill('Ada')
  assert.equal((await tab.press('Sign up')).status, 422)
  await correctAndComeBack(tab, { Name: 'Ada, Countess of Lovelace', 'Email address': 'ada@example.org' })
  assert.equal(await tab.page.title(), 'Error: Sign up | Sealform tour')
  assert.equal(tour.posts.length, 1, 'nothing was sent again')
})

test('a corrected text is there after Back on a page of a session', async (t) => {
  const { tab, posts } = await visitNotes(t)
  await tab.open('/')
  await tab.page.getByLabel('Text').fill('First words')
  assert.equal((await tab.press('Send')).status, 422)
  await correctAndComeBack(tab, { Text: 'Second words' })
  assert.equal(posts(), 1)
  await tab.page.getByLabel('Text').fill('Good words')
  assert.equal((await tab.press('Send')).status, 200, 'the form that came back can be sent')
  assert.deepEqual(await tab.texts('h1'), ['Thanks'])
})

test('nothing of a form that history forgets is there after Back', async (t) => {
  const { tab, posts } = await visitNotes(t, 'forget')
  await tab.open('/')
  await tab.page.getByLabel('Text').fill('First words')
  assert.equal((await tab.press('Send')).status, 422)
  await tab.page.getByLabel('Text').fill('Second words')
  await tab.load((page) => page.getByRole('link', { name: 'Elsewhere' }).click())
  // Chromium shows an error in place of the page, because it would have to send the form again.
  await assert.rejects(tab.page.goBack(), /ERR_CACHE_MISS/)
  assert.equal(posts(), 1, 'nothing was sent again')
})

async function visitor(t: TestContext) {
  const context = await newVisitor(browser)
  t.after(() => context.close())
  return context
}

/** Fills in the fields, follows a link, and goes back to what was filled in. */
async function correctAndComeBack(tab: Tab, fields: Readonly<Record<string, string>>): Promise<void> {
  const { page } = tab
  const url = page.url()
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text)
  await tab.load(() => page.getByRole('link', { name: /^(?:Todos|Elsewhere)$/ }).click())
  assert.notEqual(page.url(), url)
  await page.goBack()
  assert.equal(page.url(), url)
  for (const [label, text] of Object.entries(fields)) assert.equal(await tab.value(label), text)
}

/** An app with one form, tied to a session, that takes good words only. */
async function visitNotes(t: TestContext, history: 'keep' | 'forget' = 'keep') {
  const actions = createActions<NodeContext>({ keys: testKey })
  const write = actions.define('write', {
    history,
    run: async ({ formData }) =>
      String(formData.get('text')).startsWith('Good') ? redirect('thanks') : invalid({ text: 'Not that' }),
  })
  let sent = 0
  const listener = sealform(
    actions,
    (req, res, page) => {
      res.setHeader('Set-Cookie', 'sid=ann')
      if (req.url !== '/')
        return page.send(html`<!doctype html><h1>${req.url === '/thanks' ? 'Thanks' : 'Else'}</h1>`)
      const form = page.form(write)
      return page.send(html`<!doctype html><title>Notes</title><form ${form.attributes}>${form.fields}
        <label for="write-text">Text</label> <input ${form.input('text')}> ${form.issue('text')}
        <button>Send</button></form><a href="/elsewhere">Elsewhere</a>`)
    },
    { session: ({ req }) => req.headers.cookie },
  )
  const server = createServer((req, res) => {
    if (req.method === 'POST') sent++
    listener(req, res)
  })
  const port = await listen(server, (close) => t.after(close))
  const context = await visitor(t)
  await context.addCookies([{ name: 'sid', value: 'ann', url: `http://localhost:${port}` }])
  return { tab: new Tab(await context.newPage(), `http://localhost:${port}`), posts: () => sent }
}
