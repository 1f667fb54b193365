import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { RequestHandler, Response } from 'express'
import type Koa from 'koa'
import { SealformError } from '../../lib/base/errors.js'
import {
  type ActionsOptions,
  forbidden,
  redirect,
  type Submission,
  unauthorized,
} from '../../lib/sealform.js'
import { guard as guardExpress } from '../../middleware/express.js'
import { guard as guardKoa } from '../../middleware/koa.js'
import { html } from '../../views/html.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { type AnyContext, type Framework, frameworks } from './frameworks.js'
import { openSite, type SiteOptions } from './site.js'

type Authorize = NonNullable<ActionsOptions<AnyContext>['authorize']>

function authorizing(framework: Framework): void {
  /** A site whose registry has this `authorize`. Its action has one, too. */
  async function open(t: TestContext, authorize: Authorize, own: () => unknown = () => undefined) {
    const asked: string[] = []
    const site = await openSite(t, framework, {
      actions: {
        authorize(submission, about) {
          asked.push(`all ${about.action} ${about.values}`)
          return authorize(submission as Submission<undefined, unknown, AnyContext>, about)
        },
      },
      action: {
        authorize(_submission, bound) {
          asked.push(`own ${bound}`)
          return own()
        },
      },
      run: () => redirect('/done'),
    })
    return { site, asked }
  }

  it('is asked before that of the action, with its name and bound values', async (t) => {
    const { site, asked } = await open(t, () => undefined)
    assert.equal((await site.submit()).status, 303)
    assert.deepEqual([asked, site.runs], [['all act b1', 'own b1'], ['b1']])
  })

  it('refuses before that of the action is asked, with the input', async (t) => {
    for (const refuse of [() => unauthorized(), async () => unauthorized(), thrower(unauthorized())]) {
      const { site, asked } = await open(t, refuse)
      const answer = await site.submit()
      assert.equal(answer.status, 401)
      assert.match(answer.text, /value="typed"/)
      assert.deepEqual([asked, site.runs, site.refusals], [['all act b1'], [], ['unauthorized']])
    }
  })

  it('does not replace that of the action', async (t) => {
    const { site } = await open(
      t,
      () => undefined,
      () => forbidden(),
    )
    assert.equal((await site.submit()).status, 403)
    assert.deepEqual(site.runs, [])
  })

  it('can redirect', async (t) => {
    const { site } = await open(t, () => redirect('/sign-in'))
    const answer = await site.submit()
    assert.deepEqual([answer.status, answer.headers.location, site.runs], [303, '/sign-in', []])
  })

  it('admits nobody when it returns a boolean or throws', async (t) => {
    t.mock.method(console, 'error', () => {})
    for (const mistake of [() => true, () => false, () => null, thrower(new Error('no database'))]) {
      const { site, asked } = await open(t, mistake)
      assert.equal((await site.submit()).status, 500)
      assert.deepEqual([asked, site.runs], [['all act b1'], []])
    }
  })

  it('is asked about the action of a button as well', async (t) => {
    const asked: string[] = []
    const runs: string[] = []
    const site = await openSite(t, framework, {
      actions: {
        authorize(_submission, { action }) {
          asked.push(action)
          return action === 'clear' ? forbidden() : undefined
        },
      },
      define: (actions) => ({
        save: actions.define('save', async () => void runs.push('save')),
        clear: actions.define('clear', async () => void runs.push('clear')),
      }),
      pages: {
        '/buttons': (view, _act, { save, clear }) => {
          const form = view.form(save!)
          return {
            html: html`<form ${form.attributes}>${form.fields}<button ${form.submit(clear!)}>Clear</button></form>`,
          }
        },
      },
    })
    const { html: form, fields } = formIn((await site.request.get('/buttons')).text, 'save')
    const [, name = '', value = ''] =
      /<button [^>]*?name="([^"]+)"(?: [^>]*?value="([^"]*)")?/.exec(form) ?? []
    const send = (more: Record<string, string>) =>
      site.request.post('/buttons').set(fromSamePage).send(urlencoded(fields, more))
    assert.equal((await send({ [name]: value })).status, 403)
    assert.deepEqual([asked, runs], [['save', 'clear'], []])
    assert.equal((await send({})).status, 200)
    assert.deepEqual(runs, ['save'])
  })
}

function thrower(thrown: unknown): () => never {
  return () => {
    throw thrown
  }
}

/** What a guard does, in the words of each framework. */
interface Deed {
  readonly koa: (ctx: Koa.Context, next: Koa.Next) => unknown
  readonly express: RequestHandler
}

interface RefusingDeed extends Deed {
  readonly status: number
  readonly says?: RegExp
}

const later = () => new Promise((resolve) => setTimeout(resolve, 5))
const httpError = (status: number, more: object = {}) => Object.assign(new Error('no'), { status, ...more })

const admitting: Readonly<Record<string, Deed>> = {
  'calls next': { koa: (_ctx, next) => next(), express: (_req, _res, next) => next() },
  'calls next later': {
    async koa(_ctx, next) {
      await later()
      await next()
    },
    express: (_req, _res, next) => void later().then(() => next()),
  },
  'sets a status and calls next': {
    koa(ctx, next) {
      ctx.status = 202
      return next()
    },
    express(_req, res, next) {
      res.status(202)
      next()
    },
  },
  'sets a header and calls next': {
    async koa(ctx, next) {
      ctx.set('X-Guard', 'yes')
      await next()
      ctx.set('X-After', 'yes')
    },
    express(_req, res, next) {
      res.set('X-Guard', 'yes')
      next(null)
    },
  },
}

/** What says no although `next()` was called as well. Nothing has run by then. */
const refusingAfterNext: Readonly<Record<string, RefusingDeed>> = {
  'redirects and calls next': {
    status: 302,
    koa(ctx, next) {
      ctx.redirect('/sign-in')
      return next()
    },
    express(_req, res, next) {
      res.redirect('/sign-in')
      next()
    },
  },
  'calls next and redirects': {
    status: 302,
    async koa(ctx, next) {
      await next()
      ctx.redirect('/sign-in')
    },
    express(_req, res, next) {
      next()
      res.redirect('/sign-in')
    },
  },
  'calls next and throws': {
    status: 403,
    says: /value="typed"/,
    async koa(ctx, next) {
      await next()
      ctx.throw(403)
    },
    express(_req, _res, next) {
      next()
      throw httpError(403)
    },
  },
  'calls next and rejects, or calls it with an error': {
    status: 403,
    says: /value="typed"/,
    async koa(ctx, next) {
      await next()
      ctx.throw(403)
    },
    express(_req, _res, next) {
      next()
      next(httpError(403))
    },
  },
  'sets a status of the 400s and calls next': {
    status: 403,
    says: /value="typed"/,
    koa(ctx, next) {
      ctx.status = 403
      return next()
    },
    express: (async (_req, _res, next) => {
      next()
      throw httpError(403)
    }) as RequestHandler,
  },
  'throws an object with a status': {
    status: 401,
    says: /value="typed"/,
    koa() {
      throw { status: 401 }
    },
    express: (_req, _res, next) => next({ status: 401 }),
  },
  'throws an error with a statusCode': {
    status: 409,
    says: /value="typed"/,
    koa() {
      throw Object.assign(new Error('no'), { statusCode: 409 })
    },
    express: (_req, _res, next) => next(Object.assign(new Error('no'), { statusCode: 409 })),
  },
  'throws with a status that is none': {
    status: 500,
    says: /value="typed"/,
    koa() {
      throw httpError(400.5)
    },
    express: (_req, _res, next) => next(httpError(400.5)),
  },
}

const refusing: Readonly<Record<string, RefusingDeed>> = {
  'redirects with its own means': {
    status: 302,
    koa: (ctx) => ctx.redirect('/sign-in'),
    express: (_req, res) => res.redirect('/sign-in'),
  },
  'redirects later': {
    status: 302,
    async koa(ctx) {
      await later()
      ctx.redirect('/sign-in')
    },
    express: (_req, res) => void later().then(() => res.redirect('/sign-in')),
  },
  'answers with JSON': {
    status: 418,
    says: /^\{"no":"entry"\}$/,
    koa(ctx) {
      ctx.status = 418
      ctx.body = { no: 'entry' }
    },
    express: (_req, res) => void res.status(418).json({ no: 'entry' }),
  },
  'throws an error with a status': {
    status: 401,
    says: /value="typed"/,
    koa: (ctx) => ctx.throw(401),
    express: (_req, _res, next) => next(httpError(401)),
  },
  'throws one with another status of the 400s': {
    status: 429,
    says: /value="typed"/,
    koa: (ctx) => ctx.throw(429),
    express: () => {
      throw httpError(429)
    },
  },
  'rejects with one': {
    status: 404,
    says: /value="typed"/,
    koa: async (ctx) => ctx.throw(404),
    express: (async () => {
      await later()
      throw httpError(404)
    }) as RequestHandler,
  },
  'sets a status, or skips its router': {
    status: 404,
    says: /value="typed"/,
    koa(ctx) {
      ctx.status = 404
    },
    express: (_req, _res, next) => next('router'),
  },
  'does nothing on Koa, or skips its route': {
    status: 404,
    says: /value="typed"/,
    koa: () => undefined,
    express: (_req, _res, next) => next('route'),
  },
  fails: {
    status: 500,
    says: /value="typed"/,
    koa: () => {
      throw new Error('no database')
    },
    express: (_req, _res, next) => next(new Error('no database')),
  },
}

function guardOf({ name }: Framework, { koa, express }: Deed): Authorize {
  return name.startsWith('Koa') ? guardKoa(koa as Koa.Middleware) : guardExpress(express)
}

function guarding(framework: Framework): void {
  const where: Readonly<Record<string, (authorize: Authorize) => SiteOptions>> = {
    'for all actions': (authorize) => ({ actions: { authorize: authorize as never } }),
    'for one': (authorize) => ({ action: { authorize: authorize as never } }),
  }

  it('admits when the middleware calls next()', async (t) => {
    for (const [title, deed] of Object.entries(admitting)) {
      for (const options of Object.values(where)) {
        const site = await openSite(t, framework, {
          ...options(guardOf(framework, deed)),
          run: ({ formData }) => redirect(`/done?${formData.get('text')}`),
        })
        const answer = await site.submit()
        assert.deepEqual([answer.status, answer.headers.location], [303, '/done?typed'], title)
        assert.deepEqual([site.runs, site.failures], [['b1'], []], title)
      }
    }
  })

  it('tells the developer of a guard that neither admits nor answers', async (t) => {
    const details: string[] = []
    const site = await openSite(t, framework, {
      action: {
        authorize: guardOf(framework, refusing['does nothing on Koa, or skips its route']!) as never,
      },
      middleware: { onRefused: ({ detail }) => void details.push(detail) },
    })
    assert.equal((await site.submit()).status, 404)
    assert.deepEqual(details, [
      'The guard neither answered nor admitted the visitor. It admits by calling next() without an argument.',
    ])
  })

  it('refuses when the middleware does not, and takes its answer for the answer', async (t) => {
    t.mock.method(console, 'error', () => {})
    for (const [title, deed] of Object.entries({ ...refusing, ...refusingAfterNext })) {
      for (const options of Object.values(where)) {
        let pages = 0
        const site = await openSite(t, framework, {
          ...options(guardOf(framework, deed)),
          pages: {
            '/page': (view, act) => {
              pages++
              const form = view.form(act)
              return {
                html: html`<form ${form.attributes}>${form.fields}<input ${form.input('text')}></form>`,
              }
            },
          },
        })
        const answer = await site.submit()
        assert.equal(answer.status, deed.status, title)
        if (deed.status === 302) assert.equal(answer.headers.location, '/sign-in', title)
        if (deed.says) assert.match(answer.text, deed.says, title)
        assert.deepEqual(site.runs, [], title)
        const rendered = deed.says?.source.includes('typed') ? 2 : 1
        assert.equal(pages, rendered, `${title}: no page is rendered after an answer`)
        assert.equal((await site.request.get('/page')).status, 200, title)
      }
    }
  })

  it('takes the headers of an error along', async (t) => {
    const headers = { 'WWW-Authenticate': 'Basic realm="app"' }
    const deed: Deed = {
      koa: (ctx) => ctx.throw(401, 'no', { headers }),
      express: (_req, _res, next) => next(httpError(401, { headers })),
    }
    const site = await openSite(t, framework, where['for one']!(guardOf(framework, deed)))
    const answer = await site.submit()
    assert.deepEqual([answer.status, answer.headers['www-authenticate']], [401, headers['WWW-Authenticate']])
  })

  it('sees a POST with its own context', async (t) => {
    const seen: unknown[] = []
    const deed: Deed = {
      koa(ctx, next) {
        seen.push(ctx.method, ctx.path)
        return next()
      },
      express(req, _res, next) {
        seen.push(req.method, req.path)
        next()
      },
    }
    const site = await openSite(t, framework, where['for all actions']!(guardOf(framework, deed)))
    await site.submit()
    assert.deepEqual(seen, ['POST', '/page'])
  })

  it('says what it is for when it is used elsewhere', async () => {
    const other = framework.name.startsWith('Koa') ? guardKoa : guardExpress
    const wrong = { code: 'ERR_OPTION_INVALID' }
    assert.throws(() => other('x' as never), wrong)
    await assert.rejects(() => other((() => {}) as never)({ context: {} }), wrong)
  })

  it('of another framework admits nobody', async (t) => {
    t.mock.method(console, 'error', () => {})
    const other = framework.name.startsWith('Koa')
      ? guardExpress((_req, _res: Response, next) => next())
      : guardKoa((_ctx, next) => next())
    const site = await openSite(t, framework, where['for one']!(other as Authorize))
    assert.equal((await site.submit()).status, 500)
    const [failure] = await site.failed(1)
    assert.ok(failure?.error instanceof SealformError)
    assert.equal(failure.error.code, 'ERR_OPTION_INVALID')
    assert.deepEqual(site.runs, [])
  })
}

for (const framework of frameworks) {
  describe(`authorize for all actions on ${framework.name}`, () => authorizing(framework))
  if (framework.name !== 'node:http') {
    describe(`a guard as authorize on ${framework.name}`, () => guarding(framework))
  }
}
