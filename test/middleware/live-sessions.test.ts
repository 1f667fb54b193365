import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import compression from 'compression'
import express from 'express'
import session from 'express-session'
import Koa from 'koa'
import koaSession from 'koa-session'
import supertest from 'supertest'
import { createCache } from '../../lib/cache/cache.js'
import { createActions } from '../../lib/sealform.js'
import { sealform } from '../../middleware/express.js'
import { type SealformContext, sealform as sealformKoa } from '../../middleware/koa.js'
import { html } from '../../views/html.js'
import { openStream } from '../setup/event-stream.js'
import { listen, testKey } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { requestsTo } from '../setup/requests-to.js'

describe('a stream behind other middleware', () => {
  it('does not give an Express session back what it was when the stream began, and is not held back by compression', async (t) => {
    const cache = createCache()
    t.after(() => cache.close())
    const actions = createActions({ keys: testKey, cache })
    const app = express()
    app.use(compression({ threshold: 0 }))
    app.use(session({ secret: 'secret', resave: true, rolling: true, saveUninitialized: true }))
    app.use(sealform(actions, { live: true }))
    app.get('/', (req, res) => {
      const visit = Object(req.session)
      visit.user = req.query.user ?? visit.user
      res.send(html`${visit.user} ${req.region('list', html`<p id="list"></p>`, { live: ['list'] })}`)
    })
    const port = await listen(createServer(app), (close) => t.after(close))
    const agent = supertest.agent(`http://127.0.0.1:${port}`)
    const { text, headers } = await agent.get('/?user=ada')
    const cookie = String(headers['set-cookie']).split(';')[0]!
    const [, mark] = /data-sealform-live="([^"]+)"/.exec(text) ?? []
    const stream = await openStream(t, port, `/sealform-live?${mark}`, {
      headers: { Cookie: cookie, 'Accept-Encoding': 'gzip' },
    })
    assert.equal(stream.status, 200)
    assert.equal(stream.headers['set-cookie'], undefined)
    await agent.get('/?user=signed-out')
    await cache.revalidateTag('list')
    await stream.received(1)
    actions.drain(0.01)
    await until(stream.ended)
    assert.match((await agent.get('/')).text, /^signed-out/)
  })

  it('lets a Koa session set its cookie first', async (t) => {
    const cache = createCache()
    t.after(() => cache.close())
    const errors: unknown[] = []
    const app = new Koa<Koa.DefaultState, SealformContext>()
    app.keys = ['secret']
    app.on('error', (error) => errors.push(error))
    app.use(koaSession({ rolling: true }, app as never))
    app.use(
      sealformKoa(createActions({ keys: testKey, cache }), {
        live: true,
        session: (ctx) => Object(ctx).session.user,
      }),
    )
    app.use((ctx) => {
      Object(ctx).session.user = 'ada'
      ctx.body = html`${ctx.region('list', html`<p id="list"></p>`, { live: ['list'] })}`
    })
    const server = createServer(app.callback())
    const port = await listen(server, (close) => t.after(close))
    t.after(() => server.closeAllConnections())
    const { text, headers } = await requestsTo(`http://127.0.0.1:${port}`).get('/')
    const cookie = [headers['set-cookie'] ?? []]
      .flat()
      .map((line) => line.split(';')[0])
      .join('; ')
    const [, mark] = /data-sealform-live="([^"]+)"/.exec(text) ?? []
    const stream = await openStream(t, port, `/sealform-live?${mark}`, { headers: { Cookie: cookie } })
    assert.equal(stream.status, 200)
    assert.match(String(stream.headers['set-cookie']), /koa\.sess/)
    await cache.revalidateTag('list')
    await stream.received(1)
    assert.deepEqual(errors, [])
  })
})
