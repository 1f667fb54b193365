import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { after, before, type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import { listen } from '../setup/koa-app.js'
import { launchChromiumThatKeepsPages, openChromium } from './chromium.js'
import { lendPageTo } from './lend-page.js'
import { startTour, Tab } from './visit.js'

let browser: Browser
let keeping: Browser | undefined
before(async () => {
  browser = await openChromium()
})
after(async () => {
  await browser.close()
  await keeping?.close()
})

test('order: a double-click runs one order and thanks once', async (t) => {
  const { tab } = await visitOrder(t)
  await fillIn(tab)
  await tab.load((page) => page.getByRole('button', { name: 'Order', exact: true }).dblclick())
  await thanked(tab, { number: 1, runs: 1 })
})

test('order: two clicks that are both sent run one order and thank once', async (t) => {
  const { tab, tour } = await visitOrder(t)
  await fillIn(tab)
  await tab.load(() => clickTwice(tab, 'Order', 300))
  assert.equal(tour.posts.length, 2)
  await thanked(tab, { number: 1, runs: 1 })
})

test('order: a second click after a second runs one order', async (t) => {
  const { tab, tour } = await visitOrder(t)
  await fillIn(tab)
  await tab.load(() => clickTwice(tab, 'Order', 1000))
  assert.equal(tour.posts.length, 2)
  await thanked(tab, { number: 1, runs: 1 })
})

test('order: a request that arrives twice runs once', async (t) => {
  const { tab, tour } = await visitOrder(t, { repeating: true })
  await fillIn(tab)
  await tab.press('Order')
  assert.equal(tour.posts.length, 2)
  await thanked(tab, { number: 1, runs: 1 })
})

test('order: reloading the thanks page orders nothing', async (t) => {
  const { tab, tour } = await visitOrder(t)
  await fillIn(tab)
  await tab.press('Order')
  await tab.load((page) => page.reload())
  assert.equal(tour.posts.length, 1)
  assert.equal(await tab.page.getByText('There is nothing to say here').count(), 1)
  assert.deepEqual(await tab.texts('output'), ['1', '1'])
})

test('order: going back and ordering again thanks for the first order', async (t) => {
  const { tab, tour } = await orderAndGoBack(t)
  await tab.press('Order')
  assert.equal(tour.posts.length, 2)
  await thanked(tab, { number: 1, runs: 1 })
})

test('order: going back and ordering with other text asks first, and then takes another order', async (t) => {
  const { tab, tour } = await orderAndGoBack(t)
  await tab.page.getByLabel('Name').fill('Bob')
  await tab.press('Order')
  assert.equal(tour.posts.length, 2)
  assert.equal(await tab.page.getByText('This form was sent before with other input').count(), 1)
  assert.equal(await tab.value('Name'), 'Bob')
  assert.deepEqual(await tab.texts('output'), ['1', '1'])
  await tab.press('Order')
  await thanked(tab, { number: 2, runs: 2, name: 'Bob' })
})

/** Orders, and goes back to the page as the browser has kept it. */
async function orderAndGoBack(t: TestContext) {
  keeping ??= await launchChromiumThatKeepsPages()
  const visit = await visitOrder(t, { in: keeping })
  await fillIn(visit.tab)
  await visit.tab.press('Order')
  await visit.tab.page.goBack({ waitUntil: 'commit' })
  assert.equal(await visit.tab.value('Name'), 'Ada')
  return visit
}

test('order: a browser that fetches the page again on the way back gets a new form', async (t) => {
  const { tab } = await visitOrder(t)
  await fillIn(tab)
  await tab.press('Order')
  await tab.page.goBack()
  assert.deepEqual(await tab.texts('output'), ['1', '1'], 'the page says what has been ordered')
  await fillIn(tab)
  await tab.press('Order')
  await thanked(tab, { number: 2, runs: 2 })
})

test('order: the keyboard alone adds a line, fills it in, removes another, checks and orders', async (t) => {
  const { tab } = await visitOrder(t)
  const { keyboard } = tab.page
  await tab.page.getByLabel('Name').focus()
  await keyboard.type('Ada')
  await keyboard.press('Tab')
  await keyboard.type('Tea')
  await keyboard.press('Tab')
  await keyboard.press('Tab')
  assert.equal(await tab.page.locator(':focus').textContent(), 'Add a line')
  await tab.load(() => keyboard.press('Enter'))

  assert.equal(await tab.focused(), 'order-lines[1].product', 'the new line has the focus')
  assert.equal(await tab.page.locator('[id="order-lines[0].product"]').inputValue(), 'tea')
  assert.equal(await tab.value('Name'), 'Ada')
  await keyboard.type('Rye')
  await keyboard.press('Shift+Tab')
  assert.equal(await tab.page.locator(':focus').textContent(), 'Remove line 1')
  await tab.load(() => keyboard.press('Space'))

  assert.equal(await tab.focused(), 'order-lines[0].product')
  assert.equal(await tab.page.locator(':focus').inputValue(), 'rye')
  await tab.page.getByRole('button', { name: 'Check my order' }).focus()
  assert.equal((await tab.load(() => keyboard.press('Enter'))).status, 200)
  assert.match((await tab.page.locator(':focus').textContent()) ?? '', /Nothing is wrong so far/)

  await tab.page.getByLabel('Quantity').focus()
  await tab.load(() => keyboard.press('Enter'))
  await thanked(tab, { number: 1, runs: 1 })
  assert.deepEqual(await tab.texts('main .panel li'), ['1 × Rye bread'])
})

test('order: the Enter key in a line orders, and removes nothing', async (t) => {
  const { tab } = await visitOrder(t)
  await fillIn(tab)
  await tab.press('Add a line')
  await tab.page.getByLabel('Quantity').first().press('Enter')
  await tab.page.waitForURL(/order/)
  const messages = tab.page.locator('.sealform-summary a')
  await messages.first().waitFor()
  assert.deepEqual(await messages.allTextContents(), ['Choose a product'])
  await tab.page.keyboard.press('Tab')
  await tab.page.keyboard.press('Enter')
  assert.equal(await tab.focused(), 'order-lines[1].product', 'the summary leads to the line')
})

test('order: a timeout is shown, and the form can be sent again as another order', async (t) => {
  const { tab } = await visitOrder(t)
  await fillIn(tab)
  await tab.page.getByLabel('Product').selectOption('moon')
  const late = await tab.press('Order')
  assert.equal(late.status, 500)
  assert.equal(await tab.focused(), 'order-summary')
  assert.equal(await tab.value('Name'), 'Ada')
  await tab.page.getByLabel('Product').selectOption('honey')
  await tab.press('Order')
  await thanked(tab, { number: 1, runs: 2 })
})

test('order: the pages open without a script in a narrow window', async (t) => {
  const { tab } = await visitOrder(t, { viewport: { width: 360, height: 640 } })
  const link = tab.page.getByRole('navigation').getByRole('link', { name: 'Todos' })
  assert.equal(await link.isVisible(), false)
  await tab.page.getByRole('button', { name: 'Pages' }).press('Enter')
  assert.equal(await link.isVisible(), true)
  await tab.page.keyboard.press('Tab')
  assert.equal(await tab.page.locator(':focus').textContent(), 'Todos')
  await tab.load(() => tab.page.keyboard.press('Enter'))
  assert.equal(new URL(tab.page.url()).pathname, '/todos')
})

type Visit = {
  readonly repeating?: boolean
  readonly in?: Browser
  readonly viewport?: { width: number; height: number }
}

async function visitOrder(
  t: { after(end: () => Promise<void>): void },
  { repeating = false, in: used = browser, ...options }: Visit = {},
) {
  const tour = await startTour()
  const page = await lendPageTo(t, used, { javaScriptEnabled: false, ...options })
  t.after(() => tour.close())
  const network = createServer((req, res) => void repeat(tour.port, req, res))
  const port = repeating ? await listen(network, (close) => t.after(close)) : tour.port
  const tab = new Tab(page, `http://localhost:${port}`)
  await tab.open('/order')
  return { tour, tab }
}

/** Passes requests on, and each POST twice at the same time. The second answer counts. */
async function repeat(port: number, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { method, url: path, headers } = req
  const body = await buffer(req)
  const send = () =>
    new Promise<IncomingMessage>((resolve, reject) => {
      request({ host: '127.0.0.1', port, method, path, headers }, resolve).on('error', reject).end(body)
    })
  if (method === 'POST') void send().then((first) => first.resume())
  const answer = await send()
  res.writeHead(answer.statusCode ?? 502, answer.headers)
  answer.pipe(res)
}

/** Clicks with the mouse, because a locator would wait for the page that the first click requests. */
async function clickTwice({ page }: Tab, button: string, pause: number): Promise<void> {
  const target = page.getByRole('button', { name: button, exact: true })
  await target.scrollIntoViewIfNeeded()
  const box = await target.boundingBox()
  assert.ok(box)
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
  await wait(pause)
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
}

async function fillIn(tab: Tab): Promise<void> {
  await tab.page.getByLabel('Name').fill('Ada')
  await tab.page.getByLabel('Product').selectOption('tea')
}

interface Thanks {
  readonly number: number
  readonly runs: number
  readonly name?: string
}

async function thanked(tab: Tab, { number, runs, name = 'Ada' }: Thanks) {
  assert.equal(new URL(tab.page.url()).pathname, '/ordered')
  assert.deepEqual(await tab.texts('.success'), [`Thank you, ${name}. Your order has the number ${number}.`])
  assert.deepEqual(await tab.texts('output'), [String(runs), String(number)])
}
