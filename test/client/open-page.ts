import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { lendPageTo } from '../browser/lend-page.js'

/** Opens an empty page of a visitor of its own. The test fails when a script of the page throws. */
export async function openPage(
  t: TestContext,
  browser: Browser,
  options?: BrowserContextOptions,
): Promise<Page> {
  const page = await lendPageTo(t, browser, options)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  t.after(() => assert.deepEqual(faults, []))
  return page
}
