import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { openChromium } from '../browser/chromium.js'
import { lendPage } from '../browser/lend-page.js'
import { whileSent } from '../browser/while-sent.js'
import { root } from '../docs/project.js'
import { testKey } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { provesInFull } from '../setup/proofs.js'

/** Runs an example of components like its command, and opens its pages in a browser. */
async function startExample(library: string) {
  const main = fileURLToPath(new URL(`../../examples/${library}/main.js`, import.meta.url))
  const child = spawn(process.execPath, [main], {
    cwd: root,
    env: { ...process.env, PORT: '0', LATENCY: '0', SEALFORM_KEYS: testKey },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'exit').then(([code]) => assert.fail(`The example has ended with ${code}.`)),
  ])) as string[]
  const stop = async () => {
    child.kill()
    if (child.exitCode === null) await once(child, 'exit')
  }
  return { url: /http:\S+/.exec(line ?? '')?.[0] ?? '', stop }
}

interface Visit {
  readonly page: Page
  readonly js: boolean
  /** Does something that submits, and waits for the answer; without JavaScript also for the new page. */
  submit(act: () => Promise<unknown>): Promise<number>
}

/** Runs the same journeys through an example without JavaScript and with it. */
export function journeys(library: 'react' | 'preact'): void {
  let browser: Browser | undefined
  let example: Awaited<ReturnType<typeof startExample>> | undefined
  before(async () => {
    ;[example, browser] = await Promise.all([startExample(library), openChromium()])
  })
  after(async () => {
    await browser?.close()
    await example?.stop()
  })
  for (const js of [false, true]) {
    describe(js ? 'with JavaScript' : 'without JavaScript', () => {
      for (const [name, journey] of Object.entries(js ? { ...both, ...scripted } : unscripted)) {
        it(name, async () => {
          assert.ok(browser && example)
          const { page, giveBack } = await lendPage(browser, { javaScriptEnabled: js, baseURL: example.url })
          const said: string[] = []
          page.on('console', (message) => {
            if (!/Failed to load resource/.test(message.text())) said.push(message.text())
          })
          page.on('pageerror', (error) => said.push(`pageerror ${error.message}`))
          try {
            await journey({ page, js, submit: (act) => submit(page, js, act) })
            assert.deepEqual(
              said.filter((text) => !/asked to|error has occurred|went wrong/i.test(text)),
              [],
            )
          } finally {
            await giveBack()
          }
        })
      }
    })
  }
}

async function submit(page: Page, js: boolean, act: () => Promise<unknown>): Promise<number> {
  const [response] = await Promise.all([
    page.waitForResponse((each) => each.request().method() === 'POST'),
    ...(js ? [] : [page.waitForEvent('domcontentloaded')]),
    act(),
  ])
  return response.status()
}

/** Opens a page, and waits until its script has run: React and Preact keep their tree on its elements. */
async function open({ page, js }: Visit, path: string): Promise<void> {
  await page.goto(path)
  if (!js) return
  const hydrated =
    "Object.keys(document.querySelector('main')).some((key) => /^__reactFiber/.test(key)) || document.querySelector('[data-sealform-page]') === null"
  await until(async () => (await page.evaluate(hydrated)) === true)
}

type Journey = (visit: Visit) => Promise<void>

const both: Readonly<Record<string, Journey>> = {
  async 'adds to the list, says what is wrong, removes, and clears'(visit) {
    const { page, submit, js } = visit
    const title = `Bread ${js}`
    await open(visit, '/todos')
    await page.fill('[name=title]', 'ab')
    await submit(() => page.click('text="Add"'))
    await page.waitForSelector('.sealform-issue:text("at least three letters")')
    assert.equal(await page.inputValue('[name=title]'), 'ab')
    assert.equal(await page.getAttribute('[name=title]', 'aria-invalid'), 'true')
    await page.fill('[name=title]', title)
    await submit(() => page.click('text="Add"'))
    await page.waitForSelector(`[role=status]:text("Added “${title}”.")`)
    assert.equal(await page.inputValue('[name=title]'), '')
    await submit(() => page.click(`[aria-label="Remove ${title}"]`))
    await page.waitForSelector(`[aria-label="Remove ${title}"]`, { state: 'detached' })
    await submit(() => page.click('text="Clear the list"'))
    await until(async () => (await page.locator('.todos li').count()) === 0)
  },
  async 'says something in the chat, and remembers the name'(visit) {
    const { page, submit, js } = visit
    await open(visit, '/chat')
    await page.fill('[name=from]', 'Grace')
    await page.fill('[name=text]', `Hello ${js}`)
    await submit(() => page.click('text="Send"'))
    await page.waitForSelector(`li:not([aria-busy=true]) >> text=Hello ${js}`)
    await page.reload()
    assert.equal(await page.inputValue('[name=from]'), 'Grace')
  },
  async likes(visit) {
    const { page, submit } = visit
    await open(visit, '/likes')
    const before = Number(await page.textContent('.count'))
    await submit(() => page.click('text="Like"'))
    await page.waitForSelector(`.count:text-is("${before + 1}")`)
  },
  async 'saves a draft by its button, publishes, and refuses an old edition'(visit) {
    const { page, submit, js } = visit
    await open(visit, '/draft')
    const other = await page.context().newPage()
    await open({ ...visit, page: other }, '/draft')
    await page.fill('[name=text]', `A story ${js}`)
    await submit(() => page.click('text="Save the draft"'))
    await submit(() => page.click('text="Publish"'))
    await page.waitForSelector('.success:has-text("Published edition")')
    assert.equal(await page.textContent('section p'), `A story ${js}`)
    await other.fill('[name=text]', 'Too late')
    await other.click('text="Publish"')
    // Without JavaScript the built-in page says it: the page has no form of the old edition any more.
    await other.waitForSelector(':text("Somebody else has published") >> nth=0')
    assert.equal(await other.inputValue('[name=text]'), 'Too late')
  },
  async 'books in steps, back and forth'(visit) {
    const { page, submit, js } = visit
    await open(visit, '/booking')
    await submit(() => page.click('text="Continue"'))
    await page.waitForSelector('.sealform-issue:text("Enter your name")')
    await page.fill('[name=name]', `Ada ${js}`)
    await submit(() => page.click('text="Continue"'))
    await page.waitForSelector('[name=seats]')
    await submit(() => page.click('text="Back"'))
    assert.equal(await page.inputValue('[name=name]'), `Ada ${js}`)
    await submit(() => page.click('text="Continue"'))
    await page.fill('[name=seats]', '4')
    await submit(() => page.click('text="Continue"'))
    await page.waitForSelector(`dd:text-is("Ada ${js}")`)
    await submit(() => page.click('text="Book"'))
    await page.waitForSelector(`.success:has-text("Booked for Ada ${js}: 4.")`)
    await page.waitForSelector('[name=name]')
  },
  async 'keeps a picture until its caption is there'(visit) {
    const { page, submit, js } = visit
    await open(visit, '/upload')
    const buffer = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
    await page.setInputFiles('[name=picture]', { name: `p${js}.png`, mimeType: 'image/png', buffer })
    await submit(() => page.click('text="Upload" >> nth=-1'))
    await page.waitForSelector(`[role=status]:text("p${js}.png is kept")`)
    await page.fill('[name=caption]', `Tree ${js}`)
    await submit(() => page.click('button'))
    await page.waitForSelector(`li:has-text("Tree ${js}: p${js}.png, 16 bytes")`)
  },
  async 'lists the examples of the document'(visit) {
    await open(visit, '/document')
    assert.equal(await visit.page.locator('dt').count(), 19)
  },
}

/**
 * What visitors without JavaScript do where the tests do not prove in full: they are told what is wrong, press a row's button
 * and another one's, come too late, and send a file.
 */
const unscripted = provesInFull
  ? both
  : Object.fromEntries(Object.entries(both).filter(([name]) => /^(adds|saves|keeps)/.test(name)))

const scripted: Readonly<Record<string, Journey>> = {
  async 'shows at once what is sent, and submits by Ctrl + Enter'(visit) {
    const { page } = visit
    await open(visit, '/chat')
    await page.fill('[name=text]', 'Quick')
    await whileSent(
      page,
      () => page.press('[name=text]', 'Control+Enter'),
      () => page.waitForSelector('li[aria-busy=true] >> text=Quick'),
    )
    await page.waitForSelector('li:not([aria-busy=true]) >> text=Quick')
  },
  async 'saves a draft while somebody writes, once for several keys'(visit) {
    const { page } = visit
    await open(visit, '/draft')
    let posts = 0
    page.on('request', (request) => {
      if (request.method() === 'POST') posts++
    })
    await page.focus('[name=text]')
    // In one task, as a machine with much to do can leave more time between two keys than the text waits before it is saved.
    await page.evaluate("for (const key of ' and so on') document.execCommand('insertText', false, key)")
    await page.waitForSelector('[role=status]:text-is("Saved.")')
    assert.equal(posts, 1)
  },
  async 'keeps what publishing has said when the text saves itself again'(visit) {
    const { page, submit } = visit
    await open(visit, '/draft')
    await page.fill('[name=text]', 'A story of its own')
    await submit(() => page.click('text="Publish"'))
    await page.waitForSelector('.success:has-text("Published edition")')
    await submit(() => page.locator('[name=text]').pressSequentially('!'))
    await page.waitForSelector('[role=status]:text-is("Saved.")')
    assert.equal(await page.isVisible('.success:has-text("Published edition")'), true)
  },
  async 'counts views, and shows what has failed in its place'(visit) {
    const { page } = visit
    await open(visit, '/likes')
    await page.waitForSelector('p:text-matches("Views with JavaScript: [1-9]")')
    await page.click('text="Break this part"')
    await page.waitForSelector('[role=alert] >> text=This part has failed')
    assert.equal(await page.isVisible('text="Like"'), true)
  },
  async 'moves the focus to what is wrong'(visit) {
    const { page, submit } = visit
    await open(visit, '/todos')
    await submit(() => page.click('text="Add"'))
    await until(async () => (await page.evaluate('document.activeElement.name')) === 'title')
  },
}
