import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { flash, redirect } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { SafeHtml } from '../../views/safe-html.js'
import { type Framework, frameworks, type View } from './frameworks.js'
import { openSite, type SiteOptions } from './site.js'

for (const framework of frameworks) {
  describe(`a part that is loaded after its page on ${framework.name}`, () => cases(framework))
}

/** How the libraries ask for a part of a page that a link or a timer loads. */
const asking: readonly Readonly<Record<string, string>>[] = [
  { 'Sealform-Region': 'side' },
  { 'Turbo-Frame': 'side' },
  { 'HX-Request': 'true', 'HX-Target': 'side' },
  { 'HX-Request': 'true', 'HX-Source': 'div#side', 'HX-Target': 'div#side' },
  { 'X-Up-Version': '3.14.3', 'X-Up-Target': '#side', 'X-Up-Mode': 'root' },
]

const news = (view: View) =>
  view.region('news', () => html`<p id="news">${String(view.forms.flash ?? 'no news')}</p>`, { always: true })

const pages: NonNullable<SiteOptions['pages']> = {
  '/page': (view, act) => {
    const form = view.form(act)
    return {
      html: html`${news(view)}${view.region('box', html`<div id="box"><form ${form.attributes}>${form.fields}</form></div>`)}`,
    }
  },
  '/side': (view) => ({
    html: html`${news(view)}${view.region('side', html`<turbo-frame id="side">side</turbo-frame>`)}${view.region('cart', html`<p id="cart">cart</p>`, { always: true })}`,
  }),
}

function cases(framework: Framework): void {
  it('tells Unpoly the title of the page, which it takes from whole pages only', async (t) => {
    const titles: readonly (readonly [string, string | undefined])[] = [
      ['<title>Page 2</title>', '"Page 2"'],
      [
        '<title lang="de">Aufträge &amp; &quot;Mehr&quot; &#39;&#x1F600;&unknown;</title >',
        '"Auftr\\u00e4ge & \\"Mehr\\" \'\\ud83d\\ude00&unknown;"',
      ],
      ['<title>a\r\nX-Injected: 1</title>', '"a\\r\\nX-Injected: 1"'],
      [`<title>${'long'.repeat(1000)}</title>`, undefined],
      ['<title> </title>', undefined],
      ['', undefined],
    ]
    for (const [title, told] of titles) {
      const site = await openSite(t, framework, {
        pages: {
          '/titled': (view) => ({
            html: html`${new SafeHtml(title)}${view.region('side', html`<p id="side"></p>`)}`,
          }),
        },
      })
      const answer = await site.request.get('/titled').set('X-Up-Target', '#side')
      assert.equal(answer.status, 200)
      assert.equal(answer.headers['x-up-title'], told)
      if (told !== undefined)
        assert.match(JSON.parse(told), /^(Page 2|Aufträge & "Mehr" '😀&unknown;|a\r\nX-Injected: 1)$/)
    }
  })

  it('leaves the title to the app where it has told Unpoly one itself', async (t) => {
    const site = await openSite(t, framework, {
      pages: {
        '/titled': (view) => ({
          headers: { 'X-Up-Title': 'false' },
          html: html`<title>Page 2</title>${view.region('side', html`<p id="side"></p>`)}`,
        }),
      },
    })
    const answer = await site.request.get('/titled').set('X-Up-Target', '#side')
    assert.match(answer.text, /^<title>Page 2<\/title><p .*id="side"/)
    assert.equal(answer.headers['x-up-title'], 'false')
  })

  it('leaves the message alone that the page has shown, and brings everything else', async (t) => {
    const site = await openSite(t, framework, { pages })
    for (const headers of asking) {
      const { text, headers: got } = await site.request.get('/side').set(headers)
      assert.match(text, /side<.*id="cart"/s, JSON.stringify(headers))
      assert.doesNotMatch(text, /news/, JSON.stringify(headers))
      assert.doesNotMatch(String(got['x-up-target']), /news/)
    }
    const asked = await site.request.get('/side').set('Sealform-Region', 'news')
    assert.match(asked.text, /no news/)
  })

  it('leaves it alone in a part that is fetched ahead of a click, and leaves the one that waits', async (t) => {
    const site = await openSite(t, framework, { pages, run: () => flash('News', '/side') })
    const waiting = String((await site.submit()).headers['set-cookie']).split(';', 1)[0]!
    for (const headers of asking) {
      for (const Cookie of ['other=1', waiting]) {
        const early = { ...headers, Cookie, 'Sec-Purpose': 'prefetch' }
        const { text, headers: got } = await site.request.get('/side').set(early)
        assert.match(text, /side<.*id="cart"/s, JSON.stringify(early))
        assert.doesNotMatch(text, /news/i, JSON.stringify(early))
        assert.doesNotMatch(String(got['x-up-target']), /news/)
        assert.equal(got['set-cookie'], undefined)
      }
    }
  })

  it('brings a message that waits, once', async (t) => {
    const site = await openSite(t, framework, { pages, run: () => flash('News', '/side') })
    for (const headers of asking) {
      const sent = await site.submit()
      const Cookie = String(sent.headers['set-cookie']).split(';', 1)[0]!
      const { text, headers: got } = await site.request.get('/side').set({ Cookie, ...headers })
      assert.match(text, />News</, JSON.stringify(headers))
      assert.match(String(got['set-cookie']), /^sealform\.flash=; Max-Age=0/)
    }
  })

  it('leaves a message that waits to the page that is opened', async (t) => {
    const site = await openSite(t, framework, { pages, run: () => flash('News', '/side') })
    const Cookie = String((await site.submit()).headers['set-cookie']).split(';', 1)[0]!
    for (const early of [
      { 'Sec-Purpose': 'prefetch' },
      { 'Sec-Purpose': 'prefetch;prerender' },
      { 'X-Sec-Purpose': 'prefetch' },
      { Purpose: 'prefetch' },
      { 'HX-Preloaded': 'true', 'HX-Request': 'true', 'HX-Target': 'side' },
      { 'X-Sec-Purpose': 'prefetch', 'Turbo-Frame': 'side' },
    ] as Readonly<Record<string, string>>[]) {
      const { text, headers } = await site.request.get('/side').set({ Cookie, ...early })
      assert.doesNotMatch(text, />News</, JSON.stringify(early))
      assert.equal(headers['set-cookie'], undefined)
    }
    const opened = await site.request.get('/side').set({ Cookie, 'Sec-Purpose': 'other' })
    assert.match(opened.text, />News</)
    assert.match(String(opened.headers['set-cookie']), /^sealform\.flash=; Max-Age=0/)
  })

  it('takes an old message away in the answer to a form', async (t) => {
    const site = await openSite(t, framework, { pages, run: () => redirect('/page') })
    for (const headers of asking) {
      const own = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, value.replace('side', 'box')]),
      )
      const { text } = await site.submit({}, { headers: own })
      assert.match(text, /no news/, JSON.stringify(headers))
    }
  })
}
