import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { buildSite } from '../../build/site/build-site.js'
import { openChromium } from '../browser/chromium.js'
import { openAxe, violationsOn } from '../browser/inspection.js'
import { codeBlocks } from '../docs/code-blocks.js'
import { root } from '../docs/project.js'
import { patience, until } from '../setup/patience.js'
import { provesInFull } from '../setup/proofs.js'
import { serveFolder } from './serve-folder.js'

const folder = join(root, 'dist', 'site-under-test')
const pages = join(folder, 'pages')

/** What a newcomer looks for, and a page that has the answer. It has to be among the first eight results. */
const questions = {
  csrf: /^\/guide\/(csrf|security|origin)/,
  'double submission': /^\/guide\/one-time/,
  'file too large': /^\/errors\/too-large|^\/guide\/uploads|^\/guide\/limits/,
  nginx: /^\/guide\/proxies/,
  ERR_KEY_MISSING: /^\/errors\/key-missing/,
  'flash message': /^\/guide\/cookies-and-flash/,
  zod: /^\/guide\/validation/,
  'rotate keys': /^\/guide\/keys-and-rotation/,
  'several servers': /^\/guide\/(redis|deployment|caching|live-regions)/,
  ttl: /^\/(api|guide)\//,
  'How do I keep what the user typed when validation fails?': /^\/guide\/forms/,
  'How do I show a message after a redirect?': /^\/guide\/cookies-and-flash/,
  'How do I stop double submission?': /^\/guide\/one-time/,
  'How do I use it with Express 4 and EJS?': /^\/guide\/(ejs|express)/,
  'How do I add a delete button to each row of a table?': /^\/guide\/lists-and-buttons/,
  'How do I run it behind nginx?': /^\/guide\/proxies/,
  'What happens if JavaScript is off?': /^\/guide\/javascript/,
  'How large may an upload be?': /^\/guide\/(uploads|limits)/,
  'login required': /^\/guide\/(sign-in|who-may-do-what|authorization)/,
  'toast notification': /^\/guide\/cookies-and-flash/,
} as const

describe('the site', () => {
  let browser: Browser
  let site: Awaited<ReturnType<typeof serveFolder>>
  const asked = new Set<string>()

  before(async () => {
    // A part of the reference is like the whole, and the code of one page has all kinds of colours.
    const part = { entryPoints: ['lib/cache/cache.ts', 'views/html.ts'], coloredPages: ['guide/forms.md'] }
    buildSite(folder, provesInFull ? {} : part)
    browser = await openChromium()
    site = await serveFolder(pages)
  })
  after(async () => {
    await browser?.close()
    await site?.close()
  })

  async function open(path: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const context: BrowserContext = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      ...options,
    })
    context.setDefaultTimeout(patience)
    context.on('request', (request) => asked.add(new URL(request.url()).origin))
    const page = await context.newPage()
    await page.goto(site.url + path, { waitUntil: 'networkidle' })
    // Before Vue has taken over the page, nobody hears a key. A busy machine gets there after the network is quiet.
    if (options.javaScriptEnabled !== false) {
      await until(() => page.evaluate("'__vue_app__' in document.querySelector('#app')"))
    }
    return page
  }

  /** Colours change at once, so that axe sees none in between. */
  const still = { reducedMotion: 'reduce' } as const
  /** A page of each kind, and the colour scheme of the visitor who opens it. */
  const kinds = {
    '/': 'light',
    '/guide/forms.html': 'dark',
    '/errors/key-missing.html': 'light',
    '/api/sealform/cache/interfaces/CacheOptions.html': 'dark',
  } as const
  const isDark = (page: Page) => page.evaluate<boolean>("document.documentElement.classList.contains('dark')")

  /** Runs axe in the colour scheme of a page and in the other, to which the page changes while it is open. */
  async function inspect(page: Page): Promise<void> {
    const dark = await isDark(page)
    for (const other of [dark, !dark]) {
      await page.emulateMedia({ colorScheme: other ? 'dark' : 'light' })
      await until(async () => (await isDark(page)) === other)
      assert.deepEqual(await violationsOn(page), [], other ? 'dark' : 'light')
    }
  }

  for (const [path, colorScheme] of Object.entries(kinds)) {
    it(`gives axe nothing to report on ${path}, opened ${colorScheme}, and in the other scheme`, async () => {
      const page = await open(path, { colorScheme, ...still })
      assert.equal(await isDark(page), colorScheme === 'dark')
      await openAxe(page)
      await inspect(page)
      await page.context().close()
    })
  }

  it('gives axe nothing to report on what it has found, and on the menu of a narrow window', async () => {
    const page = await open('/guide/forms.html', still)
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog', { name: 'Search' }).getByRole('searchbox').fill('nginx')
    await page.locator('.VPLocalSearchBox mark').first().waitFor()
    await openAxe(page)
    await inspect(page)
    await page.keyboard.press('Escape')
    await page.setViewportSize({ width: 390, height: 800 })
    await page.getByRole('button', { name: 'Menu' }).click()
    await page.getByRole('link', { name: 'Getting started' }).first().waitFor()
    await inspect(page)
    await page.context().close()
  })

  it('has no dead link, and no link to a missing heading', () => {
    const files = readdirSync(pages, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.html'),
    )
    const texts = new Map(files.map((name) => [join(pages, name), readFileSync(join(pages, name), 'utf8')]))
    const dead: string[] = []
    for (const [file, text] of texts) {
      for (const [, href = ''] of text.matchAll(/<a [^>]*?href="([^"]+)"/g)) {
        if (/^[a-z]+:/.test(href)) continue
        const [path = '', heading] = href.replaceAll('&amp;', '&').split('#')
        const target = path.startsWith('/') ? join(pages, path) : join(dirname(file), path)
        const page = path === '' ? file : target.endsWith('.html') ? target : join(target, 'index.html')
        const there = texts.get(page)
        const isFile = there === undefined && existsSync(target) && !existsSync(join(target, 'index.html'))
        if (isFile && path !== '') continue
        if (there === undefined) dead.push(`${file}: ${href}`)
        else if (heading && !there.includes(`id="${decodeURIComponent(heading)}"`))
          dead.push(`${file}: ${href}`)
      }
    }
    assert.deepEqual(dead, [])
    assert.ok(files.length > 150)
  })

  it('finds the answers with its search, by the keyboard, without another server', async () => {
    const page = await open('/')
    for (const [question, answer] of Object.entries(questions)) {
      await page.keyboard.press('Control+k')
      const field = page.getByRole('dialog', { name: 'Search' }).getByRole('searchbox')
      const results = page.locator('.VPLocalSearchBox .results .result')
      // The box keeps what was searched before.
      await field.fill('')
      await results.first().waitFor({ state: 'detached' })
      await field.fill(question)
      await results.first().waitFor()
      const hrefs = await hrefsOf(results)
      const found = hrefs.slice(0, 8).findIndex((href) => answer.test(href ?? ''))
      assert.notEqual(found, -1, `${question}: ${hrefs.slice(0, 8).join(' ')}`)
      for (let i = 0; i < found; i++) await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => answer.test(url.pathname))
    }
    assert.deepEqual([...asked], [site.url])
    assert.deepEqual(site.missing, [])
    assert.deepEqual(await page.context().cookies(), [])
    await page.context().close()
  })

  it('copies each snippet by a button with a name', async () => {
    const page = await open('/guide/getting-started.html', {
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    const shown = codeBlocks(join(root, 'docs', 'guide', 'getting-started.md')).filter(
      ({ hidden }) => !hidden,
    )
    // The name of a button that was pressed changes, so its place among those of this name would too.
    const buttons = await page.getByRole('button', { name: 'Copy Code' }).elementHandles()
    assert.equal(buttons.length, shown.length)
    for (const [i, { code }] of shown.entries()) {
      await buttons[i]?.focus()
      await page.keyboard.press('Enter')
      await until(async () => (await page.evaluate<string>('navigator.clipboard.readText()')).trim() === code)
    }
    await page.context().close()
  })

  it('leads to every page of the guide without JavaScript', async () => {
    const page = await open('/', { javaScriptEnabled: false })
    const links = page.locator('aside a')
    const hrefs = await hrefsOf(links)
    const names = readdirSync(join(root, 'docs', 'guide')).map(
      (name) => `/guide/${name.replace('.md', '.html')}`,
    )
    assert.deepEqual(hrefs.filter((href) => href?.startsWith('/guide/')).sort(), names.sort())
    await page.getByRole('complementary').getByRole('link', { name: 'Forms', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Forms' }).waitFor()
    await page.context().close()
  })

  it('begins with a link to the content, and shows where the focus is', async () => {
    const page = await open('/guide/forms.html')
    await page.keyboard.press('Tab')
    const focused = page.locator(':focus')
    assert.equal((await focused.textContent())?.trim(), 'Skip to content')
    const outline = await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle')
    assert.equal(outline, 'solid')
    await page.context().close()
  })

  it('cuts no line and is no wider than a window of 320 pixels', async () => {
    for (const path of Object.keys(kinds)) {
      const page = await open(path, { viewport: { width: 320, height: 640 } })
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320, path)
      await page.context().close()
    }
  })
})

async function hrefsOf(links: Locator): Promise<string[]> {
  const all = await links.all()
  return Promise.all(all.map(async (link) => (await link.getAttribute('href')) ?? ''))
}
