import assert from 'node:assert/strict'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { createBrowser, type TestFile, type TestPage } from '../../lib/testing.js'
import { listen } from '../setup/koa-app.js'
import { launchChromium } from './chromium.js'
import { brokenForms, constrained, oddButtons, oddFiles, oddPage } from './odd-pages.js'
import { newVisitor } from './visit.js'

/** A request, in so far as both have to send the same. */
interface Sent {
  readonly line: string
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Its bytes as latin1, in pieces, so that a difference is easy to find. */
  readonly body: readonly string[]
}

interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly html?: string
}

let browser: Browser
let context: BrowserContext
let tab: Page
let origin: string
let requests: Sent[] = []
let answers: Readonly<Record<string, Answer>> = {}
const ends: (() => Promise<void>)[] = []

before(async () => {
  const port = await listen(createServer(record), (end) => ends.push(end))
  origin = `http://127.0.0.1:${port}`
  browser = await launchChromium()
  context = await newVisitor(browser)
  tab = await context.newPage()
})
after(async () => {
  await browser.close()
  for (const end of ends) await end()
})
beforeEach(() => context.clearCookies())

async function record(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const pieces: Buffer[] = []
  for await (const piece of req) pieces.push(piece)
  const { pathname } = new URL(req.url ?? '/', origin)
  if (pathname === '/favicon.ico') return void res.writeHead(404).end()
  requests.push({
    // supertest leaves out a question mark that nothing follows.
    line: `${req.method} ${req.url?.replace(/\?$/, '')}`,
    headers: compared(req.headers),
    body: withoutBoundary(Buffer.concat(pieces).toString('latin1')).split(/(?<=&|\r\n)/),
  })
  const { status = 200, headers = {}, html = 'received' } = answers[pathname] ?? {}
  res.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', ...headers }).end(html)
}

const names = [
  'origin',
  'referer',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-user',
  'sec-fetch-dest',
  'accept',
  'cache-control',
  'upgrade-insecure-requests',
  'content-length',
  'cookie',
]

function compared(headers: IncomingHttpHeaders): Sent['headers'] {
  const picked: Record<string, string | undefined> = {}
  for (const name of names) picked[name] = headers[name]?.toString().replace('image/jxl,', '')
  return { ...picked, 'content-type': withoutBoundary(headers['content-type'] ?? '') }
}

function withoutBoundary(text: string): string {
  return text.replace(/----WebKitFormBoundary[A-Za-z0-9]{16}/g, '----WebKitFormBoundary')
}

/** Lets Chromium and the client do the same, and compares what the server got of both. */
async function compare(
  pages: Readonly<Record<string, Answer>>,
  inChromium: (page: Page) => Promise<unknown>,
  inClient: (page: TestPage) => Promise<unknown>,
  start = '/',
): Promise<readonly Sent[]> {
  answers = pages
  requests = []
  await tab.goto('about:blank')
  await tab.goto(origin + start)
  await inChromium(tab)
  await tab.waitForLoadState('load')
  const expected = requests
  requests = []
  await inClient(await createBrowser(origin).visit(start))
  assert.deepEqual(requests, expected)
  return expected
}

/** The button with an id, pressed in both. */
function press(
  id: string,
  form = 'form',
): readonly [(page: Page) => Promise<unknown>, (page: TestPage) => Promise<unknown>] {
  const at = { x: 7, y: 9 }
  return [
    (page) =>
      load(page, () => page.locator(`[id="${id}"]`).click(id.endsWith('image') ? { position: at } : {})),
    (page) => page.form(form).submit(id, { at }),
  ]
}

function load(page: Page, act: () => Promise<unknown>): Promise<unknown> {
  return Promise.all([page.waitForEvent('load'), act()])
}

describe('what the client sends for a page of odd controls is what Chromium sends', () => {
  for (const [enctype, ids] of [
    ['multipart/form-data', oddButtons],
    ['application/x-www-form-urlencoded', ['named', 'input', 'image', 'get', 'outside']],
    // Not by "get": Chromium departs from the standard, which writes every form that is got as urlencoded.
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
    for (const id of ['named', 'multipart', 'plain', 'get']) {
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

  it('for forms that the parser takes apart', async () => {
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
      for (const enctype of ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']) {
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

describe('the client goes where Chromium goes, and says where it came from as Chromium does', () => {
  const form =
    '<form id="form" method="post"><input name="a" value="1"><button id="named" name="b">x</button></form>'

  it('under every referrer policy', async () => {
    for (const policy of [
      'no-referrer',
      'no-referrer-when-downgrade',
      'same-origin',
      'origin',
      'strict-origin',
      'origin-when-cross-origin',
      'strict-origin-when-cross-origin',
      'unsafe-url',
      'no-referrer, nonsense',
    ]) {
      await compare(
        { '/': { html: form, headers: { 'Referrer-Policy': policy } } },
        ...press('named'),
        '/?a=b#c',
      )
    }
    for (const html of [
      `<meta name="referrer" content="no-referrer">${form}`,
      `<meta name="referrer" content="nonsense">${form}`,
      form.replace('<form', '<form rel="noopener"'),
      `<meta name="Referrer" content="origin">${form}`,
    ]) {
      await compare({ '/': { html } }, ...press('named'))
    }
  })

  it('through redirects', async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      for (const headers of [{}, { 'Referrer-Policy': 'no-referrer' }]) {
        await compare(
          {
            '/': { html: form },
            '/one': { status, headers: { Location: 'two?x=1', ...headers } },
            '/two': { status: 302, headers: { Location: '/three/#part' } },
          },
          ...press('named'),
        )
        await compare(
          {
            '/': { html: form.replace('method', 'action="/one" method') },
            '/one': { status, headers: { Location: 'two?x=1', ...headers } },
            '/two': { status: 302, headers: { Location: '/three/#part' } },
          },
          ...press('named'),
        )
      }
    }
  })

  it('on a reload, whether the page came by GET or by POST', async () => {
    await compare(
      {},
      (page) => page.reload(),
      (page) => page.reload(),
      '/?typed',
    )
    for (const attributes of ['action="/one"', 'action="/two"']) {
      await compare(
        {
          '/': { html: form.replace('method', `${attributes} method`) },
          '/one': { status: 303, headers: { Location: '/three' } },
        },
        async (page) => {
          await press('named')[0](page)
          await page.reload()
        },
        async (page) => {
          const next = await page.form('form').submit('named')
          await next.reload()
        },
      )
    }
  })

  it('for links and bases', async () => {
    const html = `<base href="/deep/base/"><a href="sub?x=1#y">Relative</a> <a href="#part">Part</a> <a href="/?q#same">Same</a>
      <a href="/quiet" rel="noreferrer">Quiet</a> <a href="/policy" referrerpolicy="origin">Origin</a><a href=" /spaced ">Spaced</a>`
    for (const text of ['Relative', 'Part', 'Same', 'Quiet', 'Origin', 'Spaced']) {
      await compare(
        { '/': { html } },
        (page) => page.getByText(text, { exact: true }).click(),
        (page) => page.follow(text),
        '/?q',
      )
    }
    for (const action of ['', 'sub', '?x=1', '#x', '/abs?y#z', ' spaced ']) {
      const based = `<base href="/deep/base/?b">${form.replace('method', `action="${action}" method`)}`
      await compare({ '/page': { html: based } }, ...press('named'), '/page?q=1#hash')
    }
  })

  it('for forms that are got', async () => {
    for (const [attributes, controls] of [
      ['action="/search?old=1#part"', '<input name="q" value="a b&amp;c ü">'],
      ['', '<input type="file" name="f"><input name="q" value="1">'],
      ['action="/none"', ''],
      ['method="nonsense" enctype="multipart/form-data"', '<input name="q" value="1">'],
    ] as const) {
      const html = `<meta charset="utf-8"><form id="form" ${attributes}>${controls}<button id="named">x</button></form>`
      await compare({ '/': { html } }, ...press('named'), '/?page=1#hash')
    }
  })

  it('with the cookies that Chromium keeps', async () => {
    const lines = [
      'plain=1',
      'path=1; Path=/deep',
      'slash=1; Path=/deep/',
      'other=1; Path=/dee',
      'secure=1; Secure',
      'aged=1; Max-Age=60',
      'gone=1; Max-Age=0',
      'past=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
      'both=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60',
      'domain=1; Domain=127.0.0.1',
      'foreign=1; Domain=example.com',
      'strict=1; SameSite=Strict; HttpOnly',
      '__Host-a=1; Secure; Path=/',
      '__Host-b=1; Secure',
      '__Secure-c=1',
      'quoted="a b"',
      'empty=',
      'plain=2',
      'spaces =  3  ',
    ]
    await compare(
      {
        '/deep/page': {
          html: '<a href="/deep/next">Next</a> <a href="/deeper">Deeper</a> <a href="/deep">Up</a>',
        },
        '/': { html: '<a href="/set">Set</a>' },
        '/set': { status: 302, headers: { Location: '/deep/page', 'Set-Cookie': lines as never } },
      },
      async (page) => {
        await load(page, () => page.getByText('Set').click())
        for (const text of ['Next', 'Deeper', 'Up']) {
          await load(page, () => page.getByText(text, { exact: true }).click())
          await page.goBack()
        }
      },
      async (page) => {
        const set = await page.follow('Set')
        for (const text of ['Next', 'Deeper', 'Up']) await set.follow(text)
      },
    )
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
    answers = { '/': { html: constrained } }
    const form = (await createBrowser(origin).visit('/')).form('form')
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
