import type { Browser, BrowserContextOptions, CDPSession, Page } from 'playwright-core'
import { patience } from '../setup/patience.js'

/** A page as it is when it is new, of a visitor who has not been anywhere. */
export interface LentPage {
  readonly page: Page
  /** Ends the visit. A page that cannot be as new again is closed. */
  giveBack(): Promise<void>
}

interface Opened {
  readonly page: Page
  readonly devTools: CDPSession
}

/** Pages that nobody visits, by the options of their visitors. */
const idle = new WeakMap<Browser, Map<string, Opened[]>>()

/**
 * Lends the page that an earlier test gave back, without its history, cookies, storage, listeners and routes. To open
 * one takes Chromium almost as long as to load three. A test that changes a page for good, as `page.clock` does, closes its
 * context.
 */
export async function lendPage(browser: Browser, options: BrowserContextOptions = {}): Promise<LentPage> {
  const pages = pagesOf(browser, JSON.stringify(options))
  const opened = pages.pop() ?? (await openPage(browser, options))
  const giveBack = async () => {
    try {
      await makeNew(opened)
      pages.push(opened)
    } catch {
      await opened.page.context().close()
    }
  }
  return { page: opened.page, giveBack }
}

/** Lends a page until the test ends. */
export async function lendPageTo(
  t: { after(end: () => Promise<void>): void },
  browser: Browser,
  options?: BrowserContextOptions,
): Promise<Page> {
  const { page, giveBack } = await lendPage(browser, options)
  t.after(giveBack)
  return page
}

function pagesOf(browser: Browser, key: string): Opened[] {
  const all = idle.get(browser) ?? new Map<string, Opened[]>()
  const pages = all.get(key) ?? []
  idle.set(browser, all.set(key, pages))
  return pages
}

async function openPage(browser: Browser, options: BrowserContextOptions): Promise<Opened> {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(patience)
  const page = await context.newPage()
  return { page, devTools: await context.newCDPSession(page) }
}

async function makeNew({ page, devTools }: Opened): Promise<void> {
  const context = page.context()
  page.removeAllListeners()
  await page.unrouteAll()
  for (const other of context.pages()) if (other !== page) await other.close()
  await page.evaluate(clearStorage)
  await page.goto('about:blank')
  await devTools.send('Page.resetNavigationHistory')
  await context.clearCookies()
}

/** Some pages have no storage, such as the page of an error. */
const clearStorage = "try { sessionStorage.clear(), localStorage.clear(), window.name = '' } catch {}"
