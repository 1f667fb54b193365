import { describe, it } from 'node:test'
import { compare, load, press } from './both.js'

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

  it('for forms with method get', async () => {
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
        '/set': { status: 302, headers: { Location: '/deep/page', 'Set-Cookie': lines } },
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
