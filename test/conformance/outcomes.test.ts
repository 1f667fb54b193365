import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ClaimStore } from '../../lib/claims/claim-store.js'
import {
  done,
  flash,
  forbidden,
  invalid,
  memoryStore,
  notFound,
  redirect,
  unauthorized,
} from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { everyFramework, type Framework } from './frameworks.js'
import { namedHeaders, openSite, page } from './site.js'

for (const framework of everyFramework) describe(`outcomes on ${framework.name}`, () => cases(framework))

function cases(framework: Framework): void {
  it('redirects with 303, the cookies of the action and no body', async (t) => {
    const site = await openSite(t, framework, {
      run({ formData, cookies }, bound) {
        assert.equal(formData.get('text'), 'typed')
        cookies.set('last', bound)
        return redirect('/next?added=1')
      },
    })
    const answer = await site.submit()
    assert.equal(answer.status, 303)
    assert.equal(answer.text, '')
    assert.deepEqual(
      namedHeaders(answer, 'location', 'cache-control', 'content-type', 'content-length', 'vary', 'etag'),
      {
        location: '/next?added=1',
        'cache-control': 'no-store',
        'content-type': undefined,
        'content-length': '0',
        vary: undefined,
        etag: undefined,
      },
    )
    assert.deepEqual(answer.headers['set-cookie'], ['last=b1; Path=/; HttpOnly; SameSite=Lax'])
    assert.deepEqual(site.runs, ['b1'])
  })

  it('shows the page of the same URL with 422, the input and the issue', async (t) => {
    const site = await openSite(t, framework, { run: () => invalid({ text: 'Not that' }) })
    const answer = await site.submit(
      { text: '<kept> & "quoted"', password: 'hunter2' },
      { path: '/page?a=1&b=2' },
    )
    assert.equal(answer.status, 422)
    assert.match(answer.text, /<title>Error: Page<\/title>/)
    assert.match(answer.text, /<p>GET \/page\?a=1&amp;b=2, cookie none, invalid<\/p>/)
    assert.match(answer.text, /value="&lt;kept&gt; &amp; &quot;quoted&quot;"/)
    assert.match(answer.text, /id="act-text-issue">Not that</)
    assert.match(answer.text, /role="alert" tabindex="-1" autofocus/)
    assert.doesNotMatch(answer.text, /hunter2/)
    assert.deepEqual(namedHeaders(answer, 'cache-control', 'content-type', 'content-length', 'etag'), {
      'cache-control': 'private, no-cache',
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(Buffer.byteLength(answer.text)),
      etag: undefined,
    })
    assert.match(answer.headers.vary ?? '', /Sealform-Region, Turbo-Frame, HX-Target, X-Up-Target/)
    assert.match(answer.headers['server-timing'] ?? '', /render/, 'in development')
    assert.deepEqual(site.runs, ['b1'])
  })

  it('seals the form again in every answer, so that it can be sent again', async (t) => {
    const site = await openSite(t, framework, {
      run: ({ formData }) => (formData.get('text') === 'good' ? redirect('/next') : invalid('No')),
    })
    const first = await site.submit()
    const { fields } = formIn(first.text, 'act')
    const again = await site.request
      .post('/page')
      .set(fromSamePage)
      .send(urlencoded(fields, { text: 'good' }))
    assert.equal(again.status, 303)
    assert.deepEqual(site.runs, ['b1', 'b1'])
  })

  it('shows the page with 200 and the new state when the action is done', async (t) => {
    const site = await openSite(t, framework, { run: ({ previous }) => ({ after: previous }) })
    const answer = await site.submit()
    assert.equal(answer.status, 200)
    assert.match(answer.text, /state {&quot;after&quot;:{&quot;start&quot;:true}}/)
    assert.match(answer.text, /, done<\/p>/)
    assert.doesNotMatch(answer.text, /value="typed"/)
    assert.equal(answer.headers['cache-control'], 'private, no-cache')
  })

  it('answers with the status that done() was given', async (t) => {
    const site = await openSite(t, framework, { run: () => done('late', { status: 202 }) })
    assert.equal((await site.submit()).status, 202)
  })

  it('carries the state from submission to submission', async (t) => {
    const site = await openSite(t, framework, {
      run: ({ previous }) => ({ count: Number(Object(previous).count ?? 0) + 1 }),
    })
    let { text } = await site.request.get('/page')
    for (const count of [1, 2, 3]) {
      const { fields } = formIn(text, 'act')
      const answer = await site.request.post('/page').set(fromSamePage).send(urlencoded(fields))
      assert.match(answer.text, new RegExp(`state {&quot;count&quot;:${count}}`))
      text = answer.text
    }
  })

  it('shows 404, 401 and 403 with the input, returned or thrown', async (t) => {
    for (const [outcome, status, words] of [
      [notFound(), 404, /no longer there/],
      [unauthorized(), 401, /sign in/],
      [forbidden(), 403, /not allowed/],
    ] as const) {
      const returned = await (await openSite(t, framework, { run: () => outcome })).submit()
      const thrown = await (
        await openSite(t, framework, {
          run() {
            throw outcome
          },
        })
      ).submit()
      for (const answer of [returned, thrown]) {
        assert.equal(answer.status, status)
        assert.match(answer.text, words)
        assert.match(answer.text, /value="typed"/)
      }
    }
  })

  it('asks authorize before the action, which then does not run', async (t) => {
    const site = await openSite(t, framework, {
      action: { authorize: (_submission, bound) => (bound === 'b1' ? forbidden() : undefined) },
    })
    const answer = await site.submit()
    assert.equal(answer.status, 403)
    assert.match(answer.text, /value="typed"/)
    assert.deepEqual(site.runs, [])
  })

  it('answers 500 with the input and a reference, and gives error and reference to the app', async (t) => {
    const boom = new Error('the password of the database is s3cret')
    const site = await openSite(t, framework, {
      run({ cookies }) {
        cookies.set('seen', 'yes')
        throw boom
      },
    })
    const answer = await site.submit()
    assert.equal(answer.status, 500)
    assert.match(answer.text, /value="typed"/)
    assert.match(answer.text, /cookie none/)
    assert.doesNotMatch(answer.text, /s3cret/)
    assert.equal(answer.headers['set-cookie'], undefined)
    const reference = /Reference: ([0-9A-Z]{4}-[0-9A-Z]{4})/.exec(answer.text)?.[1]
    assert.deepEqual(await site.failed(1), [{ error: boom, details: { reference, action: 'act' } }])
  })

  it('accepts any thrown value as an error', async (t) => {
    for (const thrown of [undefined, null, 0, 'route', 'router', Symbol('s'), {}, Object.create(null)]) {
      const site = await openSite(t, framework, {
        run() {
          throw thrown
        },
      })
      const answer = await site.submit()
      assert.equal(answer.status, 500)
      assert.match(answer.text, /value="typed"/)
      const [failure] = await site.failed(1)
      assert.ok(failure?.error instanceof Error)
      assert.match(failure.error.message, /"act" threw a value that is not an Error: /)
    }
  })

  it('accepts an error that throws when it is read', async (t) => {
    for (const property of [
      'name',
      'message',
      'stack',
      'cause',
      'status',
      'statusCode',
      'expose',
      'headers',
    ]) {
      const error = Object.defineProperty(new Error('unreadable'), property, {
        get() {
          throw new Error(`the getter of ${property}`)
        },
      })
      const site = await openSite(t, framework, { run: () => Promise.reject(error) })
      const answer = await site.submit()
      assert.equal(answer.status, 500)
      assert.match(answer.text, /value="typed"/)
      const [failure] = await site.failed(1)
      assert.match(String(failure?.error), /"act" threw a value that cannot be inspected/)
    }
  })

  it('answers 503 with the input and does not run when the store of a one-time action is down', async (t) => {
    const down = () => Promise.reject(new Error('no connection'))
    const store: ClaimStore = { claim: down, renew: down, settle: down, release: down, outcome: down }
    const site = await openSite(t, framework, { actions: { store }, action: { once: true } })
    const answer = await site.submit()
    assert.equal(answer.status, 503)
    assert.match(answer.headers['retry-after'] ?? '', /^\d+$/)
    assert.match(answer.text, /value="typed"/)
    assert.deepEqual(site.runs, [])
    assert.deepEqual(site.refusals, ['store-down'])
  })

  it('runs a one-time submission once, and gives its copies the same answer', async (t) => {
    const site = await openSite(t, framework, {
      action: { once: true },
      run: async () => {
        await new Promise((resolve) => setTimeout(resolve, 20))
        return redirect('/next')
      },
    })
    const body = urlencoded(await site.fields(), { text: 'typed' })
    const send = () => site.request.post('/page').set(fromSamePage).send(body)
    const answers = await Promise.all(Array.from({ length: 10 }, send))
    for (const answer of answers) assert.deepEqual([answer.status, answer.headers.location], [303, '/next'])
    assert.deepEqual(site.runs, ['b1'])
  })

  it('gives another person at the same page neither the outcome nor the cookies of the first', async (t) => {
    const site = await openSite(t, framework, {
      action: { once: true, secrets: ['password'] },
      run({ formData, cookies }) {
        cookies.set('seen', String(formData.get('text')))
        return done({ hello: formData.get('text') })
      },
    })
    const fields = await site.fields()
    const send = (text: string, password: string) =>
      site.request.post('/page').set(fromSamePage).send(urlencoded(fields, { text, password }))
    const first = await send('ann', 'pa55')
    assert.match(first.text, /cookie ann.*state {&quot;hello&quot;:&quot;ann&quot;}/s)
    for (const [text, password] of [
      ['ben', 'pa55'],
      ['ann', 'guess'],
      ['ann', ''],
    ] as const) {
      const other = await send(text, password)
      assert.equal(other.status, 409)
      assert.equal(other.headers['set-cookie'], undefined)
      assert.match(other.text, /cookie none, refused.*was sent before with other input/s)
      assert.match(other.text, new RegExp(`value="${text}"`))
      assert.doesNotMatch(other.text, /hello|guess/)
      const fresh = formIn(other.text, 'act').fields
      assert.notEqual(fresh.sealform, fields.sealform)
      const own = await site.request
        .post('/page')
        .set(fromSamePage)
        .send(urlencoded(fresh, { text: 'ben' }))
      assert.match(own.text, /cookie ben/)
    }
    const copy = await send('ann', 'pa55')
    assert.deepEqual([copy.status, copy.headers['set-cookie']], [200, first.headers['set-cookie']])
    assert.match(copy.text, /hello&quot;:&quot;ann/)
    assert.equal(site.runs.length, 4)
    assert.deepEqual(site.refusals, ['sent-before', 'sent-before', 'sent-before'])
  })

  it('serves a visitor after others have filled the memory of one-time submissions', async (t) => {
    const site = await openSite(t, framework, {
      actions: { store: memoryStore({ maxClaims: 8 }) },
      action: { once: true },
      run: () => redirect('/next'),
    })
    const opened = urlencoded(await site.fields(), { text: 'typed' })
    const sent = urlencoded(await site.fields(), { text: 'typed' })
    const send = (body: string) => site.request.post('/page').set(fromSamePage).send(body)
    assert.equal((await send(sent)).status, 303)
    for (let i = 0; i < 20; i++) assert.equal((await site.submit()).status, 303)
    assert.equal((await send(opened)).status, 303)
    const again = await send(sent)
    assert.equal(again.status, 409)
    assert.match(again.text, /You sent this form before, and we do not know if it worked.*value="typed"/s)
    assert.equal(site.runs.length, 22)
    const fresh = formIn(again.text, 'act').fields
    assert.equal((await send(urlencoded(fresh, { text: 'typed' }))).status, 303)
  })

  it('refuses a form of which the store has forgotten whether it was sent, with its input and a fresh seal', async (t) => {
    const store = memoryStore()
    let opened = 0
    const site = await openSite(t, framework, {
      actions: {
        store: {
          claim: async (id, terms) =>
            terms.issued <= opened ? { kind: 'forgotten' } : store.claim(id, terms),
          renew: store.renew.bind(store),
          settle: store.settle.bind(store),
          release: store.release.bind(store),
          outcome: store.outcome.bind(store),
        },
      },
      action: { once: true },
    })
    opened = Math.floor(Date.now() / 1000) + 1
    const answer = await site.submit()
    assert.equal(answer.status, 409)
    assert.match(answer.text, /no longer know if you sent this form before.*value="typed"/s)
    assert.deepEqual([site.runs, site.refusals], [[], ['forgotten']])
    opened = 0
    const fresh = urlencoded(formIn(answer.text, 'act').fields, { text: 'typed' })
    assert.equal((await site.request.post('/page').set(fromSamePage).send(fresh)).status, 200)
  })

  it('refuses a redirect to another site with 400 and tells the app', async (t) => {
    const site = await openSite(t, framework, { run: () => redirect('//evil.example') })
    const answer = await site.submit()
    assert.equal(answer.status, 400)
    assert.equal(answer.headers.location, undefined)
    assert.match(answer.text, /value="typed"/)
    const [failure] = await site.failed(1)
    assert.equal(Object(failure?.error).code, 'ERR_REDIRECT_TARGET')
  })

  it('shows the page with the cookies that the action has set', async (t) => {
    const site = await openSite(t, framework, {
      run({ cookies }) {
        assert.equal(cookies.get('seen'), 'before')
        cookies.set('seen', 'ä after')
        cookies.delete('gone')
        return done()
      },
    })
    const answer = await site.submit({}, { headers: { Cookie: 'seen=before; gone=1; other=2' } })
    assert.match(answer.text, /cookie ä after/)
    assert.deepEqual(answer.headers['set-cookie'], [
      'seen=%C3%A4%20after; Path=/; HttpOnly; SameSite=Lax',
      'gone=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax',
    ])
  })

  it('keeps the cookies of action and flash beside those that the page sets', async (t) => {
    const headers = { 'Set-Cookie': 'own=1' }
    const site = await openSite(t, framework, {
      run({ cookies, formData }) {
        if (formData.get('text') === 'flash') return flash('hello', '/own')
        cookies.set('sid', 'new')
        return done()
      },
      pages: {
        '/own': (view, act) => ({ html: html`<form>${view.form(act).fields}</form>`, headers }),
        '/none': () => ({ html: '', status: 404, headers }),
      },
    })
    const both = ['sid=new; Path=/; HttpOnly; SameSite=Lax', 'own=1']
    for (const path of ['/own', '/none']) {
      assert.deepEqual((await site.submit({}, { path })).headers['set-cookie'], both, path)
    }
    const flashed = await site.submit({ text: 'flash' })
    const cookie = String(flashed.headers['set-cookie']).split(';', 1)[0]!
    const next = await site.request.get('/own').set('Cookie', cookie)
    assert.equal(next.headers['set-cookie']?.length, 2)
    assert.match(String(next.headers['set-cookie']?.[0]), /^sealform\.flash=; Max-Age=0/)
  })

  it('carries a flash to the next page, which shows it once and is kept out of caches', async (t) => {
    const site = await openSite(t, framework, {
      run: () => flash({ hello: 'Ann' }, '/next'),
      pages: { '/next': (view, act) => ({ html: `<p>${JSON.stringify(view.form(act).state)}</p>` }) },
    })
    const answer = await site.submit()
    assert.equal(answer.status, 303)
    const cookie = String(answer.headers['set-cookie']).split(';', 1)[0]!
    const next = await site.request.get('/next').set('Cookie', cookie)
    assert.equal(next.text, '<p>{"hello":"Ann"}</p>')
    assert.match(String(next.headers['set-cookie']), /^sealform\.flash=; Max-Age=0; Path=\/; HttpOnly/)
    assert.equal(next.headers['cache-control'], 'private, no-store')
  })

  it('drops a flash that fits into no cookie, and tells the app', async (t) => {
    const site = await openSite(t, framework, { run: () => flash('x'.repeat(4000), '/next') })
    const answer = await site.submit()
    assert.deepEqual([answer.status, answer.headers.location], [303, '/next'])
    assert.equal(answer.headers['set-cookie'], undefined)
    const [failure] = await site.failed(1)
    assert.equal(Object(failure?.error).code, 'ERR_FLASH_TOO_LARGE')
  })

  it('runs the action of the button that was pressed, with the fields of the form', async (t) => {
    const cleared: string[] = []
    const site = await openSite(t, framework, {
      define: (actions) => {
        const clear = actions.define('clear', async ({ formData }, what: string) => {
          cleared.push(`${what} ${formData.get('text')}`)
          return redirect('/')
        })
        return { clear: clear.bind(null, 'all') }
      },
      pages: {
        '/page': (view, act, { clear }) => {
          const form = view.form(act)
          return {
            html: html`<form ${form.attributes}>${form.fields}<button ${form.submit(clear!)}>Clear</button></form>`,
          }
        },
      },
    })
    const { text } = await site.request.get('/page')
    const { html: form, fields } = formIn(text, 'act')
    const seal = /name="sealform\.submit" value="([\w-]+)"/.exec(form)?.[1] ?? ''
    const answer = await site.request
      .post('/page')
      .set(fromSamePage)
      .send(urlencoded(fields, { text: 'typed', 'sealform.submit': seal }))
    assert.equal(answer.status, 303)
    assert.deepEqual([cleared, site.runs], [['all typed'], []])
  })

  it('takes the same form as multipart/form-data', async (t) => {
    const seen: unknown[] = []
    const site = await openSite(t, framework, {
      run({ formData }) {
        seen.push(formData.get('text'))
        return redirect('/')
      },
    })
    let post = site.request.post('/page').set(fromSamePage)
    for (const [name, value] of Object.entries(await site.fields())) post = post.field(name, value)
    const answer = await post.field('text', 'Größe\r\n"x"')
    assert.equal(answer.status, 303)
    assert.deepEqual(seen, ['Größe\r\n"x"'])
  })

  it('gives the action its request and the context of the framework', async (t) => {
    const site = await openSite(t, framework, {
      run({ request, context, signal }) {
        assert.equal(request.method, 'POST')
        assert.equal(request.url, '/page?q=1')
        assert.equal(request.headers['content-type'], 'application/x-www-form-urlencoded')
        assert.equal(context.req.headers.host, request.headers.host)
        assert.equal(signal.aborted, false)
        return redirect('/')
      },
    })
    assert.equal((await site.submit({}, { path: '/page?q=1' })).status, 303)
  })

  it('is shown only by the form of the list that was sent', async (t) => {
    const site = await openSite(t, framework, {
      run: () => invalid({ text: 'Not that' }),
      pages: {
        '/page': (view, act) => ({ html: `${page(view, act)}<hr>${view.form(act, { key: 2 }).summary()}` }),
      },
    })
    const answer = await site.submit()
    assert.equal(answer.text.split('Not that').length, 4 - 1, 'in the summary and beside the field')
    assert.equal(answer.text.endsWith('<hr>'), true)
  })
}
