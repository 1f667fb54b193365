import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser } from 'playwright-core'
import { launchChromiumThatKeepsPages, openChromium } from '../browser/chromium.js'
import { until } from '../setup/patience.js'
import { form, openSite, region, wholePage } from './site.js'

let browser: Browser
let keeping: Browser
before(async () => {
  browser = await openChromium()
  keeping = await launchChromiumThatKeepsPages()
})
after(async () => {
  await browser.close()
  await keeping.close()
})

const away = { '/away': wholePage('<h1>Away</h1>') }

describe('a page to which a visitor comes back', () => {
  it('that the browser has kept has no form that is still underway', async (t) => {
    for (const body of [form('<button>Go</button>'), region(form('<button>Go</button>'))]) {
      const { page, sent } = await openSite(t, keeping, {
        body,
        files: away,
        answer: ({ headers }) =>
          headers['sealform-region']
            ? { status: 204, headers: { 'Sealform-Location': '/away' } }
            : { status: 303, headers: { Location: '/away' } },
      })
      await page.evaluate('window.kept = true')
      await page.getByRole('button').click()
      await page.getByRole('heading', { name: 'Away' }).waitFor()
      await page.goBack({ waitUntil: 'commit' })
      await page.getByRole('button').waitFor()
      assert.equal(await page.evaluate('window.kept'), true)
      assert.equal(await page.locator('[aria-busy], [aria-disabled]').count(), 0)
      await page.getByRole('button').click()
      await until(() => sent.length === 2)
    }
  })

  it('that is loaded again has the seals of its forms as the server prints them now', async (t) => {
    let rows = ['a', 'b']
    const body = () =>
      region(
        rows
          .map((id) =>
            form(`<button>${id}</button>`, '', 'remove').replace('seal of remove', `seal of ${id}`),
          )
          .join(''),
      )
    const { page, url } = await openSite(t, browser, { body, files: away, answer: () => ({ html: body() }) })
    await page.getByRole('button', { name: 'a' }).click()
    await page.locator('#remove:not([aria-busy])').first().waitFor()
    await page.goto(`${url}away`)
    rows = ['b', 'c']
    await page.goBack()
    await page.getByRole('button', { name: 'c' }).waitFor()
    assert.deepEqual(
      await page
        .locator('[name=sealform]')
        .evaluateAll((fields: { readonly value: string }[]) => fields.map(({ value }) => value)),
      ['seal of b', 'seal of c'],
    )
  })
})

describe('two tabs of one visitor', () => {
  it('do not know of each other', async (t) => {
    const { page, sent, open } = await openSite(t, browser, {
      body: region(form('<input name="title" id="title"><button>Go</button>')),
      answer: ({ fields }) => ({ html: region(`<p>${fields.title}</p>`) }),
    })
    const other = await open()
    await page.locator('#title').fill('first')
    await other.locator('#title').fill('second')
    await Promise.all([page, other].map((tab) => tab.getByRole('button').click()))
    await page.getByText('first').waitFor()
    await other.getByText('second').waitFor()
    assert.equal(sent.length, 2)
  })
})
