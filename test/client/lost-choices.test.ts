import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { openChromium } from '../browser/chromium.js'
import { until } from '../setup/patience.js'
import { form, openSite, region } from './site.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

const go = form('<button id="go">Go</button>')

/** Sends the form `add` and waits until its answer is shown. */
async function send(page: Page): Promise<void> {
  await page.evaluate(`new Promise((resolve) => {
    addEventListener('sealform:swap', () => setTimeout(resolve), { once: true })
    document.querySelector('#add').requestSubmit()
  })`)
}

/** The names and values of the boxes that are checked. */
const checked = (page: Page) =>
  page.evaluate(`[...document.querySelectorAll(':checked')].map((box) => box.name + '=' + box.value)`)

describe('files of a field that an answer does not print', () => {
  const field = '<input type="file" name="files" multiple>'
  const kept = '<input type="hidden" name="sealform.kept.files" value="reference">'
  const files = ['a.txt', 'b.txt'].map((name) => ({
    name,
    mimeType: 'text/plain',
    buffer: Buffer.from(name),
  }))

  for (const [where, body] of [
    [
      'outside of the region',
      (inside: string) =>
        region(form(`${inside}<button>Go</button>`)) + field.replace('multiple', 'multiple form="add"'),
    ],
    [
      'in what is to be kept',
      (inside: string) => region(form(`${inside}<p data-keep id="kept">${field}</p><button>Go</button>`)),
    ],
  ] as const) {
    for (const [answer, status, inside, left] of [
      ['stay when the seal has expired', 409, '', 'a.txt, b.txt'],
      ['stay when the server has kept none at a refusal', 422, '', 'a.txt, b.txt'],
      ['stay when the action has failed', 500, '', 'a.txt, b.txt'],
      ['are not sent again when the server has kept them', 409, kept, ''],
      ['stay as all that it does not print when the submission is done', 200, '', 'a.txt, b.txt'],
    ] as const) {
      it(`${answer}, ${where}`, async (t) => {
        const { page, sent } = await openSite(t, browser, {
          body: body(''),
          answer: () => ({ status, html: body(`<p>Answer</p>${inside}`) }),
        })
        await page.locator('[type=file]').setInputFiles(files)
        for (let times = 0; times < 2; times++) await send(page)
        await until(() => sent.length === 2)
        assert.deepEqual(
          sent.map(({ fields }) => fields.files),
          ['a.txt, b.txt', left],
        )
      })
    }
  }
})

describe('a choice', () => {
  it('is known by name and value, also where these make the same text', async (t) => {
    let names = [1, 11]
    const body = () =>
      region(
        `${go}<p>${names.map((name) => `<input type="radio" name="q${name}" value="${name === 1 ? 10 : 0}">`).join('')}</p>`,
      )
    const { page } = await openSite(t, browser, { body, answer: () => ({ html: body() }) })
    await page.locator('[name=q1]').check()
    names = [11]
    await send(page)
    assert.deepEqual(await checked(page), [])
    assert.equal(await page.locator('[type=radio]').count(), 1)
  })

  it('stays in a row that shares one of its boxes with another one', async (t) => {
    let rows = [['a', 'b'], ['b']]
    const body = () =>
      region(
        `${go}<ul>${rows.map((row) => `<li>${row.map((value) => `<input type="checkbox" name="tag" value="${value}">`).join('')}<input name="note"></li>`).join('')}</ul>`,
      )
    const { page } = await openSite(t, browser, { body, answer: () => ({ html: body() }) })
    await page.locator('[name=note]').last().fill('typed')
    rows = [['a'], ['b']]
    await send(page)
    assert.deepEqual(
      await page.evaluate(`[...document.querySelectorAll('[name=note]')].map((note) => note.value)`),
      ['', 'typed'],
    )
  })
})
