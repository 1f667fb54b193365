import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { z } from 'zod'
import {
  done,
  flash,
  forbidden,
  invalid,
  notFound,
  redirect,
  SealformError,
  type Submission,
  unauthorized,
} from '../../lib/sealform.js'
import { invoke, visit } from '../../lib/testing/testing.js'
import { html } from '../../views/html.js'
import { createTestApp, formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'

/** An app with one form whose action does what the test says. */
function appThat(
  run: (submission: Submission<undefined>) => unknown,
  options: Parameters<typeof createTestApp>[1] = {},
) {
  let runs = 0
  const parts = createTestApp(({ actions, router }) => {
    const act = actions.define('act', {
      path: false,
      async run(submission) {
        runs++
        return run(submission)
      },
    })
    router.get('/page', (ctx) => {
      const form = ctx.form(act)
      ctx.body = html`<p>state ${JSON.stringify(form.state ?? null)} ${form.status}, cookie ${ctx.cookies.get('seen') ?? 'none'}</p>
        ${form.summary()}<form ${form.attributes}>${form.fields}<input ${form.input('text')}>${form.issue('text')}</form>`
    })
    router.get('/next', (ctx) => {
      const form = ctx.form(act)
      ctx.body = html`<p>next ${JSON.stringify(form.state ?? null)}</p>`
    })
  }, options)
  async function submit(path = '/page') {
    const page = await parts.request.get('/page')
    return parts.request
      .post(path)
      .set(fromSamePage)
      .send(urlencoded(formIn(page.text, 'act').fields, { text: 'typed' }))
  }
  return { ...parts, submit, runs: () => runs }
}

describe('an outcome', () => {
  it('may come from anything that can be awaited', async () => {
    const promised = Promise.resolve(redirect('/next'))
    Reflect.set(promised, 'then', () => undefined)
    // A query builder does so: it starts its work when `then` is called.
    const builder = new Proxy(
      {},
      {
        get: (_, name) =>
          name === 'then' ? (take: (value: unknown) => void) => take(redirect('/next')) : undefined,
      },
    )
    let asked = 0
    const once = Object.defineProperty({}, 'then', {
      get: () => (asked++ === 0 ? (take: (value: unknown) => void) => take(redirect('/next')) : undefined),
    })
    for (const result of [promised, builder, once]) {
      const parts = createTestApp(({ actions, router }) => {
        const act = actions.define('act', () => result)
        router.get('/page', (ctx) => {
          const form = ctx.form(act)
          ctx.body = html`<form ${form.attributes}>${form.fields}</form>`
        })
      })
      const page = await parts.request.get('/page')
      const answer = await parts.request
        .post('/page')
        .set(fromSamePage)
        .send(urlencoded(formIn(page.text, 'act').fields))
      assert.deepEqual([answer.status, answer.headers.location], [303, '/next'])
    }
  })

  it('may be thrown as well as returned', async () => {
    const thrown = await appThat(() => {
      throw redirect('/next')
    }).submit()
    assert.equal(thrown.status, 303)
    const refused = await appThat(() => {
      throw invalid({ text: 'No' })
    }).submit()
    assert.equal(refused.status, 422)
    assert.match(refused.text, /act-text-issue">No</)
  })

  it('is done() for any other returned value, which becomes the state of the form', async () => {
    const answer = await appThat(() => ({ count: 3 })).submit()
    assert.equal(answer.status, 200)
    assert.match(answer.text, /state {&quot;count&quot;:3} done/)
    assert.doesNotMatch(answer.text, /value="typed"/, 'a form that is done starts afresh')
  })

  it('has the status that done() was given', async () => {
    assert.equal((await appThat(() => done('late', { status: 202 })).submit()).status, 202)
  })

  it('refuses a status that cannot have a page', () => {
    for (const status of [100, 204, 205, 303, 600, 200.5]) {
      assert.throws(
        () => done('x', { status }),
        (error) => error instanceof SealformError && error.code === 'ERR_OPTION_INVALID',
      )
    }
  })

  it('refuses a malformed path in invalid()', () => {
    for (const path of ['title', undefined, [{ key: 'title' }]]) {
      assert.throws(
        () => invalid([{ path, message: 'Enter a title' } as never]),
        (error) => error instanceof SealformError && error.code === 'ERR_OPTION_INVALID',
      )
    }
  })

  it('shows the page with 404, 401 and 403 and keeps the input', async () => {
    for (const [outcome, status, words] of [
      [notFound(), 404, /no longer there/],
      [unauthorized(), 401, /sign in/],
      [forbidden(), 403, /not allowed/],
    ] as const) {
      const answer = await appThat(() => outcome).submit()
      assert.equal(answer.status, status)
      assert.match(answer.text, words)
      assert.match(answer.text, /value="typed"/)
      assert.match(answer.text, / refused,/)
    }
  })

  it('redirects to safe targets only; an unsafe one is refused with 400 and reported', async () => {
    for (const to of [
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
      'https://evil.example/',
      '/a\r\nX: y',
      '\t//evil.example',
    ]) {
      const app = appThat(() => redirect(to))
      const answer = await app.submit()
      assert.equal(answer.status, 400, to)
      assert.equal(answer.headers.location, undefined)
      assert.match(answer.text, /value="typed"/)
      assert.equal((app.errors[0] as SealformError).code, 'ERR_REDIRECT_TARGET')
    }
    for (const [to, location] of [
      ['/next?x=1#y', '/next?x=1#y'],
      ['next', 'next'],
      ['?tab=2', '?tab=2'],
      ['https://shop.example/a', 'https://shop.example/a'],
    ] as const) {
      const answer = await appThat(() => redirect(to), { allowedOrigins: ['https://shop.example'] }).submit()
      assert.equal(answer.status, 303, to)
      assert.equal(answer.headers.location, location)
    }
  })

  it('carries a flash to the next page, which shows it once', async () => {
    const app = appThat(() => flash({ hello: 'Ann' }, '/next'))
    const answer = await app.submit()
    assert.equal(answer.status, 303)
    const cookie = String(answer.headers['set-cookie'])
    assert.match(cookie, /^sealform\.flash=[A-Za-z0-9_-]+; Max-Age=300; Path=\/; HttpOnly; SameSite=Lax$/)
    assert.doesNotMatch(cookie, /Ann/)
    const sent = cookie.split(';', 1)[0] ?? ''
    const next = await app.request.get('/next').set('Cookie', sent)
    assert.match(next.text, /next {&quot;hello&quot;:&quot;Ann&quot;}/)
    assert.match(
      String(next.headers['set-cookie']),
      /^sealform\.flash=; Max-Age=0; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    assert.equal(next.headers['cache-control'], 'private, no-store')
    const forged = await app.request.get('/next').set('Cookie', `${sent}x`)
    assert.match(forged.text, /next null/)
  })

  it('drops a flash that does not fit into a cookie, and reports it', async () => {
    const app = appThat(({ cookies }) => {
      cookies.set('seen', 'yes')
      return flash('x'.repeat(4000), '/next')
    })
    const answer = await app.submit()
    assert.equal(answer.status, 303)
    assert.match(String(answer.headers['set-cookie']), /^seen=yes;[^,]*$/)
    assert.equal((app.errors[0] as SealformError).code, 'ERR_FLASH_TOO_LARGE')
  })

  it('restricts the flash cookie to this host over https', async () => {
    const app = appThat(() => flash({ hello: 'Ann' }, '/next'))
    app.app.proxy = true
    const https = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'app.example' }
    const page = await app.request.get('/page').set(https)
    const answer = await app.request
      .post('/page')
      .set({ ...fromSamePage, ...https })
      .send(urlencoded(formIn(page.text, 'act').fields))
    const cookie = String(answer.headers['set-cookie'])
    assert.match(
      cookie,
      /^__Host-sealform\.flash=[\w-]+; Max-Age=300; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    const sent = cookie.split(';', 1)[0] ?? ''
    const next = await app.request.get('/next').set({ ...https, Cookie: sent })
    assert.match(next.text, /Ann/)
    const planted = await app.request.get('/next').set({ ...https, Cookie: sent.replace('__Host-', '') })
    assert.match(planted.text, /next null/)
  })
})

describe('an action that throws', () => {
  it("reaches app.on('error') untouched; the visitor gets 500, the input and a reference", async () => {
    const boom = new Error('database password is s3cret')
    const app = appThat(() => {
      throw boom
    })
    const answer = await app.submit()
    assert.equal(answer.status, 500)
    assert.deepEqual(app.errors, [boom])
    assert.match(answer.text, /value="typed"/)
    assert.match(answer.text, /Reference: [0-9A-Z]{4}-[0-9A-Z]{4}/)
    assert.doesNotMatch(answer.text, /s3cret/)
  })

  it('names the same reference to the error handler', async () => {
    const app = appThat(() => {
      throw new Error('boom')
    })
    const details: unknown[] = []
    app.app.on('error', (_error, _ctx, detail) => details.push(detail))
    const answer = await app.submit()
    const reference = /Reference: ([0-9A-Z-]{9})/.exec(answer.text)?.[1]
    assert.deepEqual(details, [{ reference, action: 'act' }])
  })

  it('may throw any value', async () => {
    for (const thrown of [
      undefined,
      null,
      0,
      '',
      'text',
      Symbol('s'),
      {},
      Object.create(null),
      () => {},
      Promise.resolve(1),
      revoked(),
      {
        [inspect.custom]() {
          throw new Error('not shown')
        },
      },
    ]) {
      const app = appThat(() => {
        throw thrown
      })
      const answer = await app.submit()
      assert.equal(answer.status, 500)
      assert.ok(app.errors[0] instanceof Error)
      assert.match(answer.text, /value="typed"/)
    }
  })

  it('loses the cookies that it set', async () => {
    const answer = await appThat(({ cookies }) => {
      cookies.set('seen', 'yes')
      throw new Error('boom')
    }).submit()
    assert.equal(answer.headers['set-cookie'], undefined)
    assert.match(answer.text, /cookie none/)
  })
})

/** Returns an object that throws at every access. */
function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

describe('cookies of an action', () => {
  it('are visible to the page in the same answer and sent to the browser', async () => {
    const answer = await appThat(({ cookies }) => {
      cookies.set('seen', 'yes', { maxAge: 60 })
      assert.equal(cookies.get('seen'), 'yes')
      return done()
    }).submit()
    assert.match(answer.text, /cookie yes/)
    assert.match(
      String(answer.headers['set-cookie']),
      /^seen=yes; Max-Age=60; Path=\/; HttpOnly; SameSite=Lax$/,
    )
  })

  it('survive a redirect', async () => {
    const answer = await appThat(({ cookies }) => {
      cookies.set('seen', 'yes')
      return redirect('/next')
    }).submit()
    assert.equal(answer.status, 303)
    assert.match(String(answer.headers['set-cookie']), /^seen=yes/)
  })
})

describe('a page that cannot show the outcome', () => {
  it('gives way to a built-in page that holds the input and can be sent again', async () => {
    let shows = true
    let runs = 0
    const { request, errors } = createTestApp(({ actions, router }) => {
      const act = actions.define('act', async () => {
        runs++
        return runs === 1 ? invalid('Something is wrong') : redirect('/')
      })
      router.get('/page', (ctx) => {
        if (!shows) throw new Error('template broke')
        const form = ctx.form(act)
        ctx.body = html`<form ${form.attributes}>${form.fields}<input ${form.input('text')}></form>`
      })
    })
    const page = await request.get('/page')
    shows = false
    const answer = await request
      .post('/page')
      .set(fromSamePage)
      .send(urlencoded(formIn(page.text, 'act').fields, { text: '<typed>', password: 'hunter2', _note: 'x' }))
    assert.equal(answer.status, 422, 'what was refused stays refused')
    assert.match(answer.text, /<li>Something is wrong<\/li>/)
    assert.equal((errors[0] as Error).message, 'template broke')
    assert.match(answer.text, /value="&lt;typed&gt;"/)
    assert.doesNotMatch(answer.text, /hunter2|_note/)
    const seal = /name="sealform" value="([^"]+)"/.exec(answer.text)?.[1] ?? ''
    await request
      .post('/page')
      .set(fromSamePage)
      .send(urlencoded({ sealform: seal, text: 'again' }))
      .expect(303)
  })

  it('is a server error with a reference after the action is done', async () => {
    let shows = true
    const { request, errors } = createTestApp(({ actions, router }) => {
      const act = actions.define('act', async () => done())
      router.get('/page', (ctx) => {
        if (!shows) throw new Error('template broke')
        const form = ctx.form(act)
        ctx.body = html`<form ${form.attributes}>${form.fields}</form>`
      })
    })
    const page = await request.get('/page')
    shows = false
    const answer = await request
      .post('/page')
      .set(fromSamePage)
      .send(urlencoded(formIn(page.text, 'act').fields))
    assert.equal(answer.status, 500)
    assert.match(answer.text, /was received[\s\S]*Reference: [0-9A-Z]{4}-[0-9A-Z]{4}/)
    assert.equal((errors[0] as Error).message, 'template broke')
    assert.equal(answer.headers['cache-control'], 'private, no-cache')
  })

  it('counts as missing when it throws an error with a 4xx status', async () => {
    let there = true
    const { request, errors } = createTestApp(({ actions, router }) => {
      const act = actions.define('act', async () => invalid('Something is wrong'))
      router.get('/page', (ctx) => {
        if (!there) ctx.throw(404, 'no such page')
        const form = ctx.form(act)
        ctx.body = html`<form ${form.attributes}>${form.fields}</form>`
      })
    })
    const page = await request.get('/page')
    there = false
    const answer = await request
      .post('/page')
      .set(fromSamePage)
      .send(urlencoded(formIn(page.text, 'act').fields))
    assert.equal(answer.status, 422)
    assert.match(answer.text, /<li>Something is wrong<\/li>/)
    assert.deepEqual(errors, [])
  })

  it('gives way to a built-in page when the app has no page for the URL', async () => {
    const { request } = appThat(() => invalid({ text: 'No' }))
    const page = await request.get('/page')
    const answer = await request
      .post('/nowhere')
      .set(fromSamePage)
      .send(urlencoded(formIn(page.text, 'act').fields, { text: 'typed' }))
    assert.equal(answer.status, 422)
    assert.match(answer.text, /<li>No<\/li>[\s\S]*value="typed"/)
  })

  it('passes its redirect on after the action is done', async () => {
    const { request } = createTestApp(({ actions, router }) => {
      let there = true
      const remove = actions.define('remove', async () => {
        there = false
        return done()
      })
      router.get('/item', (ctx) => {
        if (!there) return ctx.redirect('/items')
        const form = ctx.form(remove)
        ctx.body = html`<form ${form.attributes}>${form.fields}</form>`
      })
    })
    const page = await request.get('/item')
    const answer = await request
      .post('/item')
      .set(fromSamePage)
      .send(urlencoded(formIn(page.text, 'remove').fields))
    assert.equal(answer.status, 303)
    assert.equal(answer.headers.location, '/items')
  })
})

describe('authorize', () => {
  function guarded(authorize: (submission: Submission<unknown>, id: string) => unknown) {
    const runs: string[] = []
    const options = {
      input: z.object({ text: z.string() }),
      authorize,
      async run(_submission: unknown, id: string) {
        runs.push(id)
        return redirect('/')
      },
    }
    const { app, actions } = createTestApp(({ actions, router }) => {
      const act = actions.define('act', options)
      router.get('/page', (ctx) => {
        const form = ctx.form(act.bind(null, 'i1'))
        ctx.body = html`${form.summary()}<form ${form.attributes}>${form.fields}<input ${form.input('text')}></form>`
      })
    })
    const alone = actions.define('alone', options)
    return { app, runs, call: () => invoke(alone, { text: 'typed' }, 'i1') }
  }

  it('admits when it returns nothing, and gets the bound values', async () => {
    const seen: string[] = []
    const { call, runs } = guarded((_submission, id) => {
      seen.push(id)
    })
    assert.equal((await call()).to, '/')
    assert.deepEqual([seen, runs], [['i1'], ['i1']])
  })

  it('refuses by an outcome, returned or thrown, and the input is kept', async () => {
    for (const authorize of [
      () => forbidden(),
      async () => forbidden(),
      () => {
        throw forbidden()
      },
    ]) {
      const { app, runs } = guarded(authorize)
      const answer = await (await visit(app, '/page')).form('act').fill({ text: 'typed' }).submit()
      assert.equal(answer.status, 403)
      assert.equal(answer.form('act').value('text'), 'typed')
      assert.deepEqual(runs, [])
    }
  })

  it('refuses every visitor when it returns true or false, and says what to return', async () => {
    for (const result of [true, false, null, {}]) {
      const { call, runs } = guarded(() => result)
      await assert.rejects(call(), { code: 'ERR_AUTHORIZE_RESULT' })
      assert.deepEqual(runs, [])
    }
  })

  it('cannot read fields, which have not arrived', async () => {
    for (const property of ['formData', 'input'] as const) {
      const { call, runs } = guarded((submission) => void submission[property])
      await assert.rejects(call(), {
        code: 'ERR_NOT_READ_YET',
        message: `authorize() and onFile() run before the fields are read and validated, so submission.${property} is not available yet. Decide by the bound values, the cookies and the context; read fields in run().`,
      })
      assert.deepEqual(runs, [])
    }
  })
})
