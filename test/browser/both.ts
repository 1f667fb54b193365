import assert from 'node:assert/strict'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http'
import { after, before, beforeEach } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { createBrowser, type TestForm, type TestPage } from '../../lib/testing/testing.js'
import { listen } from '../setup/koa-app.js'
import { openChromium } from './chromium.js'
import { newVisitor } from './visit.js'

/** The parts of a request that both have to send alike. */
interface Sent {
  readonly line: string
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Its bytes as latin1, in pieces, so that a difference is easy to find. */
  readonly body: readonly string[]
}

export interface Answer {
  readonly status?: number
  readonly headers?: OutgoingHttpHeaders
  readonly html?: string
}

export let browser: Browser
let context: BrowserContext
let tab: Page
export let origin: string
let requests: Sent[] = []
let answers: Readonly<Record<string, Answer>> = {}
const ends: (() => Promise<void>)[] = []

/** A server that records what it gets, and a Chromium without scripts, for all tests of a file. */
before(async () => {
  const port = await listen(createServer(record), (end) => ends.push(end))
  origin = `http://127.0.0.1:${port}`
  browser = await openChromium()
  context = await newVisitor(browser)
  tab = await context.newPage()
})
after(async () => {
  await browser.close()
  for (const end of ends) await end()
})
beforeEach(() => context.clearCookies())

async function record(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const pieces: Buffer[] = []
  for await (const piece of req) pieces.push(piece)
  const { pathname } = new URL(req.url ?? '/', origin)
  if (pathname === '/favicon.ico') return void res.writeHead(404).end()
  requests.push({
    // supertest leaves out a question mark at the end.
    line: `${req.method} ${req.url?.replace(/\?$/, '')}`,
    headers: compared(req.headers),
    body: withoutBoundary(Buffer.concat(pieces).toString('latin1')).split(/(?<=&|\r\n)/),
  })
  const { status = 200, headers = {}, html = 'received' } = answers[pathname] ?? {}
  res.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', ...headers }).end(html)
}

const names = [
  'origin',
  'referer',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-user',
  'sec-fetch-dest',
  'accept',
  'cache-control',
  'upgrade-insecure-requests',
  'content-length',
  'cookie',
]

function compared(headers: IncomingHttpHeaders): Sent['headers'] {
  const picked: Record<string, string | undefined> = {}
  for (const name of names) picked[name] = headers[name]?.toString().replace('image/jxl,', '')
  return { ...picked, 'content-type': withoutBoundary(headers['content-type'] ?? '') }
}

function withoutBoundary(text: string): string {
  return text.replace(/----WebKitFormBoundary[A-Za-z0-9]{16}/g, '----WebKitFormBoundary')
}

/** Makes Chromium and the client do the same, and compares what the server received from each. */
export async function compare(
  pages: Readonly<Record<string, Answer>>,
  inChromium: (page: Page) => Promise<unknown>,
  inClient: (page: TestPage) => Promise<unknown>,
  start = '/',
): Promise<readonly Sent[]> {
  answers = pages
  requests = []
  await tab.goto('about:blank')
  await tab.goto(origin + start)
  await inChromium(tab)
  await tab.waitForLoadState('load')
  const expected = requests
  requests = []
  await inClient(await createBrowser(origin).visit(start))
  assert.deepEqual(requests, expected)
  return expected
}

/** Presses the button with this id in both. */
export function press(
  id: string,
  form = 'form',
): readonly [(page: Page) => Promise<unknown>, (page: TestPage) => Promise<unknown>] {
  const at = { x: 7, y: 9 }
  return [
    (page) => load(page, () => click(page, `[id="${id}"]`, at)),
    (page) => page.form(form).submit(id, { at }),
  ]
}

/**
 * Clicks with the mouse at a point of an element. A locator would do the same, for which Playwright loads 339 kB of script
 * into each page.
 */
async function click(page: Page, selector: string, at: { x: number; y: number }): Promise<void> {
  const corner = await page.evaluate<{ x: number; y: number }>(`(() => {
    const element = document.querySelector('${selector}')
    element.scrollIntoView({ block: 'center' })
    const { x, y } = element.getBoundingClientRect()
    return { x, y }
  })()`)
  await page.mouse.click(corner.x + at.x, corner.y + at.y)
}

export function load(page: Page, act: () => Promise<unknown>): Promise<unknown> {
  return Promise.all([page.waitForEvent('load'), act()])
}

/** Returns the form with the id "form" of this page in the client. */
export async function formIn(html: string): Promise<TestForm> {
  answers = { '/': { html } }
  return (await createBrowser(origin).visit('/')).form('form')
}
