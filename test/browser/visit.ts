import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { createTour } from '../../examples/tour/app.js'
import type { UploadOptions } from '../../lib/sealform.js'
import { patience } from '../setup/patience.js'
import { lendPageTo } from './lend-page.js'

/** Keys for tests only. */
export const keys = {
  first: Buffer.alloc(32, 'first key of the browser tests').toString('base64'),
  second: Buffer.alloc(32, 'another key of browser tests').toString('base64'),
}

export interface RunningTour {
  readonly url: string
  readonly port: number
  /** The headers of every POST that arrived, in order. */
  readonly posts: readonly IncomingHttpHeaders[]
  /** Lets the POSTs that arrive from now on wait until the function that it returns is called. */
  hold(): () => void
  close(): Promise<void>
}

export interface TourOptions {
  readonly key?: string
  readonly port?: number
  readonly uploads?: UploadOptions
  /** Sends all headers of the tour, also those for which Chromium starts other processes. @default false */
  readonly isolated?: boolean
}

/** Serves a tour of its own. The page's name is `localhost`, so that `127.0.0.1` is another site. */
export async function startTour(options: TourOptions = {}): Promise<RunningTour> {
  const { key = keys.first, port = 0, uploads = {}, isolated = false } = options
  const handle = createTour({ keys: key, uploads, onRefused: () => {} }).callback()
  const posts: IncomingHttpHeaders[] = []
  let held: Promise<void> | undefined
  const server = createServer(async (req, res) => {
    if (req.method === 'POST') {
      posts.push(req.headers)
      await held
    }
    if (!isolated) keepProcess(res)
    void handle(req, res)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const own = (server.address() as AddressInfo).port
  return {
    url: `http://localhost:${own}`,
    port: own,
    posts,
    hold() {
      let release = () => {}
      held = new Promise((resolve) => {
        release = resolve
      })
      return () => {
        held = undefined
        release()
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/**
 * Leaves out the headers for which Chromium starts another process whenever a page is loaded after one without them or of another
 * origin. Each such process takes as long as to load a page. `test/examples/tour.test.ts` looks at the headers of the tour.
 */
function keepProcess(res: ServerResponse): void {
  const { writeHead } = res
  res.writeHead = (...args: readonly unknown[]) => {
    res.removeHeader('Cross-Origin-Opener-Policy')
    res.removeHeader('Origin-Agent-Cluster')
    return Reflect.apply(writeHead, res, args)
  }
}

export interface Answer {
  readonly url: string
  readonly status: number
  /** The HTML as the server sent it, before the browser repaired it. */
  readonly html: string
}

/** One tab of a browser, and what the server last answered in it. */
export class Tab {
  readonly page: Page
  readonly #base: string
  #answer: Promise<Answer> | undefined

  constructor(page: Page, base: string) {
    this.page = page
    this.#base = base
    page.on('response', (response) => {
      const redirected = response.status() >= 300 && response.status() < 400
      if (!response.request().isNavigationRequest() || redirected) return
      this.#answer = response
        .text()
        .then((html) => ({ url: response.url(), status: response.status(), html }))
        .catch((error) => ({ url: response.url(), status: response.status(), html: String(error) }))
    })
  }

  async open(path: string): Promise<Answer> {
    await this.page.goto(this.#base + path)
    return this.answer()
  }

  /** Performs an action that makes the browser load a page, and waits for that page. */
  async load(act: (page: Page) => Promise<unknown>): Promise<Answer> {
    await Promise.all([this.page.waitForEvent('load'), act(this.page)])
    return this.answer()
  }

  async press(button: string): Promise<Answer> {
    return this.load((page) => page.getByRole('button', { name: button, exact: true }).click())
  }

  async answer(): Promise<Answer> {
    if (!this.#answer) throw new Error('This tab has not loaded a page.')
    return this.#answer
  }

  /**
   * The id of the element that has the focus, once one has it: with `autofocus` it gets it when the page is rendered
   * next, which may be after the load (HTML Standard, section 6.6.7).
   */
  async focused(): Promise<string | null> {
    return this.page.locator(':focus').getAttribute('id')
  }

  async value(label: string): Promise<string> {
    return this.page.getByLabel(label, { exact: true }).inputValue()
  }

  async checked(label: string): Promise<boolean> {
    return this.page.getByLabel(label, { exact: true }).isChecked()
  }

  /** The texts of the elements that a selector finds. */
  async texts(selector: string): Promise<string[]> {
    const texts = await this.page.locator(selector).allTextContents()
    return texts.map((text) => text.replace(/\s+/g, ' ').trim())
  }
}

/** A visitor whose browser runs no scripts, unless it is asked to. */
export async function newVisitor(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ javaScriptEnabled: false, ...options })
  context.setDefaultTimeout(patience)
  return context
}

/** Serves a tour, and gives a tab to visit it with, without scripts unless asked for. Both end with the test. @param path of a page to open */
export async function visitTour(
  t: { after(end: () => Promise<void>): void },
  browser: Browser,
  path?: string,
  options: BrowserContextOptions = {},
): Promise<{ readonly tour: RunningTour; readonly tab: Tab; another(): Promise<Tab> }> {
  const tour = await startTour()
  const page = await lendPageTo(t, browser, { javaScriptEnabled: false, ...options })
  t.after(() => tour.close())
  const tab = new Tab(page, tour.url)
  if (path !== undefined) await tab.open(path)
  return { tour, tab, another: () => newTab(page.context(), tour) }
}

export async function newTab(context: BrowserContext, tour: Pick<RunningTour, 'url'>): Promise<Tab> {
  return new Tab(await context.newPage(), tour.url)
}
