import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer, request as post, type RequestListener } from 'node:http'
import { connect, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import compression from 'compression'
import session from 'express-session'
import helmet from 'helmet'
import Koa from 'koa'
import koaSession from 'koa-session'
import { type Actions, createActions } from '../../lib/sealform.js'
import { sealform as sealformExpress } from '../../middleware/express.js'
import { sealform as sealformKoa } from '../../middleware/koa.js'
import { sealform as sealformNode } from '../../middleware/node.js'
import { expresses } from '../setup/express-app.js'
import { formIn, fromSamePage, listen, testKey, urlencoded } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { type Requests, requestsTo } from '../setup/requests-to.js'

const inspect = '/sealform'

function someActions(): Actions<unknown> {
  const actions = createActions({ keys: testKey, development: true })
  actions.define('act', () => {})
  return actions
}

async function serve(t: TestContext, handler: Parameters<typeof createServer>[1]) {
  const port = await listen(createServer(handler), (close) => t.after(close))
  return requestsTo(`http://127.0.0.1:${port}`)
}

/** Looks at pages and opens a seal, and checks that no answer has a header of the app. */
async function assertAlone(request: Requests): Promise<void> {
  const answers = [
    await request.get(inspect).set('Accept-Encoding', 'gzip').expect(200),
    await request.get(`${inspect}/style.css`).expect(200),
    await request.get(inspect).set('Host', 'evil.example').expect(403),
  ]
  const { fields } = formIn((await request.get(`${inspect}/seal`).expect(200)).text, 'seal.open')
  const opening = request
    .post(`${inspect}/seal`)
    .set(fromSamePage)
    .send(urlencoded(fields, { seal: 'AAAA' }))
  const opened = await opening.expect(200)
  assert.match(opened.text, /It would be refused with 400/)
  for (const { headers } of [...answers, opened]) {
    assert.match(
      String(headers['content-security-policy']),
      /^default-src 'none'; style-src 'self'; form-action/,
    )
    assert.match(String(headers['cache-control']), /no-store/)
    for (const name of ['set-cookie', 'x-app', 'x-powered-by', 'strict-transport-security']) {
      assert.equal(headers[name], undefined, name)
    }
  }
}

for (const [name, express] of expresses) {
  describe(`the inspector on ${name}`, () => {
    it('stands behind sessions, compression and security headers', async (t) => {
      const app = express()
      app.use(session({ secret: 'test', resave: true, saveUninitialized: true }))
      app.use(helmet(), compression({ threshold: 0 }))
      app.use((_req, res, next) => {
        res.set('X-App', 'secret')
        next()
      })
      app.use(sealformExpress(someActions(), { inspect }))
      app.get('/', (_req, res) => void res.send('app'))
      const request = await serve(t, app)
      const { headers } = await request.get('/').expect(200)
      assert.ok(headers['set-cookie'] && headers['x-app'] && headers['strict-transport-security'])
      await assertAlone(request)
    })
  })
}

describe('the inspector on Koa', () => {
  it('stands behind sessions, and middleware that sets headers on its way back', async (t) => {
    const app = new Koa()
    app.keys = ['test']
    app.on('error', (error) => assert.fail(error))
    app.use(koaSession({ rolling: true }, app))
    app.use(async (ctx, next) => {
      ctx.session!.visits = 1
      await next()
      ctx.set('X-App', 'secret')
    })
    app.use(sealformKoa(someActions(), { inspect }))
    app.use((ctx) => {
      ctx.body = 'app'
    })
    const request = await serve(t, app.callback())
    const { headers } = await request.get('/').expect(200)
    assert.ok(headers['set-cookie'] && headers['x-app'])
    await assertAlone(request)
  })
})

/** Takes a prefix off the URL while the app is called, as code that mounts an app does. */
function below(prefix: string, app: RequestListener): RequestListener {
  return (req, res) => {
    const { url = '' } = req
    req.url = url.slice(prefix.length)
    app(req, res)
    req.url = url
  }
}

describe('the first visits of the inspector', () => {
  const apps: Record<string, (actions: Actions<unknown>) => RequestListener> = {
    Koa: (actions) => new Koa().use(sealformKoa(actions, { inspect })).callback(),
    'node:http': (actions) => sealformNode(actions, (_req, res) => void res.end('app'), { inspect }),
  }
  for (const [name, express] of expresses) {
    apps[name] = (actions) => express().use(sealformExpress(actions, { inspect }))
  }

  for (const [name, appOf] of Object.entries(apps)) {
    it(`share what the first of them loads, and keep their URL, on ${name}`, async (t) => {
      const request = await serve(t, below('/app', appOf(someActions())))
      const [list, seal] = await Promise.all([
        request.get(`/app${inspect}`).expect(200),
        request.get(`/app${inspect}/seal`).expect(200),
      ])
      assert.match(list.text, /<h1>Submissions/)
      const { fields } = formIn(seal.text, 'seal.open')
      const opened = await request
        .post(`/app${inspect}/seal`)
        .set(fromSamePage)
        .send(urlencoded(fields, { seal: 'AAAA' }))
        .expect(200)
      assert.match(opened.text, /It would be refused with 400/)
    })
  }
})

describe('the inspector over HTTP/2', () => {
  it('judges the host by `:authority`', async (t) => {
    const listener = sealformNode(someActions(), (_req, res) => void res.end('app'), { inspect })
    const server = createHttp2Server((req, res) => Reflect.apply(listener, undefined, [req, res]))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    t.after(() => {
      client.close()
      server.close()
    })
    const statusOf = (authority: string) =>
      new Promise((resolve, reject) => {
        const stream = client.request({ ':path': inspect, ':authority': authority })
        stream.once('response', (headers) => resolve(headers[':status'])).once('error', reject)
        stream.resume().end()
      })
    assert.equal(await statusOf('localhost:3000'), 200)
    assert.equal(await statusOf('evil.example'), 403)
  })
})

describe('a visitor who leaves before the answer', () => {
  it('is listed without a status', async (t) => {
    const actions = createActions({ keys: testKey, development: true })
    const act = actions.define('act', () => {})
    const listener = sealformNode(
      actions,
      (_req, _res, page) => {
        const form = page.form(act)
        page.send(`<form ${form.attributes}>${form.fields}</form>`)
      },
      { inspect },
    )
    const port = await listen(createServer(listener), (close) => t.after(close))
    const request = requestsTo(`http://127.0.0.1:${port}`)
    const { fields } = formIn((await request.get('/')).text, 'act')
    const sending = post({
      port,
      method: 'POST',
      headers: {
        ...fromSamePage,
        'Content-Type': 'application/x-www-form-urlencoded',
        'Content-Length': 5000,
      },
    })
    sending.on('error', () => {})
    // It leaves when its seal has arrived, and the rest has not.
    const leave = () => sending.destroy()
    subscribe('tracing:sealform.submission:start', leave)
    t.after(() => unsubscribe('tracing:sealform.submission:start', leave))
    sending.write(`${urlencoded(fields)}&text=typed`)
    await until(async () => (await request.get(inspect)).text.includes('>left<'))
    const { text } = await request.get(`${inspect}/submissions/1`).expect(200)
    assert.match(text, /none: the visitor had left/)
  })
})

describe('the option inspect', () => {
  it('keeps nothing outside of development', async (t) => {
    const actions = createActions({ keys: testKey, development: false })
    const request = await serve(
      t,
      sealformNode(actions, (_req, res) => void res.end('app'), { inspect }),
    )
    assert.equal((await request.get(inspect)).text, 'app')
    assert.equal(Reflect.get(actions, 'inspection'), undefined)
    const other = createActions({ keys: testKey, development: true })
    sealformNode(other, () => {})
    assert.equal(Reflect.get(other, 'inspection'), undefined)
  })
})
