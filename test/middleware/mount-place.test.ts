import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import KoaRouter from '@koa/router'
import type Koa from 'koa'
import { createActions } from '../../lib/sealform.js'
import { type ExpressContext, sealform as sealformExpress } from '../../middleware/express.js'
import { type SealformContext, sealform as sealformKoa } from '../../middleware/koa.js'
import { html } from '../../views/html.js'
import { expresses } from '../setup/express-app.js'
import {
  formIn,
  fromSamePage,
  Koa2,
  listen,
  OtherRouter,
  type TestApp,
  type TestRouter,
  testKey,
  urlencoded,
} from '../setup/koa-app.js'
import { requestsTo } from '../setup/requests-to.js'

const routers = [
  ['@koa/router', KoaRouter],
  ['koa-router', OtherRouter],
] as const

for (const [name, Router] of routers) {
  describe(`the middleware in ${name}`, () => {
    /** An app with a page, whose middleware the test mounts. */
    function koaApp(
      mount: (parts: { app: TestApp; router: TestRouter; use: Parameters<TestApp['use']>[0] }) => void,
    ) {
      const actions = createActions<Koa.Context>({ keys: testKey })
      const runs: string[] = []
      const act = actions.define('act', async () => void runs.push('act'))
      const app = new Koa2<Koa.DefaultState, SealformContext>()
      const router = new Router<Koa.DefaultState, SealformContext>()
      const errors: Error[] = []
      app.on('error', (error) => errors.push(error))
      mount({ app, router, use: sealformKoa(actions) })
      const page = (ctx: SealformContext & { body: unknown }) => {
        const form = ctx.form(act)
        ctx.body = html`<form ${form.attributes}>${form.fields}</form>`
      }
      return { app, router, page, errors, runs }
    }

    it('is refused by name in router.use()', async (t) => {
      const { app, router, page, errors } = koaApp(({ router, use }) => router.use(use))
      router.get('/page', page)
      app.use(router.routes())
      const request = await open(t, app.callback())
      await request.get('/page').expect(500)
      assert.equal(errors.length, 1)
      assert.equal(Reflect.get(errors[0]!, 'code'), 'ERR_MOUNT')
      assert.match(errors[0]!.message, /router\.use\(\).*app\.use\(sealform\(actions\)\) before/)
    })

    it('is refused in router.use() of a nested router, with a path, and when the router has a POST route', async (t) => {
      for (const nest of [false, true]) {
        const { app, router, page, errors } = koaApp(({ router, use }) => router.use('/page', use))
        router.get('/page', page).post('/page', (ctx) => {
          ctx.body = 'posted'
        })
        const outer = new Router<Koa.DefaultState, SealformContext>()
        outer.use('/shop', router.routes())
        app.use((nest ? outer : router).routes())
        const request = await open(t, app.callback())
        const path = nest ? '/shop/page' : '/page'
        await request.get(path).expect(500)
        await request.post(path).expect(500)
        assert.deepEqual(
          errors.map((error) => Reflect.get(error, 'code')),
          ['ERR_MOUNT', 'ERR_MOUNT'],
        )
      }
    })

    it('is refused in router.get()', async (t) => {
      const { app, router, page, errors } = koaApp(({ router, use }) => router.get('/page', use))
      router.get('/page', page)
      app.use(router.routes())
      await (await open(t, app.callback())).get('/page').expect(500)
      assert.match(errors[0]?.message ?? '', /router\.get\(\)/)
    })

    it('works in router.all(), and on the app after a router that has called next()', async (t) => {
      const all = koaApp(({ router, use }) => router.all('/page', use))
      all.router.all('/page', all.page)
      all.app.use(all.router.routes())
      const mounted = koaApp(({ app, use }) => {
        const first = new Router<Koa.DefaultState, SealformContext>()
        first.get('/page', (_ctx, next) => next())
        app.use(first.routes()).use(use)
      })
      mounted.router.get('/page', mounted.page)
      mounted.app.use(mounted.router.routes())
      for (const { app, runs } of [all, mounted]) {
        const request = await open(t, app.callback())
        const { text } = await request.get('/page').expect(200)
        await request
          .post('/page')
          .set(fromSamePage)
          .send(urlencoded(formIn(text, 'act').fields))
          .expect(200)
        assert.deepEqual(runs, ['act'])
      }
    })
  })
}

for (const [name, express] of expresses) {
  describe(`the middleware in a route of ${name}`, () => {
    function expressApp() {
      const actions = createActions<ExpressContext>({ keys: testKey })
      const act = actions.define('act', async () => {})
      const app = express()
      app.set('env', 'test')
      const page = (req: ExpressContext['req'], res: ExpressContext['res']) => {
        const form = req.form(act)
        res.send(html`<form ${form.attributes}>${form.fields}</form>`)
      }
      return { app, page, middleware: sealformExpress(actions) }
    }

    it('is refused by name in app.get()', async (t) => {
      const { app, page, middleware } = expressApp()
      app.get('/page', middleware, page)
      const errors: unknown[] = []
      app.use((error: unknown, _req: unknown, res: ExpressContext['res'], _next: unknown) => {
        errors.push(error)
        res.sendStatus(500)
      })
      await (await open(t, app)).get('/page').expect(500)
      assert.ok(errors[0] instanceof Error)
      assert.equal(Reflect.get(errors[0], 'code'), 'ERR_MOUNT')
      assert.match(errors[0].message, /app\.get\(\)/)
    })

    it('works in app.all(), and in app.use() after a route that has called next()', async (t) => {
      const all = expressApp()
      all.app.all('/page', all.middleware, all.page)
      const after = expressApp()
      after.app.get('/page', (_req, _res, next) => next())
      after.app.use(after.middleware)
      after.app.get('/page', after.page)
      for (const { app } of [all, after]) {
        const request = await open(t, app)
        const { text } = await request.get('/page').expect(200)
        await request
          .post('/page')
          .set(fromSamePage)
          .send(urlencoded(formIn(text, 'act').fields))
          .expect(200)
      }
    })
  })
}

async function open(t: TestContext, listener: Parameters<typeof createServer>[1]) {
  const port = await listen(createServer(listener), (close) => t.after(close))
  return requestsTo(`http://127.0.0.1:${port}`)
}

describe('a middleware that is mounted on another framework', () => {
  const forKoa = /^sealform\(actions\) of 'sealform\/koa' was not called by Koa\. .*'sealform\/express'/
  const forExpress =
    /^sealform\(actions\) of 'sealform\/express' was not called by Express\. .*'sealform\/koa'/

  for (const [name, express] of expresses) {
    it(`says which one it is for: that of Koa on ${name}`, async (t) => {
      const app = express()
      const errors: Error[] = []
      const middleware = sealformKoa(createActions({ keys: testKey }))
      app.use((req, res, next) => {
        Promise.resolve(Reflect.apply(middleware, undefined, [req, res, next])).catch(next)
      })
      app.use((error: Error, _req: unknown, res: ServerResponse, _next: unknown) => {
        errors.push(error)
        res.writeHead(500).end()
      })
      const request = await open(t, app)
      await request.get('/page').expect(500)
      assert.equal(Reflect.get(errors[0]!, 'code'), 'ERR_MOUNT')
      assert.match(errors[0]!.message, forKoa)
    })
  }

  it('says which one it is for: that of Express on Koa', async (t) => {
    const app = new Koa2()
    const errors: Error[] = []
    app.on('error', (error) => errors.push(error))
    const middleware = sealformExpress(createActions({ keys: testKey }))
    app.use((ctx, next) => Reflect.apply(middleware, undefined, [ctx, next]))
    const request = await open(t, app.callback())
    await request.get('/page').expect(500)
    assert.equal(Reflect.get(errors[0]!, 'code'), 'ERR_MOUNT')
    assert.match(errors[0]!.message, forExpress)
  })
})
