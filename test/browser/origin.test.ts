import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { after, before, describe, it } from 'node:test'
import Koa from 'koa'
import type { Browser, Page } from 'playwright-core'
import { compileAllowedOrigins, type OriginMatcher } from '../../lib/origin/allowed-origins.js'
import { createActions, done } from '../../lib/sealform.js'
import { type MiddlewareOptions, type SealformContext, sealform } from '../../middleware/koa.js'
import { html } from '../../views/html.js'
import { formIn, listen, testKey } from '../setup/koa-app.js'
import { patienceSignal } from '../setup/patience.js'
import { type OriginCase, readOriginCases } from '../vectors/origin.js'
import { openChromium } from './chromium.js'
import { type Stage, type Way, ways } from './origin-ways.js'
import { newVisitor } from './visit.js'

type OnEnd = (end: () => Promise<void>) => void

let browser: Browser
let listedPort: number
let otherPort: number
const ends: (() => Promise<void>)[] = []
before(async () => {
  listedPort = await listen(createServer(serveDocument), (end) => ends.push(end))
  otherPort = await listen(createServer(serveDocument), (end) => ends.push(end))
  browser = await openChromium()
})
after(async () => {
  await browser.close()
  for (const end of ends) await end()
})

const cases = readOriginCases()

it('the table has exactly one case for each way of sending', () => {
  assert.deepEqual(cases.flatMap((entry) => entry.browser ?? []).sort(), Object.keys(ways).sort())
})

// A tab mostly waits for painting and for its server.
describe('the table of the origin policy, with the headers that Chromium really sends', {
  concurrency: 2,
}, () => {
  for (const [name, way] of Object.entries(ways)) it(name, (t) => check(name, way, (end) => t.after(end)))
})

async function check(name: string, way: Way, onEnd: OnEnd): Promise<void> {
  const entry = cases.find(({ browser }) => browser?.includes(name)) ?? assert.fail('no case in the table')
  const { verdict, status } = entry.expect
  const app = await startApp(way, entry, onEnd)

  const arrived = await send(way, app, {})
  assert.deepEqual(kindOf(arrived.headers, app.expected, isListed), kindInTable(entry), entry.name)
  const outcome = verdict === 'allow' ? [200, 1] : [status ?? 403, 0]
  assert.deepEqual([arrived.status, arrived.runs], outcome, entry.name)
  if (verdict !== 'token') return

  const mine = await send(way, app, { session: 'ann', seal: 'ann' })
  if (way.keepsCookieBack) {
    assert.equal(valueIn(mine.headers, 'cookie'), undefined)
    assert.deepEqual([mine.status, mine.runs], [403, 0], 'without the cookie')
    return
  }
  assert.deepEqual([mine.status, mine.runs], [200, 1], 'with the seal of the session')
  for (const seal of ['bob', undefined]) {
    const forged = await send(way, app, { session: 'ann', seal })
    assert.equal(valueIn(forged.headers, 'cookie'), 'user=ann')
    assert.deepEqual([forged.status, forged.runs], [403, 0], `with the seal of ${seal ?? 'no session'}`)
  }
}

type HeaderLines = OriginCase['headers']

/** Describes headers as the policy sees them, without host names: `own` is the expected origin. */
function kindOf(headers: HeaderLines, own: string, listed: OriginMatcher) {
  const kind = (origin: string) => (origin === own ? 'own' : listed(origin) ? 'listed' : 'other')
  const origin = valueIn(headers, 'origin')
  const referer = valueIn(headers, 'referer')
  return {
    site: valueIn(headers, 'sec-fetch-site'),
    origin: origin === undefined || origin === 'null' ? origin : kind(origin),
    referer: referer === undefined ? undefined : kind(new URL(referer).origin),
  }
}

function kindInTable({ headers, policy, protocol, host }: OriginCase) {
  return kindOf(
    headers,
    policy.origin ?? `${protocol}://${host}`,
    compileAllowedOrigins(policy.allowedOrigins),
  )
}

function isListed(origin: string): boolean {
  return new URL(origin).port === String(listedPort)
}

function valueIn(headers: HeaderLines, wanted: string): string | undefined {
  const values = headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value)
  assert.ok(values.length <= 1, `${wanted} came in ${values.length} lines`)
  return values[0]
}

/** A submission as it arrived, and its result. */
interface Arrival {
  readonly headers: HeaderLines
  readonly status: number
  readonly runs: number
}

interface RunningApp {
  readonly visited: string
  readonly expected: string
  readonly arrivals: EventEmitter<{ arrival: [Arrival] }>
  /** Loads the hidden fields of the form as this user. */
  fieldsFor(user: string | undefined): Promise<Record<string, string>>
}

/** An app with one form, and the options that the case needs. */
async function startApp(
  { host = 'localhost', configured }: Way,
  { policy }: OriginCase,
  onEnd: OnEnd,
): Promise<RunningApp> {
  assert.equal(configured !== undefined, policy.origin !== undefined, 'whether the origin is configured')
  const arrivals: RunningApp['arrivals'] = new EventEmitter()
  const server = createServer((req, res) => {
    if (serveDocument(req, res)) return
    const runsBefore = runs
    const headers = req.rawHeaders.flatMap((name, i, lines) =>
      i % 2 === 0 ? [[name, lines[i + 1] ?? ''] as const] : [],
    )
    if (req.method === 'POST') {
      res.on('close', () =>
        arrivals.emit('arrival', { headers, status: res.statusCode, runs: runs - runsBefore }),
      )
    }
    void handle(req, res)
  })
  const port = await listen(server, onEnd)

  const options: MiddlewareOptions<Koa.Context> = {
    session: (ctx) => ctx.cookies.get('user'),
    onRefused: () => {},
    ...(configured !== undefined && { origin: `http://${configured}:${port}` }),
    ...(policy.allowedOrigins && {
      allowedOrigins: ['localhost', '127.0.0.1', 'pay.test'].map((name) => `http://${name}:${listedPort}`),
    }),
  }
  let runs = 0
  const actions = createActions<Koa.Context>({ keys: testKey })
  const act = actions.define('act', async () => {
    runs++
    return done()
  })
  const app: Koa<Koa.DefaultState, SealformContext> = new Koa()
  app.silent = true
  app.use(sealform(actions, options))
  app.use((ctx) => {
    const form = ctx.form(act)
    ctx.body = html`<form ${form.attributes}>${form.fields}</form>`
  })
  const handle = app.callback()

  return {
    visited: `http://${host}:${port}`,
    expected: `http://${configured ?? host}:${port}`,
    arrivals,
    async fieldsFor(user) {
      const headers = { Cookie: user === undefined ? '' : `user=${user}` }
      const answer = await fetch(`http://127.0.0.1:${port}/`, { headers })
      return formIn(await answer.text(), 'act').fields
    },
  }
}

/** Sends in one of the ways, with the cookie of one user and the seal of another, and waits for the result. */
async function send(
  way: Way,
  app: RunningApp,
  { session, seal }: { session?: string | undefined; seal?: string | undefined },
): Promise<Arrival> {
  const fields = Object.entries(await app.fieldsFor(seal))
  const tab = await takeTab(way.scripts ?? false)
  const context = tab.page.context()
  if (session) {
    // Browsers send a cookie without SameSite with forms of any site for its first two minutes.
    await context.addCookies([{ name: 'user', value: session, url: app.visited }])
  }
  const arrived = arrivalsOf(app, way.posts ?? 1)
  const [last] = await Promise.all([arrived, way.send(stageOf(tab.page, app.visited, fields))])
  await context.clearCookies()
  for (const page of context.pages()) if (page !== tab.page) await page.close()
  idleTabs.push(tab)
  return last
}

interface Tab {
  readonly page: Page
  readonly scripts: boolean
}

const idleTabs: Tab[] = []

/** Opening a tab costs more than the test in it, so a tab is reused for the next case of its kind. */
async function takeTab(scripts: boolean): Promise<Tab> {
  const idle = idleTabs.find((tab) => tab.scripts === scripts)
  if (idle) {
    idleTabs.splice(idleTabs.indexOf(idle), 1)
    return idle
  }
  const context = await newVisitor(browser, { javaScriptEnabled: scripts })
  return { page: await context.newPage(), scripts }
}

async function arrivalsOf({ arrivals }: RunningApp, count: number): Promise<Arrival> {
  const signal = patienceSignal()
  for (let i = 1; ; i++) {
    const [arrival] = await once(arrivals, 'arrival', { signal })
    if (i === count) return arrival
  }
}

function stageOf(page: Page, own: string, fields: readonly (readonly [string, string])[]): Stage {
  const inputs = fields.map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
  const stage: Stage = {
    page,
    own,
    listed: (host) => `http://${host}:${listedPort}`,
    other: (host) => `http://${host}:${otherPort}`,
    form: (action = `${own}/`) =>
      `<form method="post" action="${action}">${inputs.join('')}<button>Send</button></form>`,
    place,
    async sendFrom(origin, policy) {
      await page.goto(origin + place(stage.form(), policy === undefined ? {} : { 'Referrer-Policy': policy }))
      await stage.press()
    },
    open: (origin, markup) => page.goto(origin + place(markup)),
    press: (where = page) =>
      (where === 'frame' ? page.frameLocator('iframe') : where).getByRole('button').press('Enter'),
  }
  return stage
}

const documents = new Map<string, { markup: string; headers: Readonly<Record<string, string>> }>()

function place(markup: string, headers: Readonly<Record<string, string>> = {}): string {
  const path = `/document/${documents.size}`
  documents.set(path, { markup: `<!doctype html><title>A document</title>${markup}`, headers })
  return path
}

/** Answers for every origin alike, unless the app has to answer. */
function serveDocument(req: IncomingMessage, res: ServerResponse): boolean {
  const document = documents.get(req.url ?? '')
  if (!document) return false
  // With 307 the browser sends the form again, with 303 it would not.
  res.writeHead(document.headers.Location === undefined ? 200 : 307, {
    'Content-Type': 'text/html; charset=utf-8',
    ...document.headers,
  })
  res.end(document.markup)
  return true
}
