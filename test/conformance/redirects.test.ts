import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { flash, redirect, SealformError } from '../../lib/sealform.js'
import { fromSamePage, urlencoded } from '../setup/koa-app.js'
import { type Framework, frameworks } from './frameworks.js'
import { openSite, page } from './site.js'

for (const framework of frameworks) describe(`redirects on ${framework.name}`, () => cases(framework))

const payment = 'https://pay.example/checkout?id=1'
const carriedOut = /What you asked for is done, but we could not take you to the next page/

function cases(framework: Framework): void {
  it('leads out of the app where the code says so', async (t) => {
    const site = await openSite(t, framework, { run: () => redirect(payment, { external: true }) })
    const answer = await site.submit()
    assert.deepEqual([answer.status, answer.headers.location], [303, payment])
    assert.equal(answer.headers['cache-control'], 'no-store')
  })

  it('tells a script of no other site where the path of its page looks like one', async (t) => {
    const path = '//evil.example/page'
    const site = await openSite(t, framework, {
      run: () => redirect('#top'),
      pages: { [path]: (view, act) => ({ html: page(view, act) }) },
    })
    for (const [headers, name] of [
      [{ 'HX-Request': 'true' }, 'hx-redirect'],
      [{ 'Sealform-Region': 'none' }, 'sealform-location'],
    ] as const) {
      const answer = await site.submit({}, { path: `${path}?a=1`, headers })
      const location = String(answer.headers[name])
      const { origin, pathname } = new URL(location, `https://app.example${path}`)
      assert.deepEqual([origin, pathname], ['https://app.example', path])
    }
  })

  it('does not take forms from an origin that an external redirect leads to', async (t) => {
    const site = await openSite(t, framework, { run: () => redirect(payment, { external: true }) })
    const answer = await site.submit(
      {},
      { headers: { Origin: 'https://pay.example', 'Sec-Fetch-Site': 'cross-site' } },
    )
    assert.equal(answer.status, 403)
    assert.deepEqual(site.runs, [])
  })

  it('gives copies of a one-time submission the same external target', async (t) => {
    const site = await openSite(t, framework, {
      action: { once: true },
      run: () => redirect(payment, { external: true }),
    })
    const body = urlencoded(await site.fields(), { text: 'typed' })
    for (const copy of ['first', 'second']) {
      const answer = await site.request.post('/page').redirects(0).set(fromSamePage).send(body)
      assert.deepEqual([answer.status, answer.headers.location], [303, payment], copy)
    }
    assert.deepEqual(site.runs, ['b1'])
  })

  it('refuses what is no web address even where the target may be external', async (t) => {
    for (const to of [
      'javascript:alert(1)',
      '//pay.example',
      'https://pay.example@evil.example/',
      '/\\evil',
    ]) {
      const site = await openSite(t, framework, { run: () => redirect(to, { external: true }) })
      const answer = await site.submit()
      assert.equal(answer.status, 400, to)
      assert.equal(answer.headers.location, undefined)
      const [failure] = await site.failed(1)
      assert.equal(Object(failure?.error).code, 'ERR_REDIRECT_TARGET')
    }
  })

  it('says that the action is done where its redirect is refused, in the form or on the built-in page', async (t) => {
    const site = await openSite(t, framework, {
      run({ cookies }) {
        cookies.set('last', 'b1')
        return redirect('//evil.example')
      },
      pages: { '/other': () => ({ html: '<p>Another page</p>' }) },
    })
    for (const path of ['/page', '/other']) {
      const answer = await site.submit({}, { path })
      assert.equal(answer.status, 400)
      assert.match(answer.text, carriedOut)
      assert.doesNotMatch(answer.text, /could not be opened|send it again|Nothing was done/)
      assert.match(answer.text, /typed/, 'the input is there')
      assert.match(String(answer.headers['set-cookie']), /^last=b1/)
      assert.equal(answer.headers.location, undefined)
      if (path === '/other')
        assert.doesNotMatch(answer.text, /<button|name="sealform"/, 'nothing to send again')
    }
    assert.deepEqual(site.runs, ['b1', 'b1'])
  })

  it('gives copies of a one-time submission the same page, and tells the app once', async (t) => {
    const site = await openSite(t, framework, {
      action: { once: true },
      run: () => flash('Ordered', 'https://evil.example/'),
    })
    const body = urlencoded(await site.fields(), { text: 'typed' })
    for (const copy of ['first', 'second', 'third']) {
      const answer = await site.request.post('/page').set(fromSamePage).send(body)
      assert.equal(answer.status, 400, copy)
      assert.match(answer.text, carriedOut)
      assert.equal(answer.headers['set-cookie'], undefined)
    }
    assert.deepEqual(site.runs, ['b1'])
    // An error reaches the handlers of Express after the answer, so it has to be waited for.
    await site.failed(1)
    await site.request.get('/page')
    assert.equal(site.failures.length, 1)
  })

  it('says that nothing was done where authorize or a hook redirects to a refused target', async (t) => {
    for (const action of [
      { authorize: () => redirect('//evil.example') },
      { before: () => redirect('//evil.example') },
    ]) {
      const site = await openSite(t, framework, { action })
      const answer = await site.submit()
      assert.equal(answer.status, 400)
      assert.match(answer.text, /Nothing was done\./)
      assert.doesNotMatch(answer.text, carriedOut)
      assert.match(answer.text, /value="typed"/)
      assert.deepEqual(site.runs, [])
    }
  })

  it('shows the words of an app for a refused redirect', async (t) => {
    const site = await openSite(t, framework, {
      middleware: { messages: { doneUnsafeRedirect: 'Fait. <Fini>' } },
      run: () => redirect('//evil.example'),
    })
    assert.match((await site.submit()).text, /<p>Fait\. &lt;Fini&gt;<\/p>/)
  })
}

describe('redirect()', () => {
  it('refuses misspelt options and values that are not booleans', () => {
    const invalid = (options: object, words: RegExp) =>
      assert.throws(
        () => redirect('/x', options),
        (error) =>
          error instanceof SealformError && error.code === 'ERR_OPTION_INVALID' && words.test(error.message),
      )
    invalid({ extern: true }, /redirect\(\) has no option "extern"; did you mean "external"\?/)
    invalid({ external: 'yes' }, /"external" must be true or false, not string/)
  })
})
