import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { until } from '../setup/patience.js'
import { openChromium } from './chromium.js'
import { openOddTargets } from './odd-targets-app.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

const htmx2 = ['htmx.org/dist/htmx.js']
const htmx4 = ['htmx4/dist/htmx.js']
const unpoly = ['unpoly/unpoly.js']
const turbo = ['@hotwired/turbo/dist/turbo.es2017-umd.js']

async function add(page: Page, title: string): Promise<void> {
  await page.getByLabel('Title').fill(title)
  await page.getByRole('button', { name: 'Add' }).click()
}

/** Adds nothing, corrects it, and adds once more, each time by the one form that the page then has. */
async function addTwice(page: Page): Promise<void> {
  await add(page, '')
  await page.locator('.sealform-summary').waitFor()
  for (const title of ['first', 'second']) {
    await add(page, title)
    await page.getByText(`Added ${title}`).waitFor()
    await page.locator('li', { hasText: title }).waitFor()
    assert.equal(await page.locator('[id="todos.add"]').count(), 1)
    assert.equal(await page.getByLabel('Title').inputValue(), '')
  }
  assert.equal(await page.locator('#todos').count(), 1)
  assert.equal(await page.locator('li').count(), 2)
}

for (const [name, library] of [
  ['htmx 2', htmx2],
  ['htmx 4', htmx4],
] as const) {
  describe(`a form of ${name}`, () => {
    it('gets its region replaced when it is its own target, however it swaps', async (t) => {
      for (const form of ['hx-post=""', 'hx-post="" hx-target="this" hx-swap="none"']) {
        const { page } = await openOddTargets(t, browser, { library, form })
        await addTwice(page)
      }
    })

    it('shows the built-in page when it is boosted and takes a part of the page', async (t) => {
      for (const target of ['#main', '#todos']) {
        const { page } = await openOddTargets(t, browser, {
          library,
          form: `hx-boost="true" hx-target="${target}" hx-select="${target}" hx-select-oob="#news" hx-swap="outerHTML"`,
        })
        await addTwice(page)
        await add(page, 'broken')
        await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
        assert.equal(await page.locator('[name=title]').inputValue(), 'broken')
      }
    })
  })
}

describe('Unpoly', () => {
  it('opens a region of another page in an overlay, whose form works there', async (t) => {
    const { page, url } = await openOddTargets(t, browser, {
      library: unpoly,
      form: 'up-submit up-target="#todos"',
      link: 'up-layer="new" up-target="#todos"',
      start: '/start',
    })
    await page.getByRole('link', { name: 'Open' }).click()
    const overlay = page.locator('up-modal')
    await overlay.locator('#todos').waitFor()
    await add(page, '')
    await overlay.locator('.sealform-summary').waitFor()
    for (const title of ['first', 'second']) {
      await add(page, title)
      await overlay.locator('li', { hasText: title }).waitFor()
    }
    await add(page, 'broken')
    await overlay.getByText('Not that').first().waitFor()
    assert.equal(await overlay.locator('[name=title]').inputValue(), 'broken')
    assert.equal(page.url(), `${url}/start`)
  })

  it('opens an overlay by a form that has succeeded, and shows below it what has failed', async (t) => {
    const { page, runs } = await openOddTargets(t, browser, {
      library: unpoly,
      form: 'up-submit up-layer="new" up-target="#todos"',
    })
    await add(page, '')
    await page.locator('.sealform-summary').waitFor()
    assert.equal(await page.locator('up-modal').count(), 0)
    await add(page, 'first')
    await page.locator('up-modal li', { hasText: 'first' }).waitFor()
    assert.deepEqual(runs, ['', 'first'])
  })

  it('takes the title with the address of a link to a region', async (t) => {
    const { page, url } = await openOddTargets(t, browser, {
      library: unpoly,
      link: 'up-follow up-target="#todos" up-history="true"',
      start: '/empty',
    })
    assert.equal(await page.title(), 'Empty')
    await page.getByRole('link', { name: 'Open' }).click()
    await page.getByLabel('Title').waitFor()
    await until(async () => (await page.title()) === 'List')
    assert.equal(page.url(), `${url}/`)
  })

  it('replaces the form as well when its target has no id', async (t) => {
    const { page } = await openOddTargets(t, browser, {
      library: unpoly,
      form: 'up-submit up-target=".rows"',
    })
    await addTwice(page)
  })

  it('shows the flash of an overlay that it closes, where that is marked up-flashes', async (t) => {
    const { page } = await openOddTargets(t, browser, {
      library: unpoly,
      form: 'up-submit',
      link: 'up-layer="new" up-accept-location="/thanks"',
      news: 'up-flashes',
      start: '/start',
    })
    await page.getByRole('link', { name: 'Open' }).click()
    await page.locator('up-modal #todos').waitFor()
    await add(page, 'away')
    await page.locator('up-modal').waitFor({ state: 'detached' })
    await page.locator('body > #news', { hasText: 'Sent away' }).waitFor()
  })
})

describe('Turbo', () => {
  it('keeps the message in the page while a frame is loaded', async (t) => {
    const { page, requests } = await openOddTargets(t, browser, {
      library: turbo,
      lazy: '<turbo-frame id="late" src="/late"></turbo-frame>',
    })
    await page.locator('#late', { hasText: 'loaded' }).waitFor()
    requests.length = 0
    await add(page, 'away')
    await page.getByRole('heading', { name: 'Thanks' }).waitFor()
    await page.locator('#late', { hasText: 'loaded' }).waitFor()
    assert.ok(requests.includes('GET /late'))
    assert.equal(await page.locator('#news').textContent(), 'Sent away')
  })

  it('fetches a page ahead of a click without using up the message', async (t) => {
    const { page, url, requests } = await openOddTargets(t, browser, { library: turbo, link: '' })
    await add(page, 'silent')
    await page.getByRole('heading', { name: 'Silent' }).waitFor()
    requests.length = 0
    await Promise.all([page.waitForResponse(`${url}/`), page.getByRole('link', { name: 'Open' }).hover()])
    assert.deepEqual(requests, ['GET /'])
    await page.goto(`${url}/start`)
    assert.equal(await page.locator('#news').textContent(), 'Sent silent')
  })
})
