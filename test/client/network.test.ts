import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser } from 'playwright-core'
import { openChromium } from '../browser/chromium.js'
import { until } from '../setup/patience.js'
import { type Answer, form, openSite, record, region, wholePage } from './site.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

const content = (attributes = '') =>
  form('<input id="title" name="title"><button id="go">Go</button>', attributes)

describe('when no server of ours answers', () => {
  it('keeps the page and the input, says so, and offers to send again', async (t) => {
    let cut = true
    const { page, sent } = await openSite(t, browser, {
      body: region(content()),
      tag: 'data-lost="Keine Verbindung." data-again="Noch einmal"',
      answer: () => (cut ? 'cut' : { html: region(`<p>Added</p>${content()}`) }),
    })
    const seen = await record(page)
    await page.locator('#title').fill('Milk')
    await page.locator('#go').click()
    await page.locator('[role=alert]', { hasText: 'Keine Verbindung.' }).waitFor()
    assert.equal(await page.locator('#title').inputValue(), 'Milk')
    assert.equal(await page.locator('[aria-busy]').count(), 0)
    assert.equal(sent.length, 1)
    assert.deepEqual(await seen(), ['submit', 'failed 0'])
    cut = false
    await page.getByRole('button', { name: 'Noch einmal' }).click()
    await page.getByText('Added').waitFor()
    assert.equal(await page.locator('[role=alert]').count(), 0)
    assert.equal(await page.locator('#title').inputValue(), '')
    assert.equal(sent[1]?.fields.title, 'Milk')
  })

  it('shows nothing when a listener cancels the event', async (t) => {
    const { page } = await openSite(t, browser, { body: region(content()), answer: () => 'cut' })
    const seen = await record(page, 'failed')
    await page.locator('#go').click()
    await until(async () => (await seen()).includes('failed 0'))
    assert.equal(await page.locator('[role=alert]').count(), 0)
  })

  it('does not let the page of a server in between take the place of the input, and says what it says', async (t) => {
    const answers: Answer[] = [
      { status: 502, html: wholePage('<h1>Bad Gateway</h1>') },
      { status: 403, html: wholePage('<div role="alert">Not from our own page</div>') },
      { status: 429, headers: { 'Content-Type': 'text/plain' }, html: 'Too many requests' },
    ]
    const { page } = await openSite(t, browser, {
      body: region(content()),
      answer: () => answers.shift() ?? 'cut',
    })
    await page.locator('#title').fill('Milk')
    for (const text of ['Bad Gateway', 'Not from our own page', 'Not sent.']) {
      await page.locator('#go').click()
      await page.locator('[role=alert]', { hasText: text }).waitFor()
      assert.equal(await page.locator('[role=alert]').count(), 1)
      assert.equal(await page.locator('#title').inputValue(), 'Milk')
    }
  })

  it('sends a one-time form again by itself, the same submission, and no other form', async (t) => {
    for (const [attributes, button, expected] of [
      ['data-sealform-once="true"', '', 2],
      ['', '', 1],
      ['', 'data-sealform-once="true"', 2],
      ['data-sealform-once="true"', 'data-sealform-once=""', 1],
    ] as const) {
      const answers: (Answer | 'cut')[] = ['cut', { html: region('<p>Arrived</p>') }]
      const { page, sent } = await openSite(t, browser, {
        body: region(
          form(`<input id="title" name="title"><button id="go" ${button}>Go</button>`, attributes),
        ),
        answer: () => answers.shift() ?? 'cut',
      })
      await page.locator('#title').fill('Milk')
      await page.locator('#go').click()
      if (expected === 2) await page.getByText('Arrived').waitFor()
      else await page.getByText('Not sent.').waitFor()
      assert.equal(sent.length, expected)
      assert.deepEqual(sent[0]?.fields, sent.at(-1)?.fields)
    }
  })

  it('offers a one-time form to be sent again after the third try by itself', async (t) => {
    const { page, sent } = await openSite(t, browser, {
      body: region(content('data-sealform-once="true"')),
      answer: () => 'cut',
    })
    await page.clock.install()
    await page.locator('#go').click()
    for (const tries of [2, 3, 4]) {
      await until(async () => {
        await page.clock.runFor(500)
        return sent.length >= tries
      })
    }
    await page.getByText('Not sent.').waitFor()
    assert.equal(sent.length, 4)
    await page.context().close()
  })
})
