import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser, Locator, Page } from 'playwright-core'
import { invalid } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { createTestApp, formIn, fromSamePage, listen } from '../setup/koa-app.js'
import { provesInFull } from '../setup/proofs.js'
import { pngPicture } from '../setup/sample-files.js'
import { openChromium } from './chromium.js'
import { mistakesIn, openAxe, violationsOn } from './inspection.js'
import { type Answer, newTab, newVisitor, type RunningTour, startTour, type Tab } from './visit.js'

/** Every page of the tour in every possible state, as the server sends it to a browser without scripts. */
const states = new Map<string, Answer>()
const inspections = new Map<string, Inspection>()
let browser: Browser
let tour: RunningTour

before(async () => {
  browser = await openChromium()
  tour = await startTour()
  try {
    await collectStates()
    await inspectStates()
  } catch (error) {
    // Open handles would keep the process alive: node:test does not end a file whose hook failed.
    await close()
    throw error
  }
})
after(close)

async function close(): Promise<void> {
  await browser.close()
  await tour.close()
}

test(`axe finds no violation in any state${provesInFull ? '' : ' with elements of a new kind'}`, () => {
  for (const [name, { violations }] of inspections) assert.deepEqual(violations, [], name)
})

test('the contrast is high enough in dark mode', () => {
  for (const [name, { dark }] of inspections) assert.deepEqual(dark, [], name)
})

test('nothing is wider than a window of 320 pixels', () => {
  for (const [name, { width }] of inspections) assert.equal(width, 320, name)
})

test('the HTML of every state is valid', async () => {
  for (const [name, { html }] of states) assert.deepEqual(await mistakesIn(html), [], name)
})

test('no state holds an inline script or style, and each form begins with its seal', () => {
  for (const [name, { html }] of states) {
    const loaded = name.startsWith('likes') ? '<script type="module" src="/likes.js"></script>' : ''
    assert.doesNotMatch(html.replace(loaded, ''), /<script|<style|\sstyle=|\son\w+=|javascript:/i, name)
    const forms = html.match(/<form\b/g)?.length ?? 0
    const sealed = html.match(/<form\b[^>]*>\s*<input type="hidden" name="sealform" /g)?.length ?? 0
    assert.equal(sealed, forms, name)
  }
})

async function collectStates(): Promise<void> {
  const context = await newVisitor(browser)
  const tab = await newTab(context, tour)
  const { page } = tab
  const keep = (name: string, answer: Answer, status: number) => {
    assert.equal(answer.status, status, name)
    states.set(name, answer)
  }
  const title = () => page.getByLabel('What is there to do?')

  keep('home', await tab.open('/'), 200)
  await page.getByLabel('Email address').fill('ada@example')
  keep('home invalid', await tab.press('Send'), 422)
  keep('home failed', await tab.press('Send, and let the action fail'), 500)
  await page.getByLabel('Email address').fill('ada@example.org')
  await page.getByLabel('Message').fill('Hello')
  keep('home sent', await tab.press('Send'), 200)
  keep('missing', await tab.open('/nowhere'), 404)
  keep('source', await tab.open('/source/todos'), 200)

  keep('todos empty', await tab.open('/todos'), 200)
  keep('todos invalid', await tab.press('Add'), 422)
  await title().fill(`A title & <b>"markup"</b> ${'W'.repeat(60)}`)
  await tab.press('Add')
  await title().fill('Another title')
  keep('todos filled', await tab.press('Add'), 200)
  await title().fill('another title')
  keep('todos duplicate', await tab.press('Add'), 422)

  keep('signup', await tab.open('/signup'), 200)
  keep('signup invalid', await tab.press('Sign up'), 422)
  await page.getByLabel('Email address').fill('ada@example.org')
  await page.getByLabel('Name', { exact: true }).fill('Ada')
  await page.getByLabel('Company').check()
  await page.getByLabel('Security notices').check()
  await page.getByLabel('Country').selectOption('de')
  await page.getByLabel('I accept the terms').check()
  keep('signup half right', await tab.press('Sign up'), 422)
  await page.getByLabel('Password').fill('correct horse battery')
  keep('welcome', await tab.press('Sign up'), 200)
  keep('welcome again', await tab.load(() => page.reload()), 200)

  keep('counter', await tab.open('/counter'), 200)
  keep('counter at one', await tab.press('Add one'), 200)

  keep('stale', await tab.open('/stale'), 200)
  await page.getByLabel('A note').fill('I was away for tea')
  await wait(5100)
  keep('stale expired', await tab.press('Send'), 409)
  keep('stale in time', await tab.press('Send'), 200)

  keep('likes', await tab.open('/likes'), 200)
  keep('likes refused', await tab.press('Like Mondays'), 422)

  keep('news', await tab.open('/news'), 200)
  keep('news invalid', await tab.press('Publish'), 422)
  await page.getByLabel('What has happened?').fill(`${'W'.repeat(60)} & <b>"markup"</b>`)
  keep('news published', await tab.press('Publish'), 200)
  keep('front page', await tab.open('/frontpage'), 200)

  await collectWizard(tab, keep)
  await collectOrders(tab, keep)
  await collectFailures(tab, keep)
  await collectUploads(tab, keep)
  await collectRefusals(keep)
  await collectBuiltIn(keep)
  await context.close()
}

type Keep = (name: string, answer: Answer, status: number) => void

async function collectWizard(tab: Tab, keep: Keep): Promise<void> {
  const { page } = tab
  keep('wizard', await tab.open('/wizard'), 200)
  keep('wizard invalid', await tab.press('Next'), 422)
  await page.getByLabel('Name', { exact: true }).fill(`A name & <b>${'W'.repeat(60)}`)
  await page.getByLabel('Email address').fill('ada@example.org')
  keep('wizard stay', await tab.press('Next'), 200)
  await page.getByLabel('Day of arrival').fill('2999-12-31')
  await page.getByLabel('Nights').fill('1')
  await page.getByLabel('A room to the street').check()
  await tab.press('Next')
  keep('wizard wishes invalid', await tab.press('Next'), 422)
  await page.getByLabel('No breakfast').check()
  await page.getByLabel('Anything else').fill('W'.repeat(500))
  keep('wizard check', await tab.press('Next'), 200)
  keep('wizard booked', await tab.press('Book'), 200)
}

async function collectOrders(tab: Tab, keep: Keep): Promise<void> {
  const { page } = tab
  keep('order', await tab.open('/order'), 200)
  for (let lines = 2; lines <= 5; lines++) await tab.press('Add a line')
  keep('order with five lines', await tab.answer(), 200)
  await page.getByLabel('Quantity').first().fill('0')
  keep('order invalid', await tab.press('Order'), 422)
  for (let lines = 4; lines >= 2; lines--) await tab.press('Remove line 1')
  await page.getByLabel('Name', { exact: true }).fill('Ada')
  for (const product of await page.getByLabel('Product').all()) await product.selectOption('moon')
  keep('order checked', await tab.press('Check my order'), 200)
  keep('order too late', await tab.press('Order'), 500)
  for (const product of await page.getByLabel('Product').all()) await product.selectOption('tea')
  keep('order thanks', await tab.press('Order'), 200)
  keep('order thanks again', await tab.load(() => page.reload()), 200)
}

async function collectFailures(tab: Tab, keep: Keep): Promise<void> {
  const { page } = tab
  keep('boundary', await tab.open('/boundary'), 200)
  await page.getByLabel('What has happened?').fill('Two words')
  keep('boundary done', await tab.press('Report'), 200)
  await page.getByLabel('What has happened?').fill('Two words')
  await page.getByLabel('The action, once it runs').check()
  keep('boundary, the action fails', await tab.press('Report'), 500)
  await page.getByLabel('This part of the page').check()
  keep('boundary, the part fails', await tab.press('Report'), 422)
  keep('boundary without advice', await tab.open('/boundary?advice=none'), 200)
}

async function collectUploads(tab: Tab, keep: Keep): Promise<void> {
  const { page } = tab
  const choose = (label: string, files: Parameters<Locator['setInputFiles']>[0]) =>
    page.getByLabel(label, { exact: true }).setInputFiles(files)
  const picture = { name: 'avatar.png', mimeType: 'image/png', buffer: pngPicture() }
  const text = {
    name: `${'W'.repeat(60)} & "notes".txt`,
    mimeType: 'text/plain',
    buffer: Buffer.from('text'),
  }
  const drawing = { name: 'drawing.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') }
  const tooLarge = { ...picture, buffer: Buffer.alloc(6 * 1024 * 1024) }

  keep('gallery empty', await tab.open('/gallery'), 200)
  keep('upload', await tab.open('/upload'), 200)
  keep('upload invalid', await tab.press('Upload'), 422)
  await choose('Picture', picture)
  await choose('Attachments', [text, { ...text, name: 'b.txt' }])
  keep('upload kept', await tab.press('Upload'), 422)
  await choose('Picture', tooLarge)
  keep('upload kept, too large', await tab.press('Upload'), 413)
  await choose('Attachments', [text, text])
  keep('upload kept, too many', await tab.press('Upload'), 422)
  await tab.open('/upload')
  await page.getByLabel('Title').fill(`A title & <b>"markup"</b> ${'W'.repeat(60)}`)
  await choose('Picture', text)
  await choose('Attachments', text)
  keep('upload wrong type', await tab.press('Upload'), 422)
  await choose('Picture', picture)
  keep('gallery', await tab.press('Upload'), 200)
  await tab.open('/upload')
  await page.getByLabel('Title').fill('A drawing')
  await choose('Picture', drawing)
  keep('gallery, two', await tab.press('Upload'), 200)

  keep('large', await tab.open('/large'), 200)
  keep('large invalid', await tab.press('Send'), 422)
  await choose('File', text)
  keep('large done', await tab.press('Send'), 200)
}

/** The pages for a form that was changed, has a forgotten key, is for a removed page, or came from another site. */
async function collectRefusals(keep: Keep): Promise<void> {
  const page = await (await fetch(`${tour.url}/todos`)).text()
  const seal = /name="sealform" value="([^"]+)"/.exec(page)?.[1] ?? ''
  const form = { 'sealform.form': 'todos.add', title: 'Two\nlines & "more"' }
  const post = async (path: string, body: URLSearchParams | FormData, site = 'same-origin') => {
    const response = await fetch(tour.url + path, {
      method: 'POST',
      headers: { 'Sec-Fetch-Site': site, Origin: site === 'cross-site' ? 'https://evil.example' : tour.url },
      body,
    })
    return { url: response.url, status: response.status, html: await response.text() }
  }
  const fields = (own: Record<string, string>) => new URLSearchParams({ ...form, ...own })
  keep('todos forged', await post('/todos', fields({ sealform: 'AAAA' })), 400)
  keep('built-in, to copy', await post('/nowhere', fields({ sealform: 'AAAA', password: 'secret' })), 400)
  keep('other site', await post('/todos', fields({ sealform: seal }), 'cross-site'), 403)
}

/** The built-in page for a form that its own page shows to visitors and not again. */
async function collectBuiltIn(keep: Keep): Promise<void> {
  const { app } = createTestApp(({ actions, router }) => {
    const files = { picture: { types: ['image/*'] }, attachments: { maxFiles: 3 } }
    const run = () => invalid({ title: 'Enter a title' })
    const forms = { text: actions.define('text', run), files: actions.define('files', { files, run }) }
    router.get('/:form', (ctx) => {
      const form = ctx.form(ctx.params.form === 'files' ? forms.files : forms.text)
      ctx.body = html`<form ${form.attributes}>${form.fields}</form>`
      if (form.status !== 'idle') ctx.body = html`<p>Nothing here</p>`
    })
  })
  let closeServer = async () => {}
  const port = await listen(createServer(app.callback()), (closing) => {
    closeServer = closing
  })
  const submit = async (path: string, form: string, own: readonly (readonly [string, string | File])[]) => {
    const url = `http://127.0.0.1:${port}${path}`
    const { fields } = formIn(await (await fetch(url)).text(), form)
    const body = path === '/files' ? new FormData() : new URLSearchParams()
    for (const [name, value] of [...Object.entries(fields), ...own]) {
      if (body instanceof FormData && typeof value === 'object') body.append(name, value)
      else body.append(name, String(value))
    }
    const response = await fetch(url, { method: 'POST', headers: fromSamePage, body })
    return { url: response.url, status: response.status, html: await response.text() }
  }
  try {
    keep('built-in, to send', await submit('/text', 'text', [['title', ' ']]), 422)
    keep('built-in, lines', await submit('/text', 'text', [['title', 'Two\n'.repeat(60)]]), 422)
    const files = [
      ['title', ' '],
      ['picture', new File([pngPicture()], 'avatar.png', { type: 'image/png' })],
      ...['one.txt', 'two.txt'].map((name) => ['attachments', new File([name], name)] as const),
    ] as const
    keep('built-in, files kept', await submit('/files', 'files', files), 422)
  } finally {
    await closeServer()
  }
}

interface Inspection {
  readonly violations: readonly string[]
  /** Violations of contrast when the visitor prefers dark colours. */
  readonly dark: readonly string[]
  /** In a window of 320 pixels. */
  readonly width: number
}

/** Runs axe on the same bytes with scripts on, because it waits for timers, which need scripts. */
async function inspectStates(): Promise<void> {
  const context = await newVisitor(browser, { javaScriptEnabled: true, bypassCSP: true })
  const page = await context.newPage()
  const looks = new Set<string>()
  for (const [name, { url, status, html }] of states) {
    await page.route(url, (route) =>
      route.fulfill({ status, contentType: 'text/html; charset=utf-8', body: html }),
    )
    await page.goto(url)
    const isNew = addLooks(looks, html)
    const violations = isNew || provesInFull ? await inspect(page, isNew) : []
    const dark = isNew ? await inspectInTheDark(page, html) : []
    await page.setViewportSize({ width: 320, height: 640 })
    const width = await page.evaluate<number>('document.documentElement.scrollWidth')
    inspections.set(name, { violations, dark, width })
    await page.unrouteAll()
  }
  await context.close()
}

/** Runs axe. To look at all colours takes most of the time. */
async function inspect(page: Page, withColours: boolean): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 800 })
  await openAxe(page)
  return violationsOn(page, withColours ? '{}' : "{ rules: { 'color-contrast': { enabled: false } } }")
}

/** Runs axe once more, as far as colours matter. */
async function inspectInTheDark(page: Page, html: string): Promise<string[]> {
  // Built-in pages have no style sheet, and axe treats the browser's dark canvas as white.
  if (!html.includes('/styles.css')) return []
  await page.emulateMedia({ colorScheme: 'dark' })
  return violationsOn(page, "{ runOnly: ['color-contrast'] }")
}

/**
 * Adds the kinds of elements on a page, each with its class, as the style sheet tells them apart. Returns whether one
 * is new: otherwise axe has seen all of them, and a run that proves in full looks at their order only.
 */
function addLooks(looks: Set<string>, html: string): boolean {
  const before = looks.size
  for (const [tag] of html.matchAll(/<[a-z][^>]*>/g)) {
    const attributes = [...tag.matchAll(/ (class|type|aria-invalid|role)="([^"]*)"/g)].map(([text]) => text)
    looks.add([/^<[a-z0-9]+/.exec(tag)?.[0], ...attributes].join(''))
  }
  return looks.size > before
}
