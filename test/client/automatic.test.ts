import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser } from 'playwright-core'
import { openChromium } from '../browser/chromium.js'
import { until } from '../setup/patience.js'
import { form, gate, openSite, region } from './site.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

const draft = (attributes: string, controls = '<input id="text" name="text" autofocus>') =>
  region(`<p role="status"></p>${form(controls, attributes)}`)

describe('a form that sends itself', () => {
  it('waits for a pause, sends what was typed by then, and leaves focus and caret where they are', async (t) => {
    const { page, sent } = await openSite(t, browser, {
      body: draft('data-submit-on="input" data-delay="700"'),
      answer: ({ fields }) => ({
        html: region(
          `<h2 tabindex="-1" autofocus>Saved ${fields.text}</h2>${form(`<input id="text" name="text" value="${fields.text}">`, 'data-submit-on="input" data-delay="700"')}`,
        ),
      }),
    })
    await page.clock.install({ time: 0 })
    await page.clock.pauseAt(60_000)
    for (const key of 'abc') {
      await page.clock.fastForward(699)
      await page.locator('#text').press(key)
    }
    await page.keyboard.press('ArrowLeft')
    await page.clock.fastForward(699)
    await page.evaluate('fetch("/")')
    assert.equal(sent.length, 0)
    await page.clock.fastForward(1)
    await page.getByText('Saved abc').waitFor()
    assert.equal(sent.length, 1)
    assert.deepEqual(
      await page.evaluate('[document.activeElement.id, document.activeElement.selectionStart]'),
      ['text', 2],
    )
    await page.keyboard.type('x')
    await page.clock.fastForward(700)
    await page.getByText('Saved abxc').waitFor()
    assert.equal(await page.locator('#text').inputValue(), 'abxc')
    await page.context().close()
  })

  it('leaves focus and caret when Enter sends it, for it has no button', async (t) => {
    const { page, sent } = await openSite(t, browser, {
      body: draft('data-submit-on="input" data-delay="60000"'),
      answer: ({ fields }) => ({
        html: region(
          `<h2 tabindex="-1" autofocus>Saved ${fields.text}</h2>${form(`<input id="text" name="text" value="${fields.text}">`)}`,
        ),
      }),
    })
    await page.locator('#text').pressSequentially('abc')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Enter')
    await page.getByText('Saved abc').waitFor()
    await page.keyboard.type('x')
    assert.equal(await page.locator('#text').inputValue(), 'abxc')
    assert.equal(sent.length, 1)
  })

  it('does not send while a text is being composed', async (t) => {
    const { page, sent } = await openSite(t, browser, {
      body: draft('data-submit-on="input" data-delay="50"'),
    })
    const session = await page.context().newCDPSession(page)
    await page.locator('#text').focus()
    await session.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 })
    await session.send('Input.imeSetComposition', { text: 'にほ', selectionStart: 2, selectionEnd: 2 })
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 200))')
    assert.equal(sent.length, 0)
    await session.send('Input.insertText', { text: '日本' })
    await until(() => sent.length === 1)
    assert.equal(sent[0]?.fields.text, '日本')
  })

  it('sends on change what is chosen, and not what is typed', async (t) => {
    const { page, sent } = await openSite(t, browser, {
      body: draft(
        'data-submit-on="change" data-delay="0"',
        '<input id="text" name="text"><select name="list" id="list"><option>a<option>b</select>',
      ),
    })
    await page.locator('#text').pressSequentially('abc')
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 100))')
    assert.equal(sent.length, 0)
    await page.locator('#list').selectOption('b')
    await until(() => sent.length > 0)
    assert.equal(sent.at(-1)?.fields.list, 'b')
  })

  it('sends what is typed while it is underway after the answer', async (t) => {
    const held = gate()
    const { page, sent } = await openSite(t, browser, {
      body: draft('data-submit-on="input" data-delay="20"'),
      answer: async () => {
        await held.opened
        return { status: 204 }
      },
    })
    await page.locator('#text').pressSequentially('a')
    await until(() => sent.length === 1)
    await page.locator('#text').pressSequentially('b')
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 100))')
    assert.equal(sent.length, 1)
    held.open()
    await until(() => sent.length === 2)
    assert.equal(sent[1]?.fields.text, 'ab')
  })

  it('does not complain about what is half typed, and sends it with novalidate', async (t) => {
    for (const [attributes, expected] of [
      ['', ['a@b']],
      ['novalidate', ['a@', 'a@b']],
    ] as const) {
      const { page, sent } = await openSite(t, browser, {
        body: draft(
          `data-submit-on="input" data-delay="20" ${attributes}`,
          '<input id="text" name="text" type="email">',
        ),
      })
      await page.locator('#text').fill('a@')
      await page.evaluate('new Promise((resolve) => setTimeout(resolve, 100))')
      await page.locator('#text').fill('a@b')
      await until(() => sent.length === expected.length)
      assert.deepEqual(
        sent.map(({ fields }) => fields.text),
        expected,
      )
    }
  })

  it('has a timer of its own, which pressing the button ends', async (t) => {
    const { page, sent } = await openSite(t, browser, {
      body: region(
        form(
          '<input id="a" name="text"><button id="go">Go</button>',
          'data-submit-on="input" data-delay="60000"',
          'one',
        ) + form('<input id="b" name="text">', 'data-submit-on="input" data-delay="100"', 'two'),
      ),
    })
    await page.clock.install()
    await page.locator('#a').fill('first')
    await page.locator('#b').fill('second')
    await page.locator('#go').click()
    await until(() => sent.length === 2)
    await page.clock.fastForward(61_000)
    await page.evaluate('fetch("/")')
    assert.deepEqual(sent.map(({ fields }) => fields.text).sort(), ['first', 'second'])
    await page.context().close()
  })
})
