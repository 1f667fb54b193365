import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { codeBlocks, modulesOf } from '../docs/code-blocks.js'
import { compile, root } from '../docs/project.js'
import { start } from '../docs/start.js'
import { until } from '../setup/patience.js'
import { openChromium } from './chromium.js'
import { lendPageTo } from './lend-page.js'

const pages = ['turbo', 'htmx', 'unpoly', 'alpine-ajax'] as const

let browser: Browser
let folder: string
before(async () => {
  browser = await openChromium()
  const modules = new Map<string, string>()
  for (const page of pages) {
    const blocks = codeBlocks(join(root, 'docs', 'guide', `${page}.md`))
    for (const [name, code] of modulesOf(blocks)) modules.set(join(page, name), code)
  }
  const compiled = compile('library-guides', modules)
  assert.equal(compiled.output, '')
  folder = compiled.folder
})
after(() => browser.close())

test('turbo: the app of its page', (t) => walk(t, 'turbo', { title: true }))

test('htmx: the app of its page, with version 2', (t) => walk(t, 'htmx', { title: true }))

test('htmx: the app of its page, with version 4', (t) => {
  const program = join(folder, 'htmx', 'app.js')
  const code = readFileSync(program, 'utf8')
  assert.ok(code.includes("'htmx.org/dist/"))
  writeFileSync(join(folder, 'htmx', 'app-4.js'), code.replace('htmx.org/dist/', 'htmx4/dist/'))
  return walk(t, 'htmx', { title: true, program: 'app-4.js' })
})

test('unpoly: the app of its page', (t) => walk(t, 'unpoly', { title: false }))

test('alpine-ajax: the app of its page', (t) => walk(t, 'alpine-ajax', { title: false }))

test('each page has at most 1800 words', () => {
  for (const page of pages) {
    const words = readFileSync(join(root, 'docs', 'guide', `${page}.md`), 'utf8').split(/\s+/)
    assert.ok(words.length <= 1800, `${page}: ${words.length}`)
  }
})

interface Expected {
  /** The title of the page says that something is wrong. */
  readonly title: boolean
  readonly program?: string
}

/** Adds nothing, corrects it, lets the action fail, and is led to another page and back. */
async function walk(
  t: TestContext,
  guide: (typeof pages)[number],
  { title, program = 'app.js' }: Expected,
): Promise<void> {
  const request = await start(join(folder, guide, program), (stop) => t.after(stop))
  const url = new URL(request.get('/').url).href
  const page = await lendPageTo(t, browser)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  await page.goto(url)
  await page.evaluate('globalThis.stayed = true')
  const field = page.getByLabel('What is there to do?')
  const add = page.getByRole('button', { name: 'Add' })

  await add.click()
  await page.locator('.sealform-summary', { hasText: 'Enter a title' }).waitFor()
  if (title) await until(async () => (await page.title()) === 'Error: Todos')
  await field.fill('Buy milk')
  await add.click()
  await page.locator('li', { hasText: 'Buy milk' }).waitFor()
  await page.locator('#news', { hasText: 'Added “Buy milk”.' }).waitFor()
  await page.locator('.sealform-summary').waitFor({ state: 'detached' })
  await until(async () => (await field.inputValue()) === '')
  if (title) await until(async () => (await page.title()) === 'Todos')

  await field.fill('fail')
  await add.click()
  await page.locator('#todos', { hasText: 'Reference' }).waitFor()
  assert.equal(await field.inputValue(), 'fail')
  assert.deepEqual(await page.locator('main, #todos, #news, li').count(), 4)
  assert.equal(await page.evaluate('globalThis.stayed'), true)

  await page.getByRole('button', { name: 'All done' }).click()
  await page.waitForURL(`${url}done`)
  await page.locator('#news', { hasText: 'You have done everything.' }).waitFor()
  await until(async () => (await page.title()) === 'Done')
  await page.getByRole('link', { name: 'Back to the list' }).click()
  await add.waitFor()
  assert.equal(await page.locator('li').count(), 0)
  assert.deepEqual(faults, [])
}
