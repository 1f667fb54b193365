import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { openChromium } from '../browser/chromium.js'
import { until } from '../setup/patience.js'
import { provesInFull } from '../setup/proofs.js'
import { form, openSite, region } from './site.js'

/** Of one page, after which its memory is looked at. */
const answers = provesInFull ? 1000 : 400

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

/** Each page has new seals, so that no row is what it was. */
let pages = 0
const row = (id: number | string) =>
  `<li id="row-${id}">${form(`<input id="edit-${id}" name="edit" value="${id}"><button>Save ${id}</button>`, '', `form-${id}`).replace('seal of', `seal ${pages++} of`)}</li>`
const rows = (ids: readonly (number | string)[], extra = '') =>
  region(`<ul>${ids.map(row).join('\n')}</ul>${extra}${form('<button id="go">Go</button>')}`)

/** Remembers elements, to see later whether they are the same. */
const remember = (page: Page, ...selectors: string[]) =>
  page.evaluate(`for (const each of ${JSON.stringify(selectors)}) document.querySelector(each).mark = each`)
const remembers = (page: Page, ...selectors: string[]) =>
  page.evaluate(`${JSON.stringify(selectors)}.map((each) => document.querySelector(each)?.mark === each)`)

/** Presses "Go" and waits for the answer. */
async function go(page: Page): Promise<void> {
  await page.evaluate(`new Promise((resolve) => {
    addEventListener('sealform:swap', () => setTimeout(resolve), { once: true })
    document.querySelector('#add').requestSubmit()
  })`)
}

describe('a region that is replaced', () => {
  it('keeps rows, typed text, focus and selection when rows come, go and change places', async (t) => {
    let ids: number[] = [1, 2, 3, 4]
    const { page } = await openSite(t, browser, {
      body: () => rows(ids),
      answer: () => ({ html: rows(ids) }),
    })
    await page.locator('#edit-3').fill('typed in 3')
    await page.evaluate('document.querySelector("#edit-3").setSelectionRange(2, 5)')
    await remember(page, '#row-3', '#edit-3', '#row-4')
    for (const next of [
      [2, 3, 4],
      [9, 2, 3, 4],
      [4, 3, 9],
      [3, 4],
    ]) {
      ids = next
      await go(page)
      assert.deepEqual(
        await page
          .locator('li')
          .evaluateAll((rows: { readonly id: string }[]) => rows.map((row) => Number(row.id.slice(4)))),
        ids,
      )
      assert.deepEqual(await remembers(page, '#row-3', '#edit-3', '#row-4'), [true, true, true])
      assert.equal(await page.locator('#edit-3').inputValue(), 'typed in 3')
      assert.deepEqual(
        await page.evaluate(
          '[document.activeElement.id, document.activeElement.selectionStart, document.activeElement.selectionEnd]',
        ),
        ['edit-3', 2, 5],
      )
    }
    assert.equal(await page.locator('#edit-4').inputValue(), '4')
  })

  it('keeps rows without ids of their own by the ids of their forms', async (t) => {
    const plain = (ids: number[]) => rows(ids).replace(/<li id="row-\d+">/g, '<li>')
    let ids = [1, 2, 3]
    const { page } = await openSite(t, browser, {
      body: () => plain(ids),
      answer: () => ({ html: plain(ids) }),
    })
    await page.locator('#edit-2').fill('typed')
    await remember(page, 'li:nth-child(2)')
    ids = [2, 3]
    await go(page)
    assert.equal(await page.evaluate('document.querySelector("li").mark'), 'li:nth-child(2)')
    assert.equal(await page.locator('#edit-2').inputValue(), 'typed')
    assert.equal(await page.locator('#edit-3').inputValue(), '3')
  })

  it('keeps open details, chosen files and frames when a summary comes before them', async (t) => {
    let summary = ''
    const body = () =>
      region(
        `${summary}<details><summary>More</summary>text</details><iframe id="frame" src="/frame"></iframe>
         ${form('<input type="file" id="file" name="file">', '', 'upload')}${form('<button>Go</button>')}`,
      )
    let frames = 0
    const { page } = await openSite(t, browser, {
      body,
      files: { '/frame': '<p>Frame</p>' },
      answer: () => ({ status: 422, html: body() }),
    })
    page.on('response', (response) => {
      if (response.url().endsWith('/frame')) frames++
    })
    await page
      .locator('#file')
      .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') })
    await page.locator('details').evaluate((each: { open: boolean }) => {
      each.open = true
    })
    await page.frames()[1]?.evaluate('window.mark = 1')
    summary = '<div id="summary" role="alert" tabindex="-1" autofocus>There is a problem</div>'
    await go(page)
    await page.locator('#summary:focus').waitFor()
    assert.equal(await page.locator('details').getAttribute('open'), '')
    assert.equal(
      await page
        .locator('#file')
        .evaluate((each: { readonly files: readonly { readonly name: string }[] }) => each.files[0]?.name),
      'a.txt',
    )
    assert.equal(await page.frames()[1]?.evaluate('window.mark'), 1)
    assert.equal(frames, 0)
  })

  it('leaves an element with data-keep as it is', async (t) => {
    let count = 0
    const body = () =>
      region(`<p id="map" data-keep>${++count}</p><b>${count}</b>${form('<button>Go</button>')}`)
    const { page } = await openSite(t, browser, { body, answer: () => ({ html: body() }) })
    await page.locator('#map').evaluate((each: { textContent: string }) => {
      each.textContent = 'made by a script'
    })
    await go(page)
    assert.equal(await page.locator('#map').textContent(), 'made by a script')
    assert.equal(await page.locator('b').textContent(), '2')
  })

  it('leaves the content and the attributes that a custom element has made, and gives it new attributes', async (t) => {
    let value = 1
    const body = () =>
      region(
        `<x-counter value="${value}"></x-counter>${form('<x-field name="own" id="own"></x-field><button>Go</button>')}`,
      )
    const { page, sent } = await openSite(t, browser, {
      body,
      answer: () => ({ html: body() }),
      files: {
        '/extra.js': `
          customElements.define('x-counter', class extends HTMLElement {
            static observedAttributes = ['value']
            connectedCallback() { this.setAttribute('ready', ''); this.attributeChangedCallback() }
            attributeChangedCallback() { this.textContent = 'value ' + this.getAttribute('value') }
          })
          customElements.define('x-field', class extends HTMLElement {
            static formAssociated = true
            internals = this.attachInternals()
            connectedCallback() { this.value = 'from the element' }
            set value(text) { this.internals.setFormValue(text) }
          })`,
      },
    })
    await page.getByText('value 1').waitFor()
    value = 2
    await go(page)
    assert.equal(await page.locator('x-counter').textContent(), 'value 2')
    assert.equal(await page.locator('x-counter').getAttribute('ready'), '')
    assert.equal(sent[0]?.fields.own, 'from the element')
  })

  it('is a form of odd names: controls called id, method, action, name, children and reset hide nothing', async (t) => {
    const body = region(
      form(
        '<input name="id" value="7"><input name="method"><input name="action"><input name="name"><input name="reset"><input name="target"><input name="children"><button>Go</button>',
      ),
    )
    const { page, sent } = await openSite(t, browser, { body, answer: () => ({ html: body }) })
    await remember(page, 'form')
    await page.locator('[name=method]').fill('typed')
    await page.getByRole('button').click()
    await until(() => sent.length === 1)
    await page.locator('#add:not([aria-busy])').waitFor()
    assert.deepEqual(await remembers(page, 'form'), [true])
    assert.equal(sent[0]?.fields.id, '7')
    await until(async () => (await page.locator('[name=method]').inputValue()) === '')
  })

  it('has forms with controls called matches, closest, elements and the like, and is replaced all the same', async (t) => {
    const names = 'matches closest elements contains append submit dispatchEvent requestSubmit querySelector'
    const controls = names.split(' ').map((name) => `<input name="${name}">`)
    const body = (text: string) =>
      region(
        `<b>${text}</b>${form(controls.join(''), '', 'other')}${form('<input name="matches" id="place"><button id="go">Go</button>')}`,
      ).replaceAll('seal of', `${text} seal of`)
    const { page, sent } = await openSite(t, browser, {
      body: body('old'),
      answer: () => ({ html: body('new') }),
    })
    await remember(page, '#other', '#add')
    // Playwright itself calls these methods.
    const fields = "[...document.querySelectorAll('#other [name]:not([type])')]"
    await page.evaluate(`for (const each of ${fields}) each.value = 'typed in ' + each.name`)
    await page.locator('#place').fill('sent')
    await page.locator('#go').click()
    await page.locator('b', { hasText: 'new' }).waitFor()
    await until(async () => (await page.locator('#place').inputValue()) === '')
    assert.equal(sent[0]?.fields.matches, 'sent')
    assert.deepEqual(await remembers(page, '#other', '#add'), [true, true])
    assert.deepEqual(
      await page.evaluate(`${fields}.map((each) => each.value)`),
      names.split(' ').map((name) => `typed in ${name}`),
    )
  })

  it('loses a form with a button called remove', async (t) => {
    const forms = (...ids: readonly string[]) =>
      region(
        ids.map((id) => form(`<button name="remove" id="remove-${id}">Remove</button>`, '', id)).join(''),
      )
    const { page } = await openSite(t, browser, {
      body: forms('a', 'b', 'c'),
      answer: () => ({ html: forms('b', 'c') }),
    })
    await page.locator('#remove-a').click()
    await page.locator('#a').waitFor({ state: 'detached' })
    assert.equal(await page.locator('form').count(), 2)
  })

  it(`of 1000 rows takes a moment, and ${answers} answers take no memory`, async (t) => {
    const many = Array.from({ length: 1000 }, (_, i) => i)
    let ids = many
    const { page } = await openSite(t, browser, {
      body: () => rows(ids),
      answer: () => ({ html: rows(ids) }),
    })
    await page.locator('#edit-500').fill('typed')
    ids = [-1, ...many.filter((i) => i !== 10), 2000]
    await go(page)
    assert.equal(await page.locator('li').count(), 1001)
    assert.equal(await page.locator('#edit-500').inputValue(), 'typed')
    const milliseconds = await page.evaluate<number>(`new Promise((resolve) => {
      const before = performance.now()
      addEventListener('sealform:swap', () => { const begin = performance.now(); setTimeout(() => resolve(performance.now() - begin)) }, { once: true })
      document.querySelector('#add').requestSubmit()
    })`)
    t.diagnostic(`morph of 1001 rows: ${Math.round(milliseconds)} ms`)
    assert.ok(milliseconds < 10_000, `${milliseconds} ms`)

    ids = [1, 2, 3]
    await go(page)
    const session = await page.context().newCDPSession(page)
    const heap = async () => {
      await session.send('HeapProfiler.collectGarbage')
      const { usedSize } = await session.send('Runtime.getHeapUsage')
      return usedSize
    }
    const swaps = (count: number) =>
      page.evaluate(`(async () => {
        for (let i = 0; i < ${count}; i++) await new Promise((resolve) => {
          addEventListener('sealform:swap', () => setTimeout(resolve), { once: true })
          document.querySelector('#add').requestSubmit()
        })
      })()`)
    await swaps(100)
    const early = await heap()
    await swaps(answers - 100)
    const late = await heap()
    t.diagnostic(`heap after 100 and after ${answers} answers: ${early}, ${late} bytes`)
    assert.ok(late - early < answers * 300, `${early} to ${late} bytes`)
    const { nodes } = await session.send('Memory.getDOMCounters')
    assert.ok(nodes < 20_000, `${nodes} nodes`)
  })
})
