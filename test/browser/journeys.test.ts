import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, test } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { type LibraryName, libraries } from '../../examples/tour/library.js'
import { root } from '../docs/project.js'
import { provesInFull } from '../setup/proofs.js'
import { openChromium } from './chromium.js'
import { journeysWith } from './journeys.js'
import { limits } from './limits.js'
import { newVisitor, type RunningTour, startTour } from './visit.js'
import { Visitor } from './visitor.js'

let browser: Browser
let context: BrowserContext
let page: Page
let tour: RunningTour
before(async () => {
  browser = await openChromium()
  context = await newVisitor(browser, { javaScriptEnabled: true })
  page = await context.newPage()
  tour = await startTour()
})
// The tab is the same in all tests, since to open one takes as long as a journey.
afterEach(async () => {
  page.removeAllListeners()
  await page.unrouteAll()
})
after(async () => {
  await context.close()
  await browser.close()
  await tour.close()
})

for (const { name } of libraries) {
  for (const { title, walk } of journeysWith(name)) {
    test(`with ${name}, a visitor ${title}`, async (t) => {
      const visitor = new Visitor(page, name, tour)
      await walk(visitor, t)
      await visitor.leavesInOrder()
    })
  }
}

test('the guide says what each library does not do, and why', () => {
  for (const { name } of libraries) {
    const guide = readFileSync(join(root, 'docs', 'guide', `${pages[name]}.md`), 'utf8')
    const text = guide.replaceAll('`', '').replace(/\s+/g, ' ')
    for (const reason of Object.values(limits[name])) assert.ok(text.includes(reason), reason)
  }
})

const pages: Readonly<Record<LibraryName, string>> = {
  plain: 'client-libraries',
  ours: 'javascript',
  turbo: 'turbo',
  htmx2: 'htmx',
  htmx4: 'htmx',
  unpoly: 'unpoly',
}

test('our script works under a policy without any script but its own, and with Trusted Types', async () => {
  const visitor = new Visitor(page, 'ours', tour)
  const answer = await visitor.open('/todos')
  const policy = (await answer?.headerValue('content-security-policy')) ?? ''
  assert.match(
    policy,
    /default-src 'none';.* script-src 'self';.* require-trusted-types-for 'script'; trusted-types 'none'/,
  )
})

test('our script leaves nothing behind, however many answers it shows', async () => {
  const swaps = provesInFull ? 1000 : 100
  const visitor = new Visitor(page, 'ours', tour)
  await visitor.open('/counter')
  await countTo(30)
  const before = await inMemory()
  await countTo(30 + swaps)
  const now = await inMemory()
  // What the browser has not freed yet varies, but by far less than a node for each answer.
  assert.ok(now.Nodes! - before.Nodes! < swaps / 3, `${now.Nodes} nodes, ${before.Nodes} before`)
  assert.ok(now.JSEventListeners! - before.JSEventListeners! < swaps / 3)
  const grown = now.JSHeapUsedSize! - before.JSHeapUsedSize!
  assert.ok(grown < 200 * 1024, `${grown} bytes for ${swaps} answers`)
  await visitor.staysOn('/counter')

  async function countTo(goal: number): Promise<void> {
    await visitor.page.evaluate(`new Promise((resolve) => {
      const output = document.querySelector('.count output')
      const press = () => {
        if (output.textContent === '${goal}') watcher.disconnect(), resolve()
        // Once the script has ended what it does with the answer.
        else setTimeout(() => output.closest('form').querySelector('button').click())
      }
      const watcher = new MutationObserver(press)
      watcher.observe(output, { childList: true, characterData: true, subtree: true })
      press()
    })`)
  }

  async function inMemory(): Promise<Record<string, number>> {
    const session = await context.newCDPSession(visitor.page)
    await session.send('Performance.enable')
    await session.send('HeapProfiler.collectGarbage')
    const { metrics } = await session.send('Performance.getMetrics')
    await session.detach()
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]))
  }
})
