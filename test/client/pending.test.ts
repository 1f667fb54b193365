import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser } from 'playwright-core'
import { openChromium } from '../browser/chromium.js'
import { until } from '../setup/patience.js'
import { form, gate, openSite, record, region } from './site.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

const fields = '<input name="title" id="title" value="Milk"><button id="save">Save</button>'

describe('while a submission is underway', () => {
  it('marks its form, its region and its button, shows the label of the button, and takes all of it back', async (t) => {
    const held = gate()
    const body = region(form('<input name="title"><button data-pending="Saving…"><b>Save</b></button>'))
    const { page } = await openSite(t, browser, {
      body,
      answer: async () => {
        await held.opened
        return { html: body }
      },
    })
    await page.getByRole('button').click()
    await page.locator('#add[aria-busy=true]').waitFor()
    assert.equal(await page.locator('#region').getAttribute('aria-busy'), 'true')
    assert.equal(await page.getByRole('button').getAttribute('aria-disabled'), 'true')
    assert.equal(await page.getByRole('button').textContent(), 'Saving…')
    assert.equal(await page.evaluate('document.activeElement.localName'), 'button')
    held.open()
    await page.locator('#add:not([aria-busy])').waitFor()
    assert.equal(await page.locator('[aria-busy], [aria-disabled]').count(), 0)
    assert.equal(await page.getByRole('button').innerHTML(), '<b>Save</b>')
  })

  it('shows the label of an input that is a button, and sends its own', async (t) => {
    const held = gate()
    const body = region(form('<input type="submit" name="go" value="Go" data-pending="Going…">'))
    const { page, sent } = await openSite(t, browser, {
      body,
      answer: async () => {
        await held.opened
        return { html: body }
      },
    })
    await page.getByRole('button').click()
    await page.locator('[value="Going…"]').waitFor()
    held.open()
    await page.locator('[value=Go]').waitFor()
    assert.equal(sent[0]?.fields.go, 'Go')
  })

  it('drops a second click', async (t) => {
    const held = gate()
    const body = region(form(fields))
    const { page, sent } = await openSite(t, browser, {
      body,
      answer: async () => {
        await held.opened
        return { html: body }
      },
    })
    await page.getByRole('button').dblclick()
    await page.getByRole('button').click({ force: true })
    await until(() => sent.length > 0)
    held.open()
    await page.locator('#add:not([aria-busy])').waitFor()
    await page.getByRole('button').click()
    await until(() => sent.length > 1)
    assert.equal(sent.length, 2)
  })

  it('queues what is sent meanwhile with its own fields and the seal of the answer', async (t) => {
    const held = gate()
    let made = 0
    const body = () => region(form(fields, 'data-order="queue"').replace('seal of add', `seal ${++made}`))
    const { page, sent } = await openSite(t, browser, {
      body,
      answer: async () => {
        await held.opened
        return { html: body() }
      },
    })
    for (const title of ['one', 'two', 'three']) {
      await page.locator('#title').fill(title)
      await page.locator('#save').click()
    }
    await until(() => sent.length > 0)
    assert.equal(sent.length, 1)
    held.open()
    await until(() => sent.length === 3)
    assert.deepEqual(
      sent.map((one) => [one.fields.title, one.fields.sealform]),
      [
        ['one', 'seal 1'],
        ['two', 'seal 2'],
        ['three', 'seal 3'],
      ],
    )
    await page.locator('#add:not([aria-busy])').waitFor()
  })

  it('sends what the button itself says, whatever its label is at the moment', async (t) => {
    const held = gate()
    const body = region(
      form('<button name="go" value="1" data-order="queue" data-pending="Wait">Go</button>', '', 'one') +
        form('<input type="submit" name="go" value="2" data-order="queue" data-pending="Wait">', '', 'two'),
    )
    const { page, sent } = await openSite(t, browser, {
      body,
      answer: async () => {
        await held.opened
        return { html: body }
      },
    })
    for (const id of ['#one', '#two']) {
      await page.locator(`${id} [name=go]`).click()
      await page.locator(`${id}[aria-busy=true]`).waitFor()
      await page.locator(`${id} [name=go]`).click()
    }
    held.open()
    await until(() => sent.length === 4)
    assert.deepEqual(sent.map(({ fields: { go } }) => go).sort(), ['1', '1', '2', '2'])
  })

  it('replaces a running one: its answer is not shown', async (t) => {
    const first = gate()
    const { page, sent } = await openSite(t, browser, {
      body: region(form(fields, 'data-order="replace"')),
      answer: async ({ fields: { title } }) => {
        if (title === 'one') await first.opened
        return { html: region(`<p>${title}</p>${form(fields, 'data-order="replace"')}`) }
      },
    })
    const seen = await record(page)
    await page.locator('#title').fill('one')
    await page.locator('#save').click()
    await until(() => sent.length === 1)
    await page.locator('#title').fill('two')
    await page.locator('#save').click()
    await page.getByText('two').waitFor()
    first.open()
    assert.equal(await page.locator('[aria-busy]').count(), 0)
    assert.deepEqual(await seen(), ['submit', 'submit', 'done 200', 'swap'])
  })

  it('changes nothing in the page when a press is dropped', async (t) => {
    const held = gate()
    const body = region(form('<button data-pending="Saving…">Save</button>'))
    const { page, sent } = await openSite(t, browser, {
      body,
      answer: async () => {
        await held.opened
        return { html: body }
      },
    })
    await page.getByRole('button').click()
    await page.getByText('Saving…').waitFor()
    await page.evaluate(`
      window.changes = 0
      new MutationObserver((changes) => { window.changes += changes.length })
        .observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
      document.querySelector('form').requestSubmit(document.querySelector('button'))`)
    assert.equal(
      await page.evaluate('new Promise((resolve) => setTimeout(() => resolve(window.changes)))'),
      0,
    )
    held.open()
    await page.locator('#add:not([aria-busy])').waitFor()
    assert.equal(sent.length, 1)
  })

  it('guards a form in no region against the second click, and shows that it is underway', async (t) => {
    const { page, sent } = await openSite(t, browser, {
      body: form('<button data-pending="Saving…">Save</button>'),
      files: {
        // The browser answers no questions while it loads a page, so the page itself presses again and remembers. When it is
        // left, the marks are taken back.
        '/extra.js': `
          const form = document.querySelector('form')
          new MutationObserver(() => {
            sessionStorage.shown ??= form.ariaBusy + ' ' + form.innerText
            form.requestSubmit(form.querySelector('button'))
          }).observe(form, { attributeFilter: ['aria-busy'] })`,
      },
      answer: () => ({ html: '<h1>Saved</h1>' }),
    })
    await page.locator('button').click()
    await page.getByRole('heading', { name: 'Saved' }).waitFor()
    assert.equal(await page.evaluate('sessionStorage.shown'), 'true Saving…')
    assert.equal(sent.length, 1)
    assert.equal(sent[0]?.headers['sealform-region'], undefined)
  })

  it('keeps the marks of one form when the answer to another replaces their region', async (t) => {
    const slow = gate()
    const rows = () =>
      region(
        ['a', 'b']
          .map((id) =>
            form(
              `<button data-pending="Wait">${id}</button><template data-optimistic><i>new ${id}</i></template>`,
              '',
              id,
            ),
          )
          .join(''),
      )
    const { page, sent } = await openSite(t, browser, {
      body: rows,
      answer: async ({ fields: sentFields }) => {
        if (sentFields['sealform.form'] === 'a') await slow.opened
        return { html: rows() }
      },
    })
    await page.locator('#a button').click()
    await page.getByText('new a').waitFor()
    await page.locator('#b button').click()
    await until(() => sent.length === 2)
    await page.locator('#b:not([aria-busy])').waitFor()
    assert.equal(await page.locator('#a[aria-busy=true] i').textContent(), 'new a')
    assert.equal(await page.locator('#a button').textContent(), 'Wait')
    slow.open()
    await page.locator('#a:not([aria-busy])').waitFor()
    assert.equal(await page.locator('i').count(), 0)
    assert.equal(await page.locator('#a button').textContent(), 'a')
  })
})

describe('a template for what is likely to come', () => {
  const list = (items: string) =>
    region(
      `<ul>${items}<template data-optimistic="add"><li><b data-value="title"></b> <span data-value="file"></span></li></template></ul>${form('<input id="title" name="title"><input type="file" name="file"><button>Add</button>')}`,
    )

  it('is shown at once with what was typed, as text, and gives way to the answer', async (t) => {
    const held = gate()
    const { page } = await openSite(t, browser, {
      body: list(''),
      answer: async () => {
        await held.opened
        return { html: list('<li id="item-1">Milk!</li>') }
      },
    })
    await page.locator('#title').fill('<i>Milk</i>')
    await page
      .locator('[type=file]')
      .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') })
    await page.locator('form > button').last().click()
    await page.getByText('<i>Milk</i> a.txt').waitFor()
    held.open()
    await page.getByText('Milk!').waitFor()
    assert.deepEqual(await page.locator('li').allTextContents(), ['Milk!'])
  })

  it('is taken back when the input is invalid, and when the connection is lost', async (t) => {
    let lost = false
    const { page } = await openSite(t, browser, {
      body: list(''),
      answer: () =>
        lost ? 'cut' : { status: 422, html: list('').replace('<ul>', '<p role="alert">Too short</p><ul>') },
    })
    await page.locator('#title').fill('M')
    await page.locator('form > button').last().click()
    await page.getByText('Too short').waitFor()
    assert.equal(await page.locator('li').count(), 0)
    lost = true
    await page.locator('#add > button').click()
    await page.getByText('Not sent.').waitFor()
    assert.equal(await page.locator('li').count(), 0)
  })
})
