import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser } from 'playwright-core'
import { openChromium } from '../browser/chromium.js'
import { until } from '../setup/patience.js'
import { openSite, region, wholePage } from './site.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

const search = (found = '', attributes = 'data-submit-on="input" data-delay="20"', q = '') =>
  region(
    `<form id="search" method="get" ${attributes}><input id="q" name="q" value="${q}"><input name="empty"><button>Search</button></form><p>${found}</p>`,
  )

describe('a form with GET', () => {
  it('swaps its region while one types, and replaces the history entry', async (t) => {
    const { page, url, sent } = await openSite(t, browser, {
      body: search(),
      answer: ({ fields: { q } }) => ({ html: `<title>Found</title>${search(`Found ${q}`, undefined, q)}` }),
      files: { '/away': wholePage('<h1>Away</h1>') },
    })
    const entries = await page.evaluate('history.length')
    await page.locator('#q').pressSequentially('a&b')
    await page.getByText('Found a&b').waitFor()
    assert.equal(page.url(), `${url}?q=a%26b&empty=`)
    assert.equal(await page.title(), 'Found')
    assert.equal(await page.evaluate('history.length'), entries)
    assert.equal(await page.evaluate('document.activeElement.id'), 'q')
    assert.equal(sent.at(-1)?.headers['content-type'], undefined)
    await page.goto(`${url}away`)
    await page.goBack()
    assert.equal(page.url(), `${url}?q=a%26b&empty=`)
    await page.getByRole('button', { name: 'Search' }).waitFor()
    assert.equal(await page.title(), 'Start')
  })

  it('is shown from the answer when a redirect leads to a cleaner URL, and opens another page', async (t) => {
    const { page, url } = await openSite(t, browser, {
      body: search(),
      answer: ({ fields, url: asked }) => {
        if (fields.q === 'x') return { status: 302, headers: { Location: '/elsewhere' } }
        if (asked.includes('empty=')) return { status: 302, headers: { Location: `/?q=${fields.q}` } }
        return { html: search(`Found ${fields.q}`) }
      },
      files: { '/elsewhere': wholePage('<h1>Elsewhere</h1>') },
    })
    await page.locator('#q').fill('tea')
    await page.getByText('Found tea').waitFor()
    assert.equal(page.url(), `${url}?q=tea`)
    await page.locator('#q').fill('x')
    await page.getByRole('heading', { name: 'Elsewhere' }).waitFor()
    assert.equal(page.url(), `${url}elsewhere`)
  })

  it('is left to the browser without one of the attributes, in no region, and with a method of its own', async (t) => {
    for (const body of [
      search('', ''),
      search('', 'data-region=""'),
      search().replace('data-sealform-region', ''),
    ]) {
      const { page, url, sent } = await openSite(t, browser, { body })
      await page.getByRole('button').click()
      await page.waitForURL(`${url}?q=&empty=`)
      assert.equal(sent.length, 0)
    }
    const { page, sent } = await openSite(t, browser, {
      body: search('', 'data-region="region"'),
      answer: () => ({ html: search('Found') }),
    })
    await page.getByRole('button').click()
    await page.getByText('Found').waitFor()
    await until(() => sent.length === 1)
  })
})
