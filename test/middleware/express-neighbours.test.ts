import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { describe, it } from 'node:test'
import compression from 'compression'
import cookieParser from 'cookie-parser'
import session, { MemoryStore, type SessionData } from 'express-session'
import helmet from 'helmet'
import multer from 'multer'
import { done, flash, invalid, redirect } from '../../lib/sealform.js'
import { type ExpressModule, expressApp, expresses, formPage } from '../setup/express-app.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { requestText, talk } from '../setup/raw-http.js'

declare module 'express-session' {
  interface SessionData {
    user: string
  }
}

for (const [name, express] of expresses) {
  describe(`body parsers on ${name}`, () => parsers(express))
  describe(`sessions on ${name}`, () => sessions(express))
  describe(`middleware around forms on ${name}`, () => around(express))
  describe(`proxies on ${name}`, () => proxies(express))
}

const refuse = () => invalid({ text: 'Not that' })

function parsers(express: ExpressModule): void {
  it('may come after for every request, and find no body when an outcome is shown', async (t) => {
    const app = await expressApp(t, express, {
      run: ({ formData }) => (formData.get('text') === 'good' ? redirect('/done') : refuse()),
      mount({ app, act, middleware }) {
        app.use(middleware)
        app.use(express.urlencoded({ extended: true }), express.json(), express.text(), multer().any())
        app.get('/form', (req, res) => {
          res.send(formPage(req, act))
        })
        app.post('/echo', (req, res) => {
          res.json({
            body: req.body,
            files: Array.isArray(req.files) ? req.files.map(({ size }) => size) : [],
          })
        })
      },
    })
    assert.equal((await app.submit('/form', { text: 'x'.repeat(100_000) })).status, 422)
    assert.equal((await app.submit('/form', { text: 'x'.repeat(2_000_000) })).status, 413)
    assert.equal((await app.submit('/form', { text: 'good' })).status, 303)
    let multipart = app.request.post('/form').redirects(0).set(fromSamePage)
    const { fields } = formIn((await app.request.get('/form')).text, 'act')
    for (const [name, value] of Object.entries(fields)) multipart = multipart.field(name, value)
    assert.equal((await multipart.field('text', 'bad')).status, 422)

    const form = await app.request.post('/echo').send('a=1&b[c]=2')
    assert.deepEqual(form.body.body, { a: '1', b: { c: '2' } })
    const json = await app.request.post('/echo').send({ sealform: [1] })
    assert.deepEqual(json.body.body, { sealform: [1] })
    const file = await app.request.post('/echo').field('a', '1').attach('f', Buffer.alloc(70_000), 'a.bin')
    assert.deepEqual(file.body, { body: { a: '1' }, files: [70_000] })
    assert.deepEqual(app.errors, [])
  })

  it('may come before when they keep the bytes, as express.raw() and the verify option do', async (t) => {
    const keepRaw = (req: IncomingMessage, _res: unknown, bytes: Buffer) =>
      Object.assign(req, { rawBody: bytes })
    for (const parser of [
      express.raw({ type: '*/*', limit: '3mb' }),
      express.urlencoded({ extended: true, limit: '3mb', verify: keepRaw }),
      express.text({ type: '*/*', limit: '3mb', verify: keepRaw }),
    ]) {
      const app = await expressApp(t, express, {
        run: ({ formData }) => (formData.get('text') === 'good' ? redirect('/done') : refuse()),
        mount({ app, act, middleware }) {
          app.use(parser, middleware)
          app.get('/form', (req, res) => {
            res.send(formPage(req, act))
          })
          app.post('/other', (req, res) => {
            res.json(Buffer.isBuffer(req.body) ? req.body.toString() : req.body)
          })
        },
      })
      assert.equal((await app.submit('/form', { text: 'good' })).status, 303)
      const bad = await app.submit('/form', { text: 'x'.repeat(100_000) })
      assert.equal(bad.status, 422)
      assert.ok(bad.text.includes('x'.repeat(100_000)))
      assert.equal((await app.submit('/form', { text: 'x'.repeat(2_000_000) })).status, 413)
      assert.equal((await app.request.post('/other').send('a=1')).status, 200)
      assert.deepEqual(app.errors, [])
    }
  })

  it('are named when they come before and take the body', async (t) => {
    const app = await expressApp(t, express, {
      mount({ app, act, middleware }) {
        app.use(express.urlencoded({ extended: true }), multer().any())
        app.use(middleware)
        app.get('/form', (req, res) => {
          res.send(formPage(req, act))
        })
        app.post('/other', (req, res) => {
          res.json(req.body)
        })
      },
    })
    const answer = await app.submit('/form')
    assert.equal(answer.status, 500)
    const { fields } = formIn((await app.request.get('/form')).text, 'act')
    let multipart = app.request.post('/form').set(fromSamePage)
    for (const [name, value] of Object.entries(fields)) multipart = multipart.field(name, value)
    assert.equal((await multipart).status, 500)
    for (const { error } of await app.failed(2)) {
      assert.equal(Object(error).code, 'ERR_BODY_CONSUMED')
      assert.match(String(error), /Mounted before it are: urlencodedParser, multerMiddleware\./)
    }
    assert.equal(app.errors.length, 2)
    assert.equal(app.runs(), 0)
    const other = await app.request.post('/other').send('a=1')
    assert.deepEqual(other.body, { a: '1' })
  })
}

/** A slow store, like one on another machine. */
class SlowStore extends MemoryStore {
  saves = 0
  override set(id: string, data: SessionData, callback?: (error?: unknown) => void): void {
    this.saves++
    setTimeout(() => super.set(id, data, callback), 10)
  }
}

function sessions(express: ExpressModule): void {
  it('are saved once for each answer, before its end', async (t) => {
    const store = new SlowStore()
    const app = await expressApp(t, express, {
      run({ context: { req }, formData }) {
        req.session.user = String(formData.get('text'))
        return formData.get('text') === 'ann' ? redirect('/who') : done()
      },
      mount({ app, act, middleware }) {
        app.use(session({ secret: 'for tests', store, resave: false, saveUninitialized: false }))
        app.use(middleware)
        app.get('/form', (req, res) => {
          res.send(`${formPage(req, act)}<p>user ${req.session.user}</p>`)
        })
        app.get('/who', (req, res) => {
          res.send(`user ${req.session.user}`)
        })
      },
    })
    for (const [text, status] of [
      ['ann', 303],
      ['bob', 200],
    ] as const) {
      store.saves = 0
      const answer = await app.submit('/form', { text })
      assert.equal(answer.status, status)
      assert.equal(store.saves, 1)
      const cookie = String(answer.headers['set-cookie']).split(';', 1)[0] ?? ''
      assert.match(cookie, /^connect\.sid=/)
      assert.equal((await app.request.get('/who').set('Cookie', cookie)).text, `user ${text}`)
      if (status === 200) assert.match(answer.text, /<p>user bob<\/p>$/)
    }
  })

  it('bind a form to a sign-in', async (t) => {
    const app = await expressApp(t, express, {
      run: () => redirect('/done'),
      middleware: { session: ({ req }) => req.session.user && req.sessionID },
      mount({ app, act, middleware }) {
        app.use(session({ secret: 'for tests', resave: false, saveUninitialized: false }))
        app.get('/sign-in/:user', (req, res) => {
          req.session.user = String(req.params.user)
          res.send('in')
        })
        app.use(middleware)
        app.get('/form', (req, res) => {
          res.send(formPage(req, act))
        })
      },
    })
    const signIn = async (user: string) =>
      String((await app.request.get(`/sign-in/${user}`)).headers['set-cookie']).split(';', 1)[0] ?? ''
    const [ann, bob] = [await signIn('ann'), await signIn('bob')]
    const page = await app.request.get('/form').set('Cookie', ann)
    assert.equal(page.headers['cache-control'], 'private, no-store')
    const send = (cookie: string) =>
      app.request
        .post('/form')
        .redirects(0)
        .set({ ...fromSamePage, Cookie: cookie })
        .send(urlencoded(formIn(page.text, 'act').fields, { text: 'typed' }))
    const refused = await send(bob)
    assert.equal(refused.status, 403)
    assert.match(refused.text, /signed in or out[\s\S]*value="typed"/)
    assert.equal(app.runs(), 0)
    assert.equal((await send(ann)).status, 303)
  })
}

function around(express: ExpressModule): void {
  it('compresses an outcome once, mounted before or after', async (t) => {
    const box = /^<div data-sealform-region id="box">(?:(?!xxx).)*<\/form><\/div>$/s
    for (const place of ['before', 'after'] as const) {
      const app = await expressApp(t, express, {
        run: refuse,
        mount({ app, act, middleware }) {
          if (place === 'before') app.use(compression({ threshold: 0 }))
          app.use(middleware)
          if (place === 'after') app.use(compression({ threshold: 0 }))
          app.get('/form', (req, res) => {
            res.send(`${req.region('box', `<div id="box">${formPage(req, act)}</div>`)}${'x'.repeat(5000)}`)
          })
        },
      })
      const answer = await app.submit('/form')
      assert.equal(answer.status, 422)
      assert.equal(answer.headers['content-encoding'], 'gzip')
      assert.match(answer.text, /Not that.*x{5000}$/s)
      assert.match(answer.headers.vary ?? '', /Accept-Encoding/)

      const { fields } = formIn((await app.request.get('/form')).text, 'act')
      const region = await app.request
        .post('/form')
        .set({ ...fromSamePage, 'Sealform-Region': 'box' })
        .send(urlencoded(fields))
      assert.equal(region.status, 422)
      assert.match(region.text, /Not that/)
      const got = await app.request.get('/form').set('HX-Target', 'box')
      assert.equal(got.status, 200)
      for (const { text } of [region, got]) assert.match(text, box)
      const page = requestText('GET /form HTTP/1.1', [['Host', 'app.example']])
      const submission = requestText(
        'POST /form HTTP/1.1',
        [
          ['Host', 'app.example'],
          ['Sec-Fetch-Site', 'same-origin'],
          ['Accept-Encoding', 'gzip'],
          ['Content-Type', 'application/x-www-form-urlencoded'],
        ],
        urlencoded(fields),
      )
      const { answers, closed } = await talk(app.port, [Buffer.concat([submission, page])], { answers: 2 })
      assert.deepEqual([answers.map(({ status }) => status), closed], [[422, 200], false])
      const missing = await app.submit('/nowhere', {}, { from: '/form' })
      assert.equal(missing.status, 422)
      assert.match(missing.text, /value="typed"/)
    }
  })

  it('sees the cookies of an action with cookie-parser, mounted before or after', async (t) => {
    for (const place of ['before', 'after'] as const) {
      const app = await expressApp(t, express, {
        run({ cookies }) {
          cookies.set('seen', 'ä')
          cookies.set('__proto__', 'x')
          cookies.delete('gone')
          return done()
        },
        mount({ app, act, middleware }) {
          if (place === 'before') app.use(cookieParser('secret'))
          app.use(middleware)
          if (place === 'after') app.use(cookieParser('secret'))
          app.get('/form', (req, res) => {
            res.send(`${formPage(req, act)}${JSON.stringify(Object.entries(req.cookies))}`)
          })
        },
      })
      const answer = await app.submit('/form', {}, { headers: { Cookie: 'gone=1; kept=j:{"a":1}' } })
      assert.match(answer.text, /\[\["kept",\{"a":1\}\],\["seen","ä"\]/, place)
    }
  })

  it('keeps the headers of helmet, on every kind of answer', async (t) => {
    const app = await expressApp(t, express, {
      run: ({ formData }) => (formData.get('text') === 'go' ? redirect('/done') : refuse()),
      mount({ app, act, middleware }) {
        app.use(helmet())
        app.use(middleware)
        app.get('/form', (req, res) => {
          res.send(formPage(req, act))
        })
      },
    })
    for (const [text, path] of [
      ['go', '/form'],
      ['no', '/form'],
      ['no', '/nowhere'],
    ] as const) {
      const { headers } = await app.submit(path, { text }, { from: '/form' })
      assert.match(headers['content-security-policy'] ?? '', /default-src/)
      assert.equal(headers['referrer-policy'], 'no-referrer')
      assert.equal(headers['x-powered-by'], undefined)
    }
  })

  it('gets one finish event, with the status of the answer', async (t) => {
    const finished: unknown[] = []
    const app = await expressApp(t, express, {
      run: refuse,
      mount({ app, act, middleware }) {
        app.use((req, res, next) => {
          res.on('finish', () => finished.push([req.method, res.statusCode, res.getHeader('content-length')]))
          next()
        })
        app.use(middleware)
        app.get('/form', (req, res) => {
          res.send(formPage(req, act))
        })
      },
    })
    const answer = await app.submit('/form')
    await app.submit('/nowhere', {}, { from: '/form' })
    await until(() => finished.length >= 4)
    assert.equal(finished.length, 4)
    assert.deepEqual(finished[1], ['POST', 422, Buffer.byteLength(answer.text)])
    assert.deepEqual((finished[3] as unknown[]).slice(0, 2), ['POST', 422])
  })
}

function proxies(express: ExpressModule): void {
  const forwarded = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'shop.example:8443, inner.example' }

  async function statusBehind(
    t: Parameters<typeof expressApp>[0],
    trust: boolean | number | string,
    headers: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly cookie: string }> {
    const app = await expressApp(t, express, {
      run: () => flash('hello', '/form'),
      mount({ app, act, middleware }) {
        app.set('trust proxy', trust)
        app.use(middleware)
        app.get('/form', (req, res) => {
          res.send(formPage(req, act))
        })
      },
    })
    const { fields } = formIn((await app.request.get('/form')).text, 'act')
    const answer = await app.request
      .post('/form')
      .redirects(0)
      .set({ Host: 'app.example:3000', ...headers })
      .send(urlencoded(fields))
    return { status: answer.status, cookie: String(answer.headers['set-cookie']) }
  }

  it('are not believed unless the app trusts them', async (t) => {
    assert.equal((await statusBehind(t, false, { Origin: 'http://app.example:3000' })).status, 303)
    assert.equal((await statusBehind(t, false, { Origin: 'http://app.example' })).status, 403)
    assert.equal(
      (await statusBehind(t, false, { ...forwarded, Origin: 'http://app.example:3000' })).status,
      303,
    )
    assert.equal(
      (await statusBehind(t, false, { ...forwarded, Origin: 'https://shop.example:8443' })).status,
      403,
    )
    assert.equal(
      (await statusBehind(t, '10.0.0.0/8', { ...forwarded, Origin: 'https://shop.example:8443' })).status,
      403,
    )
  })

  it('give protocol and host, with its port, when the app trusts them', async (t) => {
    for (const trust of [true, 1, 'loopback']) {
      const answer = await statusBehind(t, trust, { ...forwarded, Origin: 'https://shop.example:8443' })
      assert.equal(answer.status, 303)
      assert.match(answer.cookie, /^__Host-sealform\.flash=.*; Secure/)
      assert.equal(
        (await statusBehind(t, trust, { ...forwarded, Origin: 'http://app.example:3000' })).status,
        403,
      )
    }
    assert.equal((await statusBehind(t, true, { Origin: 'http://app.example:3000' })).status, 303)
  })

  it('cause 400 when they name an unknown protocol', async (t) => {
    const headers = { 'X-Forwarded-Proto': 'ftp', Origin: 'http://app.example:3000' }
    assert.equal((await statusBehind(t, true, headers)).status, 400)
  })
}
