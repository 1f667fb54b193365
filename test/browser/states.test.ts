import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, mock, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { invalid } from '../../lib/sealform.js'
import { createBrowser, type FillValue, type TestPage } from '../../lib/testing/testing.js'
import { html } from '../../views/html.js'
import { createTestApp, formIn, fromSamePage, listen } from '../setup/koa-app.js'
import { provesInFull } from '../setup/proofs.js'
import { pngPicture } from '../setup/sample-files.js'
import { openChromium } from './chromium.js'
import { mistakesIn, openAxe, violationsOn } from './inspection.js'
import { type Answer, newVisitor, type RunningTour, startTour } from './visit.js'

/** Every page of the tour in every possible state, as the server sends it. */
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

test(`axe finds no violation in ${provesInFull ? 'any state' : 'states with every kind of element'}`, () => {
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

/** A visitor whose browser runs no scripts, on one page after the other. */
interface Walk {
  open(path: string): Promise<TestPage>
  /** Fills in the form with this button, and presses it, even if a browser would complain of the input. */
  press(button: string, typed?: Readonly<Record<string, FillValue>>): Promise<TestPage>
  reload(): Promise<TestPage>
}

function walk(): Walk {
  const visitor = createBrowser(tour.url)
  let page: TestPage
  return {
    async open(path) {
      page = await visitor.visit(path)
      return page
    },
    async press(button, typed = {}) {
      const form = page.forms.find(({ buttons }) => buttons.includes(button))
      assert.ok(form, `no button “${button}” on ${page.path}`)
      page = await form.fill(typed).submit(button, { validate: false })
      return page
    },
    async reload() {
      page = await page.reload()
      return page
    },
  }
}

async function collectStates(): Promise<void> {
  const visitor = walk()
  const { open, press } = visitor
  const keep = (name: string, { url, status, html }: Answer, expected: number) => {
    assert.equal(status, expected, name)
    states.set(name, { url, status, html })
  }

  keep('home', await open('/'), 200)
  keep('home invalid', await press('Send', { email: 'ada@example' }), 422)
  keep('home failed', await press('Send, and let the action fail'), 500)
  keep('home sent', await press('Send', { email: 'ada@example.org', message: 'Hello' }), 200)
  keep('missing', await open('/nowhere'), 404)
  keep('source', await open('/source/todos'), 200)

  keep('todos empty', await open('/todos'), 200)
  keep('todos invalid', await press('Add'), 422)
  await press('Add', { title: `A title & <b>"markup"</b> ${'W'.repeat(60)}` })
  keep('todos filled', await press('Add', { title: 'Another title' }), 200)
  keep('todos duplicate', await press('Add', { title: 'another title' }), 422)

  keep('signup', await open('/signup'), 200)
  keep('signup invalid', await press('Sign up'), 422)
  const ada = { email: 'ada@example.org', name: 'Ada', plan: 'company', topics: ['security'], country: 'de' }
  keep('signup half right', await press('Sign up', { ...ada, terms: true }), 422)
  keep('welcome', await press('Sign up', { password: 'correct horse battery' }), 200)
  keep('welcome again', await visitor.reload(), 200)

  keep('counter', await open('/counter'), 200)
  keep('counter at one', await press('Add one'), 200)

  keep('stale', await open('/stale'), 200)
  mock.timers.enable({ apis: ['Date'], now: Date.now() + 6000 })
  keep('stale expired', await press('Send', { note: 'I was away for tea' }), 409)
  keep('stale in time', await press('Send'), 200)
  mock.timers.reset()

  keep('likes', await open('/likes'), 200)
  keep('likes refused', await press('Like Mondays'), 422)

  keep('news', await open('/news'), 200)
  keep('news invalid', await press('Publish'), 422)
  keep('news published', await press('Publish', { headline: `${'W'.repeat(60)} & <b>"markup"</b>` }), 200)
  keep('front page', await open('/frontpage'), 200)

  await collectWizard(visitor, keep)
  await collectOrders(visitor, keep)
  await collectFailures(visitor, keep)
  await collectUploads(visitor, keep)
  await collectRefusals(keep)
  await collectBuiltIn(keep)
}

type Keep = (name: string, answer: Answer, status: number) => void

async function collectWizard({ open, press }: Walk, keep: Keep): Promise<void> {
  keep('wizard', await open('/wizard'), 200)
  keep('wizard invalid', await press('Next'), 422)
  const guest = { name: `A name & <b>${'W'.repeat(60)}`, email: 'ada@example.org' }
  keep('wizard stay', await press('Next', guest), 200)
  await press('Next', { arrival: '2999-12-31', nights: 1, room: 'street' })
  keep('wizard wishes invalid', await press('Next'), 422)
  keep('wizard check', await press('Next', { breakfast: 'no', note: 'W'.repeat(500) }), 200)
  keep('wizard booked', await press('Book'), 200)
}

async function collectOrders({ open, press, reload }: Walk, keep: Keep): Promise<void> {
  keep('order', await open('/order'), 200)
  for (let lines = 2; lines < 5; lines++) await press('Add a line')
  keep('order with five lines', await press('Add a line'), 200)
  keep('order invalid', await press('Order', { 'lines[0].quantity': 0 }), 422)
  for (let lines = 4; lines >= 2; lines--) await press('Remove line 1')
  const both = (product: string) => ({ 'lines[0].product': product, 'lines[1].product': product })
  keep('order checked', await press('Check my order', { name: 'Ada', ...both('moon') }), 200)
  keep('order too late', await press('Order'), 500)
  keep('order thanks', await press('Order', both('tea')), 200)
  keep('order thanks again', await reload(), 200)
}

async function collectFailures({ open, press }: Walk, keep: Keep): Promise<void> {
  const note = 'Two words'
  keep('boundary', await open('/boundary'), 200)
  keep('boundary done', await press('Report', { note }), 200)
  keep('boundary, the action fails', await press('Report', { note, fails: 'action' }), 500)
  keep('boundary, the part fails', await press('Report', { fails: 'part' }), 422)
  keep('boundary without advice', await open('/boundary?advice=none'), 200)
}

async function collectUploads({ open, press }: Walk, keep: Keep): Promise<void> {
  const avatar = { name: 'avatar.png', type: 'image/png', content: pngPicture() }
  const text = { name: `${'W'.repeat(60)} & "notes".txt`, type: 'text/plain', content: 'text' }
  const drawing = { name: 'drawing.svg', type: 'image/svg+xml', content: '<svg/>' }
  const tooLarge = { ...avatar, content: Buffer.alloc(6 * 1024 * 1024) }

  keep('gallery empty', await open('/gallery'), 200)
  keep('upload', await open('/upload'), 200)
  keep('upload invalid', await press('Upload'), 422)
  const chosen = { picture: avatar, attachments: [text, { ...text, name: 'b.txt' }] }
  keep('upload kept', await press('Upload', chosen), 422)
  keep('upload kept, too large', await press('Upload', { picture: tooLarge }), 413)
  keep('upload kept, too many', await press('Upload', { attachments: [text, text] }), 422)
  await open('/upload')
  const title = `A title & <b>"markup"</b> ${'W'.repeat(60)}`
  keep('upload wrong type', await press('Upload', { title, picture: text, attachments: text }), 422)
  keep('gallery', await press('Upload', { picture: avatar }), 200)
  await open('/upload')
  keep('gallery, two', await press('Upload', { title: 'A drawing', picture: drawing }), 200)

  keep('large', await open('/large'), 200)
  keep('large invalid', await press('Send'), 422)
  keep('large done', await press('Send', { file: text }), 200)
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
  const samples = samplesOf(states)
  for (const [name, { url, status, html }] of states) {
    await page.route(url, (route) =>
      route.fulfill({ status, contentType: 'text/html; charset=utf-8', body: html }),
    )
    await page.setViewportSize({ width: 320, height: 640 })
    await page.goto(url)
    const width = await page.evaluate<number>('document.documentElement.scrollWidth')
    const isSample = samples.has(name)
    const violations = isSample || provesInFull ? await inspect(page, isSample) : []
    const dark = isSample ? await inspectInTheDark(page, html) : []
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
 * Few states that together have every kind of element, each with its class, as the style sheet tells them apart. In the
 * others axe finds what it has seen; a run that proves in full looks at their order only.
 */
function samplesOf(all: ReadonlyMap<string, Answer>): Set<string> {
  const missing = new Map([...all].map(([name, { html }]) => [name, looksOf(html)]))
  const samples = new Set<string>()
  for (;;) {
    const [name, looks] = [...missing].reduce((most, each) => (each[1].size > most[1].size ? each : most))
    if (looks.size === 0) return samples
    samples.add(name)
    const seen = [...looks]
    for (const others of missing.values()) for (const look of seen) others.delete(look)
  }
}

function looksOf(html: string): Set<string> {
  const tags = [...html.matchAll(/<[a-z][^>]*>/g)].map(([tag]) => {
    const attributes = [...tag.matchAll(/ (class|type|aria-invalid|role)="([^"]*)"/g)].map(([text]) => text)
    return [/^<[a-z0-9]+/.exec(tag)?.[0], ...attributes].join('')
  })
  return new Set(tags)
}
