import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { html } from '../../views/html.js'
import { openChromium } from './chromium.js'
import { keys, startTour, visitTour } from './visit.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

test('a form that has expired comes back with its text, and one click sends it', async (t) => {
  const { tab } = await visitTour(t, browser)
  await tab.open('/stale')
  await tab.page.getByLabel('A note').fill('I was away for tea')
  // It stands still then: the form that comes back lives five seconds as well.
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 6000 })
  const late = await tab.press('Send')
  assert.equal(late.status, 409)
  assert.equal(await tab.page.title(), 'Error: Stale form | Sealform tour')
  assert.equal(await tab.focused(), 'stale-summary')
  assert.equal(await tab.value('A note'), 'I was away for tea')
  assert.deepEqual(await tab.texts('.success'), [])

  const withTimeout = await tab.press('Send')
  assert.equal(withTimeout.status, 200)
  assert.deepEqual(await tab.texts('.success'), ['Received in time: “I was away for tea”'])
})

test('a form sealed with a key that the server no longer has comes back with its text, and one click sends it', async (t) => {
  const { tab, tour } = await visitTour(t, browser)
  await tab.open('/todos')
  await tab.page.getByLabel('What is there to do?').fill('Survive the restart')
  await tour.close()
  const restarted = await startTour({ key: keys.second, port: tour.port })
  t.after(() => restarted.close())

  const refused = await tab.press('Add')
  assert.equal(refused.status, 400)
  assert.equal(await tab.focused(), 'todos.add-summary')
  assert.equal(await tab.value('What is there to do?'), 'Survive the restart')
  assert.deepEqual(await tab.texts('.todos li > span'), [])

  assert.equal((await tab.press('Add')).status, 200)
  assert.deepEqual(await tab.texts('.todos li > span'), ['Survive the restart'])
})

test('a form about an item that is gone, sealed with a forgotten key, ends on a page that says so', async (t) => {
  const { tab, tour } = await visitTour(t, browser)
  await tab.open('/todos')
  await tab.page.getByLabel('What is there to do?').fill('Lost in the restart')
  await tab.press('Add')
  await tour.close()
  const restarted = await startTour({ key: keys.second, port: tour.port })
  t.after(() => restarted.close())

  const refused = await tab.press('Remove “Lost in the restart”')
  assert.equal(refused.status, 400)
  assert.deepEqual(await tab.texts('h1'), ['There is a problem'])
  await tab.load((page) => page.getByRole('link', { name: 'Back to the page' }).click())
  assert.equal((await tab.answer()).status, 200)
})

test('a page of another site cannot submit, even with a seal of ours', async (t) => {
  const { tab, tour, another } = await visitTour(t, browser)
  const page = await tab.open('/todos')
  const seal = /name="sealform" value="([^"]+)"/.exec(page.html)?.[1] ?? ''
  const attacker = await serveAttack(t, `${tour.url}/todos`, seal)

  const victim = await another()
  await victim.page.goto(attacker)
  const refused = await victim.press('Win a prize')
  assert.equal(refused.status, 403)
  assert.equal(tour.posts.at(-1)?.['sec-fetch-site'], 'cross-site')
  assert.ok(!refused.html.includes('Planted by another site'))
  assert.ok(!refused.html.includes(seal))
  await tab.open('/todos')
  assert.deepEqual(await tab.texts('.todos li > span'), [])
})

test('a page of another site that hides its origin cannot submit either', async (t) => {
  const { tab, tour, another } = await visitTour(t, browser)
  const page = await tab.open('/todos')
  const seal = /name="sealform" value="([^"]+)"/.exec(page.html)?.[1] ?? ''
  const attacker = await serveAttack(t, `${tour.url}/todos`, seal, { 'Referrer-Policy': 'no-referrer' })

  const victim = await another()
  await victim.page.goto(attacker)
  const refused = await victim.press('Win a prize')
  assert.equal(refused.status, 403)
  assert.equal(tour.posts.at(-1)?.origin, 'null')
  assert.ok(!refused.html.includes('Planted by another site'))
  await tab.open('/todos')
  assert.deepEqual(await tab.texts('.todos li > span'), [])
})

test('a page on another port of the same host cannot submit', async (t) => {
  const { tab, tour, another } = await visitTour(t, browser)
  const page = await tab.open('/todos')
  const seal = /name="sealform" value="([^"]+)"/.exec(page.html)?.[1] ?? ''
  const attacker = await serveAttack(t, `${tour.url}/todos`, seal)

  const victim = await another()
  await victim.page.goto(attacker.replace('127.0.0.1', 'localhost'))
  const refused = await victim.press('Win a prize')
  assert.equal(refused.status, 403)
  assert.equal(tour.posts.at(-1)?.['sec-fetch-site'], 'same-site')
  await tab.open('/todos')
  assert.deepEqual(await tab.texts('.todos li > span'), [])
})

type Ending = { after(end: () => Promise<void>): void }

/** Serves a page on `127.0.0.1`, which is another site than `localhost` for a browser. */
async function serveAttack(t: Ending, target: string, seal: string, headers = {}): Promise<string> {
  const page = html`<!doctype html><title>Prize</title>
<form method="post" action="${target}">
<input type="hidden" name="sealform" value="${seal}">
<input type="hidden" name="title" value="Planted by another site">
<button>Win a prize</button>
</form>`
  const server = createServer((_req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...headers })
    res.end(page.toString())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}
