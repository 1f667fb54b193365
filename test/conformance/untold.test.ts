import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { forbidden, invalid } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { eachKind, type Framework } from './frameworks.js'
import { openSite } from './site.js'

for (const framework of eachKind) {
  describe(`what a page does not say on ${framework.name}`, () => cases(framework))
}

const ownPage = /<title>Own page<\/title>/
const head = html`<!doctype html><html lang="en"><title>Own page</title><h1>Größe</h1>`
/** One of the field on the page, one of a field that it has not got, and one of the form. */
const threeIssues = () => invalid({ text: 'Too <short>', list: 'No such list', '': 'Not today' })

function cases(framework: Framework): void {
  it('is inserted into a form that shows neither summary nor issue', async (t) => {
    const site = await openSite(t, framework, {
      run: threeIssues,
      pages: {
        '/bare': (view, act) => {
          const form = view.form(act)
          return {
            html: html`${head}<form ${form.attributes}>${form.fields}<input ${form.input('text')}></form>`,
          }
        },
      },
    })
    const { status, text, headers } = await site.submit({ text: 'Grüße' }, { path: '/bare' })
    assert.equal(status, 422)
    assert.match(text, ownPage)
    assert.match(text, /value="Grüße"/)
    for (const words of [/Too &lt;short&gt;/g, /No such list/g, /Not today/g]) {
      assert.equal(text.match(words)?.length, 1, String(words))
    }
    assert.match(text, /<li id="act-text-issue"><a href="#act-text">Too &lt;short&gt;<\/a><\/li>/)
    assert.match(text, /<li>No such list<\/li>/, 'no link to a control that is not there')
    assert.match(text, /aria-describedby="act-text-issue"/)
    assert.match(text, /<h2 id="act-summary-title">There is a problem<\/h2>/)
    assert.equal(headers['content-length'], String(Buffer.byteLength(text)))
    assert.equal(headers['content-type'], 'text/html; charset=utf-8')
    const again = await site.request
      .post('/bare')
      .set(fromSamePage)
      .send(urlencoded(formIn(text, 'act').fields))
    assert.equal(again.status, 422, 'the form can be sent again')
    assert.deepEqual(site.runs, ['b1', 'b1'])
  })

  it('is said in general words where a message is empty', async (t) => {
    const cases: readonly (() => unknown)[] = [
      () => invalid(''),
      () => invalid(' \n'),
      () => invalid([{ name: '', message: '' }]),
      () => invalid({ text: '' }),
      () => invalid({ list: ['', ' '] }),
      () => invalid({}),
    ]
    for (const run of cases) {
      const site = await openSite(t, framework, {
        run,
        pages: {
          '/bare': (view, act) => {
            const form = view.form(act)
            return {
              html: html`${head}<form ${form.attributes}>${form.fields}<input ${form.input('text')}></form>`,
            }
          },
        },
      })
      for (const path of ['/bare', '/page', '/nowhere']) {
        const { status, text } = await site.submit({ text: 'typed' }, { path })
        assert.equal(status, 422)
        assert.match(
          text,
          /<(?:li|p|a|span)[^>]*>There is a problem<|<h1>There is a problem/,
          `${run} ${path}`,
        )
        assert.doesNotMatch(text, /<(li|p|a)[^>]*>\s*<\/\1>/, `${run} ${path}`)
        assert.match(text, /typed/)
      }
    }
  })

  it('is said in general words where the message of a schema is empty', async (t) => {
    const validate = () => ({ issues: [{ message: '', path: ['text'] }] })
    const input = { '~standard': { version: 1 as const, vendor: 'own', validate } }
    let ran = 0
    const site = await openSite(t, framework, {
      define: (actions) => ({ checked: actions.define('checked', { input, run: () => ran++ }) }),
      pages: {
        '/checked': (view, _act, { checked }) => {
          const form = view.form(checked!)
          return {
            html: html`${head}${form.summary()}<form ${form.attributes}>${form.fields}<input ${form.input('text')}></form>`,
          }
        },
      },
    })
    const { fields } = formIn((await site.request.get('/checked')).text, 'checked')
    const { status, text } = await site.request
      .post('/checked')
      .set(fromSamePage)
      .send(urlencoded(fields, { text: 'typed' }))
    assert.equal(status, 422)
    assert.match(text, /<a href="#checked-text">There is a problem<\/a>/)
    assert.equal(ran, 0)
  })

  it('is inserted when it is about a field that the page has not got', async (t) => {
    const site = await openSite(t, framework, {
      run: threeIssues,
      pages: {
        '/some': (view, act) => {
          const form = view.form(act)
          return {
            // A string, with the attributes as a tool that shortens HTML leaves them.
            html: `${head}<form ${form.attributes}>${String(form.fields).replaceAll(/="([\w.-]+)"/g, '=$1')}
              <input ${form.input('text')}>${form.issue('text')}</form>`,
          }
        },
      },
    })
    const { status, text } = await site.submit({}, { path: '/some' })
    assert.equal(status, 422)
    assert.match(text, ownPage)
    for (const words of [/Too &lt;short&gt;/g, /No such list/g, /Not today/g]) {
      assert.equal(text.match(words)?.length, 1, String(words))
    }
  })

  it('is nothing when the page shows the summary, all issues, or their messages in its own way', async (t) => {
    const site = await openSite(t, framework, {
      run: () => invalid({ text: 'Too short', list: 'No such list' }),
      pages: {
        '/summary': (view, act) => {
          const form = view.form(act)
          return { html: html`${head}<form ${form.attributes}>${form.fields}</form>${form.summary()}` }
        },
        '/issues': (view, act) => {
          const form = view.form(act)
          return {
            html: html`${head}<form ${form.attributes}>${form.fields}${form.issue('text')}${form.issue('list')}</form>`,
          }
        },
        '/own': (view, act) => {
          const form = view.form(act)
          return {
            html: html`${head}<form ${form.attributes}>${form.fields}</form>${form.issues.map(({ message }) => html`<b>${message.toUpperCase()}</b>`)}`,
          }
        },
      },
    })
    for (const path of ['/summary', '/issues', '/own']) {
      const { status, text } = await site.submit({}, { path })
      assert.equal(status, 422)
      assert.match(text, ownPage)
      assert.equal(text.match(/Too short/gi)?.length, 1, path)
      assert.equal(text.match(/There is a problem/g)?.length ?? 0, path === '/summary' ? 1 : 0, path)
    }
  })

  it('is inserted when the page only counts its issues, or makes the summary and does not print it', async (t) => {
    const site = await openSite(t, framework, {
      run: ({ formData }) => (formData.get('text') === 'no' ? forbidden() : invalid({ text: 'Too short' })),
      pages: {
        '/count': (view, act) => {
          const form = view.form(act)
          form.summary()
          return {
            html: html`${head}<form ${form.attributes} class="${form.issues.length > 0 && 'wrong'}">${form.fields}</form>`,
          }
        },
      },
    })
    assert.match((await site.submit({}, { path: '/count' })).text, /<li>Too short<\/li>/)
    const refused = await site.submit({ text: 'no' }, { path: '/count' })
    assert.equal(refused.status, 403)
    assert.match(refused.text, ownPage)
    assert.equal(refused.text.match(/You are not allowed to do this\./g)?.length, 1)
  })

  it('is that there is a problem when an action names no issue', async (t) => {
    const site = await openSite(t, framework, {
      run: () => invalid([]),
      pages: {
        '/bare': (view, act) => {
          const form = view.form(act)
          return { html: html`${head}<form ${form.attributes}>${form.fields}</form>` }
        },
      },
    })
    const { status, text } = await site.submit({}, { path: '/bare' })
    assert.equal(status, 422)
    assert.match(text, ownPage)
    assert.match(text, /There is a problem/)
  })

  it('is on the built-in page when the form is not in what the page sends', async (t) => {
    const site = await openSite(t, framework, {
      run: threeIssues,
      pages: {
        '/sorry': (view, act) => {
          String(view.form(act).fields)
          return { html: html`${head}<p>Sorry</p>` }
        },
      },
    })
    const { status, text } = await site.submit({}, { path: '/sorry' })
    assert.equal(status, 422)
    assert.match(text, /value="typed"/)
    for (const words of [/Too &lt;short&gt;/, /No such list/, /Not today/]) assert.match(text, words)
  })

  it('is inserted into a stream, and not into a page that is compressed', async (t) => {
    const site = await openSite(t, framework, {
      run: () => invalid({ text: 'Too short' }),
      pages: {
        '/stream': (view, act) => {
          const form = view.form(act)
          return { html: Readable.from([`${head}<form ${form.attributes}>${form.fields}</form>`]) }
        },
        '/zipped': (view, act) => {
          const form = view.form(act)
          const bytes = gzipSync(`${head}<form ${form.attributes}>${form.fields}</form>`)
          return { html: Readable.from([bytes]), headers: { 'Content-Encoding': 'gzip' } }
        },
      },
    })
    for (const path of ['/stream', '/zipped']) {
      const { status, text } = await site.submit({}, { path })
      assert.equal(status, 422)
      assert.match(text, ownPage, path)
      assert.equal(text.includes('<li>Too short</li>'), path === '/stream', path)
    }
  })

  it('comes with a region whose page says it elsewhere', async (t) => {
    const site = await openSite(t, framework, {
      run: threeIssues,
      pages: {
        '/parts': (view, act) => {
          const form = view.form(act)
          return {
            html: html`${head}${form.summary()}${view.region('other', '<p id="other">other</p>')}
              ${view.region('own', html`<div id="own"><form ${form.attributes}>${form.fields}<input ${form.input('text')}>${form.issue('text')}</form></div>`)}`,
          }
        },
      },
    })
    const own = await site.submit({}, { path: '/parts', headers: { 'Sealform-Region': 'own' } })
    assert.equal(own.status, 422)
    assert.match(own.text, /^(?:<title>[^<]*<\/title>)?<div data-sealform-region id="own">/)
    for (const words of [/Too &lt;short&gt;/g, /No such list/g, /Not today/g]) {
      assert.equal(own.text.match(words)?.length, 1, String(words))
    }
    const other = await site.submit({}, { path: '/parts', headers: { 'Sealform-Region': 'other' } })
    assert.equal(other.status, 422)
    assert.match(
      other.text,
      /<p data-sealform-region id="other">other<\/p><div data-sealform-region id="own">/,
    )
    for (const words of [/Too &lt;short&gt;/g, /No such list/g, /Not today/g]) {
      assert.equal(other.text.match(words)?.length, 1, String(words))
    }
  })

  it('stands beside the input where a region has failed', async (t) => {
    const site = await openSite(t, framework, {
      run: threeIssues,
      pages: {
        '/fails': (view, act) => ({
          html: html`${head}${view.region('own', () => {
            String(view.form(act).fields)
            throw new Error('no region')
          })}`,
        }),
      },
    })
    const { status, text } = await site.submit({}, { path: '/fails' })
    assert.equal(status, 422)
    assert.match(text, ownPage)
    assert.match(text, /value="typed"/)
    for (const words of [/Too &lt;short&gt;/, /No such list/, /Not today/]) assert.match(text, words)
  })

  it('is no "send it again" where there is no button, and the link says where it leads', async (t) => {
    const signedIn = (req: IncomingMessage) => /sid=(\w+)/.exec(req.headers.cookie ?? '')?.[1]
    const site = await openSite(t, framework, {
      action: { path: true },
      middleware: { session: ({ req }) => signedIn(req) },
      pages: {
        '/page': (view, act) => {
          if (!signedIn(view.req)) return { to: '/sign-in?next=%2Fpage' }
          const form = view.form(act)
          return { html: html`${head}<form ${form.attributes}>${form.fields}</form>` }
        },
      },
    })
    const fields = await site.fields('sid=ann')
    const { status, text } = await site.request
      .post('/page')
      .set(fromSamePage)
      .send(urlencoded(fields, { text: 'typed' }))
    assert.equal(status, 403)
    assert.match(
      text,
      /You signed in or out since you opened this page\. Open the page again to send this form\./,
    )
    assert.doesNotMatch(text, /send it again|<button|Back to the page/i)
    assert.match(text, /<a href="\/sign-in\?next=%2Fpage">Continue to \/sign-in<\/a>/)
    assert.match(text, /typed<\/textarea>/)
    assert.deepEqual(site.runs, [])
  })

  it('is how to send again only where there is a form to send', async (t) => {
    const site = await openSite(t, framework, { action: { ttl: 1 }, pages: { '/gone': () => undefined } })
    const fields = await site.fields()
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 10 * 60_000 })
    const late = await site.request
      .post('/gone')
      .set(fromSamePage)
      .send(urlencoded(fields, { text: 'typed' }))
    t.mock.timers.reset()
    assert.equal(late.status, 409)
    assert.match(late.text, /open for too long\. Open the page again to send this form\./)
    assert.doesNotMatch(late.text, /send it again|<button/)
    assert.match(late.text, /<a href="">Back to the page<\/a>/)
    const forged = await site.request
      .post('/page')
      .set(fromSamePage)
      .send(urlencoded({ ...fields, sealform: 'AAAA' }, { text: 'typed' }))
    assert.equal(forged.status, 400)
    assert.match(forged.text, /could not be opened.*Nothing is lost: check your input and send it again/)
  })
}
