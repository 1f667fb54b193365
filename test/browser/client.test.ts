import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TestFile } from '../../lib/testing/testing.js'
import { provesInFull } from '../setup/proofs.js'
import { browser, compare, formIn, load, press } from './both.js'
import { brokenForms, constrained, oddButtons, oddFiles, oddPage } from './odd-pages.js'
import { newVisitor } from './visit.js'

const enctypes = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'] as const

describe('what the client sends for a page of odd controls is what Chromium sends', () => {
  for (const [enctype, ids] of [
    ['multipart/form-data', oddButtons],
    ['application/x-www-form-urlencoded', ['named', 'input', 'image', 'get', 'outside']],
    // Not with "get": there Chromium departs from the standard, which encodes such forms as urlencoded.
    ['text/plain', ['named', 'image', 'multipart']],
  ] as const) {
    it(`as ${enctype}`, async () => {
      for (const id of ids) {
        const sent = await compare({ '/': { html: oddPage(enctype) } }, ...press(id))
        assert.equal(sent.length, 2, id)
      }
    })
  }
})

describe('the client sends what Chromium sends', () => {
  it('for what a person has filled in', async () => {
    // One button for each encoding, and in full one more that asks for the encoding of its form.
    for (const id of ['named', 'plain', 'get', ...(provesInFull ? ['multipart'] : [])]) {
      const [inChromium, inClient] = press(id)
      await compare(
        { '/': { html: oddPage('multipart/form-data') } },
        async (page) => {
          const named = (name: string) => page.locator(`#form [name="${name}"]`)
          await named('plain').fill(' “quoted” "text" + & = % 👩‍👩‍👧‍👦 ')
          await named('area').fill('\nfirst\r\nsecond\n')
          await named('same').nth(0).fill('one')
          await named('same').nth(1).fill('')
          await named('box').nth(0).uncheck()
          await named('box').nth(1).check()
          await named('valueless').uncheck()
          await named('plan').nth(2).check()
          await named('first').selectOption('3')
          await named('many').selectOption(['one', '3'])
          await named('number').fill('-0.5')
          await named('date').fill('2027-01-31')
          await named('moment').fill('2027-01-31T23:59')
          await named('color').fill('#00ff00')
          await named('range').fill('73')
          await named('auto').fill('abc שלום')
          await named('email').fill('x@y.example')
          await named('file').setInputFiles(upload(oddFiles[0]))
          await named('files').setInputFiles(oddFiles.map(upload))
          await inChromium(page)
        },
        async (page) => {
          page.form('form').fill({
            plain: ' “quoted” "text" + & = % 👩‍👩‍👧‍👦 ',
            area: '\nfirst\r\nsecond\n',
            same: ['one', ''],
            box: '2',
            valueless: false,
            plan: 'c',
            first: '3',
            many: ['one', '3'],
            number: -0.5,
            date: '2027-01-31',
            moment: '2027-01-31T23:59',
            color: '#00FF00',
            range: 73,
            auto: 'abc שלום',
            email: 'x@y.example',
            file: oddFiles[0],
            files: oddFiles,
          })
          await inClient(page)
        },
      )
    }
  })

  it('for forms that the HTML parser splits', async () => {
    for (const [id, form] of [
      ['after', 'form'],
      ['open-button', 'open'],
      ['second', 'two'],
    ] as const) {
      await compare({ '/': { html: brokenForms } }, ...press(id, form))
    }
  })

  it('for the Enter key', async () => {
    for (const html of [
      '<form id="form" method="post"><input name="a"><button disabled form="x" name="b">No</button><button type="button">No</button><input type="submit" name="c" value="1"></form>',
      '<form id="form" method="post"><input name="a"><input type="image" name="b" alt=""><button name="c">No</button></form>',
      '<form id="form" method="post"><input name="a"><input type="checkbox" name="b" checked><textarea name="c"></textarea></form>',
      '<button form="form" name="early" value="1">x</button><form id="form" method="post"><input name="a"><button name="late">x</button></form>',
    ]) {
      await compare(
        { '/': { html } },
        (page) => load(page, () => page.locator('[name="a"]').press('Enter')),
        (page) => page.form('form').submit(),
      )
    }
  })

  it('in the encoding of the page, and in the one that the form accepts', async () => {
    const text = 'Größe – “x” € 山 \u{1f600}'
    const control =
      '<input type="hidden" name="_charset_"><input name="größe"><button id="named" name="b">x</button>'
    for (const [charset, attributes] of [
      ['windows-1252', ''],
      ['iso-8859-1', ''],
      ['iso-8859-2', ''],
      ['koi8-r', ''],
      ['windows-1252', 'accept-charset="utf-8"'],
      ['utf-8', 'accept-charset="nonsense ISO-8859-15 utf-8"'],
      ['utf-8', 'accept-charset="nonsense"'],
    ] as const) {
      // How a text becomes bytes does not depend on the way in which the bytes are sent, so one encoding shows all ways.
      const every = provesInFull || (charset === 'koi8-r' && attributes === '')
      for (const enctype of every ? enctypes : enctypes.slice(0, 1)) {
        const html = `<meta charset="${charset}"><form id="form" method="post" enctype="${enctype}" ${attributes}>${control}</form>`
        const name = charset.startsWith('koi8') ? 'gr\u0446\u044Ae' : undefined
        await compare(
          { '/': { html: html.replace('größe', 'groesse'), headers: { 'Content-Type': 'text/html' } } },
          async (page) => {
            await page.locator('[name="groesse"]').fill(text + (name ?? ''))
            await press('named')[0](page)
          },
          (page) =>
            page
              .form('form')
              .fill({ groesse: text + (name ?? '') })
              .submit('named'),
        )
      }
    }
  })
})

describe('the client refuses what Chromium refuses', () => {
  it('of a page of constraints', async () => {
    const scripted = await newVisitor(browser, { javaScriptEnabled: true })
    const page = await scripted.newPage()
    await page.setContent(constrained)
    const refused = `[...document.forms[0].elements].filter((one) => one.willValidate && !one.validity.valid).map((one) => one.name)`
    const expected = new Set(await page.evaluate<string[]>(refused))
    await scripted.close()
    const form = await formIn(constrained)
    const { message } = await form.submit().then(
      () => assert.fail('it was sent'),
      (error: Error) => error,
    )
    const named = [...message.matchAll(/"([\w-]+)" (?:is|has|does)/g)].map(([, name]) => name ?? '')
    assert.deepEqual(named, [...expected])
    assert.ok(
      [...expected].every((name) => name.startsWith('bad')),
      [...expected].join(),
    )
    const inSource = [...constrained.matchAll(/name="(bad[^"]*)"/g)].map(([, name]) => name ?? '')
    assert.deepEqual(new Set(inSource), expected)
  })
})

function upload({ name, type = '', content }: TestFile) {
  return { name, mimeType: type, buffer: Buffer.from(content) }
}
