import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser } from 'playwright-core'
import { openChromium } from '../browser/chromium.js'
import { until } from '../setup/patience.js'
import { form, openSite, region } from './site.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

describe('a redirect from the action of another path to the page on which the form stands', () => {
  for (const [where, to, from] of [
    ['at a part of it', '/#row', '/'],
    ['at the part that is shown already', '/#row', '/#row'],
    ['as a whole', '/', '/'],
    ['as a whole, from one of its parts', '/', '/#row'],
  ] as const) {
    it(`loads the page again, ${where}`, async (t) => {
      let loads = 0
      const { page, url, sent } = await openSite(t, browser, {
        body: () =>
          region(
            `<p id="count">${++loads}</p>${'<p>far</p>'.repeat(100)}<p id="row">Row</p>${form('<button>Go</button>', 'action="/elsewhere"')}`,
          ),
        answer: () => ({ status: 204, headers: { 'Sealform-Location': to } }),
      })
      if (from !== '/') await page.goto(`${url}${from.slice(1)}`)
      const before = loads
      await page.getByRole('button').click()
      await until(() => loads > before)
      await page.locator('#count', { hasText: String(loads) }).waitFor()
      assert.equal(page.url(), `${url}${to.slice(1)}`)
      assert.equal(await page.locator('#row:target').count(), to === '/' ? 0 : 1)
      assert.equal(await page.locator('[aria-busy], [aria-disabled]').count(), 0)
      assert.deepEqual(
        sent.map((one) => one.url),
        ['/elsewhere'],
      )
    })
  }
})
