import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, afterEach } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page, Response } from 'playwright-core'
import { rolldown } from 'rolldown'
import { openChromium } from '../browser/chromium.js'
import { lendPage } from '../browser/lend-page.js'
import { root } from '../docs/project.js'
import { testKey } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { provesInFull } from '../setup/proofs.js'
import { aliased } from './react-alias.js'

/** A server of the app in a folder `app/`, and the release of the library that it and its pages are built with. */
export interface Build {
  readonly framework: 'koa' | 'express' | 'node'
  /** Empty for the newest, else the suffix of the packages of an older one. */
  readonly release: '' | '19-0' | '10'
  readonly mode: 'development' | 'production'
}

/** The folder of a library, and its packages. */
export interface Library {
  readonly folder: 'react' | 'preact'
  readonly packages: readonly string[]
}

const react: Library = { folder: 'react', packages: ['react', 'react-dom'] }

export const nameOf = ({ framework, release, mode }: Build) =>
  `${framework}, ${release === '' ? 'the newest release' : `release ${release}`}, ${mode}`

const few: readonly Build[] = [
  { framework: 'koa', release: '', mode: 'development' },
  { framework: 'express', release: '19-0', mode: 'production' },
]

const frameworks = ['koa', 'express', 'node'] as const
const releases = ['', '19-0'] as const
const modes = ['development', 'production'] as const

/** The builds that the tests run on: two that differ in everything, or all of them. */
export const builds: readonly Build[] = provesInFull
  ? frameworks.flatMap((framework) =>
      releases.flatMap((release) => modes.map((mode) => ({ framework, release, mode }))),
    )
  : few

/** Those without JavaScript, which cost little: node:http as well. */
export const plainBuilds: readonly Build[] = provesInFull
  ? builds
  : [...few, { framework: 'node', release: '', mode: 'production' }]

/**
 * Whether all tests run on a build. `npm test` runs them on the one of development, which reports the most faults. On the
 * others it runs those in which frameworks, releases and modes differ: a state, a refusal, a page that is led away from, a
 * file, an early submission and a stream. `.ci/run` runs all of them on the same builds.
 */
export function isWhole({ mode }: Build): boolean {
  return provesInFull || mode === 'development'
}

const built = fileURLToPath(new URL('..', import.meta.url))

/** Builds the script for browsers, as an app does. */
async function buildScript({ folder: name, packages }: Library, { release, mode }: Build): Promise<string> {
  const folder = join(tmpdir(), `sealform-${name}-${process.pid}`)
  await mkdir(folder, { recursive: true })
  const file = join(folder, `client-${release}-${mode}.js`)
  const alias = release === '' ? [] : packages
  const bundle = await rolldown({
    input: join(built, name, 'app', 'client.js'),
    platform: 'browser',
    resolve: {
      alias: Object.fromEntries(
        alias.map((each) => [each, join(root, 'node_modules', aliased(each, release))]),
      ),
    },
    transform: { define: { 'process.env.NODE_ENV': JSON.stringify(mode) } },
    logLevel: 'silent',
  })
  await bundle.write({ file, format: 'esm', minify: mode === 'production' })
  return file
}

interface Site {
  readonly url: string
  /** What the server has written to stderr. */
  readonly errors: readonly string[]
  /** Sets the clock of the app forward, in seconds. */
  later(seconds: number): Promise<void>
  stop(): Promise<void>
}

async function startServer(library: Library, build: Build): Promise<Site> {
  const script = await buildScript(library, build)
  const child = spawn(
    process.execPath,
    [
      ...['--import', join(built, 'react', 'react-alias.js'), '--import', join(built, 'react', 'clock.js')],
      join(built, library.folder, 'app', 'server.js'),
      ...[build.framework, script],
    ],
    {
      cwd: root,
      env: {
        ...process.env,
        NODE_ENV: build.mode,
        LIBRARY_RELEASE: build.release,
        SEALFORM_KEYS: testKey,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  )
  const errors: string[] = []
  createInterface(child.stderr!).on('line', (line) => errors.push(line))
  const stop = async () => {
    if (child.exitCode !== null) return
    child.kill()
    await once(child, 'exit')
  }
  const later = async (seconds: number) => {
    const heard = once(child, 'message')
    child.send(seconds * 1000)
    await heard
  }
  const [port] = (await Promise.race([
    once(createInterface(child.stdout!), 'line'),
    once(child, 'exit').then(() => assert.fail(errors.join('\n'))),
  ])) as string[]
  return { url: `http://127.0.0.1:${port}`, errors, later, stop }
}

export interface Stage {
  /** Waits until a seal of the action `brief` that was made before has expired. */
  expiry(): Promise<void>
  /** Opens the page of a fresh list. */
  open(options?: OpenOptions): Promise<Opened>
}

interface OpenOptions {
  /** @default '' */
  readonly query?: string
  readonly javaScript?: boolean
  /** The script of the page does not come before the visitor leaves it. The next page has its script. @default false */
  readonly late?: boolean
}

export interface Opened {
  readonly page: Page
  readonly context: BrowserContext
  readonly url: string
  /** Everything that the browser has said on its console. */
  readonly said: readonly string[]
  /** The bodies of the POSTs so far. */
  readonly posts: readonly string[]
  /** Does something that submits, and returns the answer to its POST when the page has loaded. */
  submit(act: () => Promise<unknown>): Promise<Response>
  giveBack(): Promise<void>
}

/** More than the seals of the action `brief` are good for. All others are good for longer. */
const briefSeconds = 70

let lists = 0

/** Starts a server and a browser for the tests of a `describe`. */
export function stage(
  build: Build,
  { javaScript, library = react }: { javaScript: boolean; library?: Library },
): Stage {
  // A run for some builds, by the names of tests, starts no others.
  let started: Promise<[Site, Browser]> | undefined
  const start = () => (started ??= Promise.all([startServer(library, build), openChromium()]))
  const opened: Opened[] = []
  afterEach(() => Promise.all(opened.splice(0).map((each) => each.giveBack())))
  after(async () => {
    if (started === undefined) return
    const [site, browser] = await started
    await browser.close()
    await site.stop()
  })
  return {
    async expiry() {
      const [site] = await start()
      await site.later(briefSeconds)
    },
    async open({ query = '', javaScript: enabled = javaScript, late = false } = {}) {
      const [site, browser] = await start()
      const each = await openPage(browser, `${site.url}/lists/list${++lists}${query}`, enabled)
      opened.push(each)
      // Nobody answers the request of the script.
      if (late) await each.page.route('**/client.js*', () => {}, { times: 1 })
      await each.page.goto(each.url, { waitUntil: late ? 'commit' : 'load' })
      if (enabled && !late) await ready(each.page)
      return each
    },
  }
}

async function openPage(browser: Browser, url: string, javaScriptEnabled: boolean): Promise<Opened> {
  const { page, giveBack } = await lendPage(browser, { javaScriptEnabled })
  const said: string[] = []
  const posts: string[] = []
  page.on('console', (message) => {
    // Statuses of the 400s and 500s are reported as well.
    if (!/Failed to load resource|Download the React DevTools/.test(message.text())) said.push(message.text())
  })
  page.on('pageerror', (error) => said.push(`pageerror ${error.message}`))
  page.on('request', (request) => {
    if (request.method() === 'POST') posts.push(request.postData() ?? '')
  })
  return {
    page,
    context: page.context(),
    url,
    said,
    posts,
    async submit(act) {
      const [response] = await Promise.all([
        page.waitForResponse((each) => each.request().method() === 'POST'),
        act(),
      ])
      await page.waitForLoadState()
      return response
    },
    giveBack,
  }
}

/** Waits until the script has made the page. The policy of the page forbids `waitForFunction`. */
export async function ready(page: Page): Promise<void> {
  await until(() => page.evaluate('window.ready').catch(() => false))
}

/** Waits until an element has this text. */
export async function shows(page: Page, selector: string, text: string | RegExp): Promise<void> {
  const matching =
    typeof text === 'string'
      ? `:text-is("${text}")`
      : `:text-matches("${text.source.replaceAll('\\', '\\\\')}")`
  await page.waitForSelector(selector + matching)
}
