import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { libraries } from '../../examples/tour/library.js'
import { openChromium } from './chromium.js'
import { lendPageTo } from './lend-page.js'
import { type RunningTour, startTour } from './visit.js'

let browser: Browser
let tour: RunningTour
before(async () => {
  browser = await openChromium()
  tour = await startTour()
})
after(async () => {
  await browser.close()
  await tour.close()
})

for (const { name, label } of libraries) {
  test(`${name}: todos come back with what is wrong, and are added once it is right`, async (t) => {
    const page = await visitWith(t, label)
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.locator('.sealform-summary', { hasText: 'Enter a title' }).waitFor()
    const part = name === 'plain' ? 'the whole page' : 'regions adding, todos, heading'
    // Turbo shows a moment later what did not stand in the frame.
    const last = `POST /todos → ${name === 'htmx2' ? 200 : 422}, ${part}`
    await page.locator('#wire-last', { hasText: last }).waitFor()
    await page.getByLabel('What is there to do?').fill(`By ${name}`)
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('button', { name: `Remove “By ${name}”` }).click()
    await page.getByText(`“By ${name}” is off the list.`).waitFor()
    assert.equal(await page.locator('.todos li').count(), 0)
    // Nothing stands in the page twice, or inside of itself.
    const once = ['main', 'h1', '#todos', '#heading', 'title']
    const counts = await Promise.all(once.map((each) => page.locator(each).count()))
    assert.deepEqual(counts, [1, 1, 1, 1, 1])
    const sent = tour.posts.at(-1)!
    assert.deepEqual(
      [sent['sealform-region'], sent['turbo-frame'], sent['hx-target'], sent['x-up-target']],
      asks[name],
    )
  })
}

const asks: Record<(typeof libraries)[number]['name'], (string | undefined)[]> = {
  plain: [undefined, undefined, undefined, undefined],
  ours: ['todos', undefined, undefined, undefined],
  turbo: [undefined, 'todos', undefined, undefined],
  htmx2: [undefined, undefined, 'todos', undefined],
  htmx4: [undefined, undefined, 'div#todos', undefined],
  unpoly: [undefined, undefined, undefined, '#todos'],
}

/** Opens the todos and chooses a library by the switch, without which nothing of a script is there. */
async function visitWith(t: TestContext, label: string): Promise<Page> {
  const page = await lendPageTo(t, browser)
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    // Chromium reports every answer with 4xx to a script as an error.
    const { url } = message.location()
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text()))
      problems.push(`${message.text()} ${url}`)
  })
  t.after(() => assert.deepEqual(problems, []))
  await page.goto(`${tour.url}/todos`)
  assert.equal(await page.locator('script').count(), 0)
  await page.getByRole('link', { name: label, exact: true }).click()
  await page.locator('.switch [aria-current]', { hasText: label }).waitFor()
  return page
}
