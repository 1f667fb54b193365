import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { openChromium } from '../browser/chromium.js'
import { until } from '../setup/patience.js'
import { form, gate, openSite, region } from './site.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

const go = form('<button id="go">Go</button>')
const selectOf = (...values: readonly string[]) =>
  form(`<select name="size">${optionsOf(...values)}</select>`, '', 'other')
const optionsOf = (...values: readonly string[]) =>
  values.map((value) => `<option value="${value}">Size ${value}</option>`).join('')

/** Sends the form `add` and waits until its answer is shown. */
async function send(page: Page): Promise<void> {
  await page.evaluate(`new Promise((resolve) => {
    addEventListener('sealform:swap', () => setTimeout(resolve), { once: true })
    document.querySelector('#add').requestSubmit()
  })`)
}

/** What is chosen in the page, by the names of the fields of its form `other`. */
const chosen = (page: Page) =>
  page.evaluate(
    `[...new FormData(document.querySelector('#other'))].filter(([name]) => !name.startsWith('sealform')).map((each) => each.join('='))`,
  )

describe('what is chosen in another form, by controls without ids', () => {
  it('stays in a list when an answer adds options before it, and takes some away', async (t) => {
    let values = ['s', 'm', 'l']
    const body = () => region(go + selectOf(...values))
    const { page } = await openSite(t, browser, { body, answer: () => ({ html: body() }) })
    await page.locator('select').selectOption('m')
    for (const next of [
      ['xs', 's', 'm', 'l'],
      ['m', 'l'],
      ['l', 'm', 's'],
    ]) {
      values = next
      await send(page)
      assert.deepEqual(await chosen(page), ['size=m'])
      assert.equal(await page.locator('option').count(), next.length)
    }
  })

  it('goes back to the default of a list, not to its neighbour, when it is not there any more', async (t) => {
    let values = ['s', 'm', 'l']
    const body = () => region(go + selectOf(...values))
    const { page } = await openSite(t, browser, { body, answer: () => ({ html: body() }) })
    await page.locator('select').selectOption('m')
    values = ['s', 'l']
    await send(page)
    assert.deepEqual(await chosen(page), ['size=s'])
  })

  it('stays in a list with groups when an answer adds a group before it', async (t) => {
    const group = (label: string, ...values: readonly string[]) =>
      `<optgroup label="${label}">${optionsOf(...values)}</optgroup>`
    let groups = group('Short', '1', '2') + group('Long', '3', '4')
    const body = () => region(go + form(`<select name="size" multiple>${groups}</select>`, '', 'other'))
    const { page } = await openSite(t, browser, { body, answer: () => ({ html: body() }) })
    await page.locator('select').selectOption(['2', '3'])
    groups = group('None', '0') + group('Short', '1', '2') + group('Long', '2.5', '3', '4')
    await send(page)
    assert.deepEqual(await chosen(page), ['size=2', 'size=3'])
  })

  it('stays in two groups of radios with equal values in one form', async (t) => {
    let values = ['s', 'm', 'l']
    const radios = (name: string) =>
      values.map((value) => `<label><input type="radio" name="${name}" value="${value}">${value}</label>`)
    const body = () =>
      region(go + form(`<p>${radios('shirt').join('')}${radios('shoe').join('')}</p>`, '', 'other'))
    const { page } = await openSite(t, browser, { body, answer: () => ({ html: body() }) })
    await page.locator('[name=shirt][value=m]').check()
    await page.locator('[name=shoe][value=l]').check()
    for (const next of [
      ['xs', 's', 'm', 'l'],
      ['m', 'l'],
    ]) {
      values = next
      await send(page)
      assert.deepEqual(await chosen(page), ['shirt=m', 'shoe=l'])
    }
  })

  it('stays at the boxes of its rows, with what is typed beside them', async (t) => {
    let ids = [1, 2, 3]
    const rows = () =>
      ids.map(
        (id) =>
          `<li><label><input type="checkbox" name="row" value="${id}">${id}</label><input name="note"></li>`,
      )
    const body = () => region(go + form(`<ul>${rows().join('')}</ul>`, '', 'other'))
    const { page } = await openSite(t, browser, { body, answer: () => ({ html: body() }) })
    await page.locator('[value="2"]').check()
    await page.locator('li:nth-child(2) [name=note]').fill('second')
    for (const [next, expected] of [
      [
        [9, 1, 2, 3],
        ['note=', 'note=', 'row=2', 'note=second', 'note='],
      ],
      [
        [8, 2],
        ['note=', 'row=2', 'note=second'],
      ],
    ] as const) {
      ids = [...next]
      await send(page)
      assert.deepEqual(await chosen(page), expected)
    }
  })

  it('stays at boxes without a name by their values, and at boxes without either by their places', async (t) => {
    let ids = [1, 2]
    const rows = (box: (id: number) => string) =>
      `<ul>${ids.map((id) => `<li>${box(id)} row ${id}</li>`).join('')}</ul>`
    const body = () =>
      region(
        go + rows((id) => `<input type="checkbox" value="${id}">`) + rows(() => '<input type="checkbox">'),
      )
    const { page } = await openSite(t, browser, { body, answer: () => ({ html: body() }) })
    await page.locator('[type=checkbox]').nth(1).check()
    await page.locator('[type=checkbox]').nth(2).check()
    const checked = () =>
      page.evaluate(`[...document.querySelectorAll('[type=checkbox]')].map((box) => Number(box.checked))`)
    assert.deepEqual(await checked(), [0, 1, 1, 0])
    ids = [5, 1, 2]
    await send(page)
    assert.deepEqual(await checked(), [0, 0, 1, 1, 0, 0])
    ids = [2]
    await send(page)
    assert.deepEqual(await checked(), [1, 1])
  })

  it('stays in rows that are known by the ids of their forms, although their boxes have the same names', async (t) => {
    let ids = ['a', 'b']
    const row = (id: string) =>
      `<li>${form('<input type="checkbox" name="done"><input name="note">', '', id)}</li>`
    const body = () => region(`${go}<ul>${ids.map(row).join('')}</ul>`)
    const { page } = await openSite(t, browser, { body, answer: () => ({ html: body() }) })
    await page.locator('#b [name=done]').check()
    await page.locator('#b [name=note]').fill('typed')
    ids = ['c', 'b']
    await send(page)
    assert.equal(await page.locator('#b [name=done]').isChecked(), true)
    assert.equal(await page.locator('#b [name=note]').inputValue(), 'typed')
    assert.equal(await page.locator('#c [name=done]').isChecked(), false)
    assert.equal(await page.locator('#c [name=note]').inputValue(), '')
  })

  it('is known by no value of a text field, and by no id that looks like a value', async (t) => {
    let value = 'one'
    const body = () =>
      region(
        `${go}<div id="7">seven</div><div><input type="checkbox" value="7"></div><input name="title" value="${value}">`,
      )
    const { page } = await openSite(t, browser, { body, answer: () => ({ html: body() }) })
    await page.locator('[type=checkbox]').check()
    await page.locator('[name=title]').fill('typed')
    value = 'two'
    await send(page)
    assert.equal(await page.locator('[name=title]').inputValue(), 'typed')
    assert.equal(await page.evaluate('document.activeElement.name'), 'title')
    assert.equal(await page.locator('[type=checkbox]').isChecked(), true)
    assert.equal(await page.locator('#\\37').textContent(), 'seven')
  })

  it('keeps an element with an id when all that is in it has other ids', async (t) => {
    let inner = 'one'
    const body = () => region(`${go}<details id="more"><summary id="${inner}">More</summary></details>`)
    const { page } = await openSite(t, browser, { body, answer: () => ({ html: body() }) })
    await page.locator('summary').click()
    inner = 'two'
    await send(page)
    assert.equal(await page.locator('details[open] #two').count(), 1)
  })
})

describe('a list with several choices', () => {
  const list = (attributes = '') =>
    `<select name="size" multiple ${attributes}>${optionsOf('s', 'm', 'l')}</select>`
  const values = (page: Page) =>
    page.evaluate(`[...document.querySelector('select').selectedOptions].map((option) => option.value)`)

  it('keeps all of them when they are made while the form is underway', async (t) => {
    const held = gate()
    const body = region(form(`${list()}<button>Go</button>`))
    const { page, sent } = await openSite(t, browser, {
      body,
      answer: async () => {
        await held.opened
        return { html: body }
      },
    })
    await page.getByRole('button', { name: 'Go' }).click()
    await until(() => sent.length === 1)
    await page.locator('select').selectOption(['m', 'l'])
    held.open()
    await page.locator('#add:not([aria-busy])').waitFor()
    assert.deepEqual(await values(page), ['m', 'l'])
  })

  for (const [where, body] of [
    [
      'outside of the region',
      (alert: string) => region(form(`${alert}<button>Go</button>`)) + list('form="add"'),
    ],
    [
      'in what is to be kept',
      (alert: string) => region(form(`${alert}<p data-keep id="kept">${list()}</p><button>Go</button>`)),
    ],
    [
      'that is itself to be kept',
      (alert: string) => region(form(`${alert}${list('data-keep')}<button>Go</button>`)),
    ],
  ] as const) {
    it(`keeps all of them ${where} after a refusal`, async (t) => {
      const { page, sent } = await openSite(t, browser, {
        body: body(''),
        answer: () => ({ status: 422, html: body('<p role="alert">No</p>') }),
      })
      await page.locator('select').selectOption(['m', 'l'])
      for (const times of [1, 2]) {
        await page.getByRole('button', { name: 'Go' }).click()
        await until(() => sent.length === times)
        await page.getByRole('alert').waitFor()
        await until(() => page.evaluate(`!document.querySelector('#add').ariaBusy`))
        assert.deepEqual(await values(page), ['m', 'l'])
        assert.equal(sent.at(-1)?.fields.size, 'm, l')
      }
    })
  }
})

describe('a field for several files that an answer does not print again', () => {
  const field = (attributes = '') => `<input type="file" name="files" multiple ${attributes}>`
  const kept = '<input type="hidden" name="sealform.kept.files" value="reference">'
  const files = ['a.txt', 'b.txt'].map((name) => ({
    name,
    mimeType: 'text/plain',
    buffer: Buffer.from(name),
  }))

  for (const [where, body] of [
    [
      'outside of the region',
      (inside: string) => region(form(`${inside}<button>Go</button>`)) + field('form="add"'),
    ],
    [
      'in what is to be kept',
      (inside: string) => region(form(`${inside}<p data-keep id="kept">${field()}</p><button>Go</button>`)),
    ],
  ] as const) {
    it(`is empty beside the files that the server has kept, ${where}`, async (t) => {
      const { page, sent } = await openSite(t, browser, {
        body: body(''),
        answer: () => ({ status: 422, html: body(`<p role="alert">No</p>${kept}`) }),
      })
      await page.locator('[type=file]').setInputFiles(files)
      await page.getByRole('button', { name: 'Go' }).click()
      await page.getByRole('alert').waitFor()
      await until(() => page.evaluate(`!document.querySelector('#add').ariaBusy`))
      await page.getByRole('button', { name: 'Go' }).click()
      await until(() => sent.length === 2)
      assert.deepEqual(
        sent.map(({ fields }) => [fields.files, fields['sealform.kept.files']]),
        [
          ['a.txt, b.txt', undefined],
          ['', 'reference'],
        ],
      )
    })

    it(`keeps the files that were chosen while the form was underway, ${where}`, async (t) => {
      const held = gate()
      const { page, sent } = await openSite(t, browser, {
        body: body(''),
        answer: async () => {
          await held.opened
          return { status: 422, html: body(`<p role="alert">No</p>${kept}`) }
        },
      })
      await page.locator('[type=file]').setInputFiles(files)
      await page.getByRole('button', { name: 'Go' }).click()
      await until(() => sent.length === 1)
      await page.locator('[type=file]').setInputFiles(files.slice(1))
      held.open()
      await page.getByRole('alert').waitFor()
      await until(() => page.evaluate(`!document.querySelector('#add').ariaBusy`))
      assert.deepEqual(
        await page.evaluate(`[...document.querySelector('[type=file]').files].map((file) => file.name)`),
        ['b.txt'],
      )
    })
  }
})
