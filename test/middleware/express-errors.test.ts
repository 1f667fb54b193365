import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { NextFunction, Request, Response } from 'express'
import { done, invalid, redirect, SealformError } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { type ExpressModule, expressApp, expresses, formPage } from '../setup/express-app.js'
import { formIn, urlencoded } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { requestText, talk } from '../setup/raw-http.js'

for (const [name, express] of expresses) {
  describe(`errors on ${name}`, () => errors(express))
}

const boom = new Error('boom')

function throws(): never {
  throw boom
}

function errors(express: ExpressModule): void {
  it('of an action reach the handlers unchanged after the answer, and do not change it', async (t) => {
    const seen: unknown[] = []
    const app = await expressApp(t, express, {
      run: throws,
      mount({ app, act, middleware }) {
        app.use(middleware)
        app.get('/form', (req, res) => {
          res.send(formPage(req, act))
        })
        app.use((error: unknown, req: Request, res: Response, _next: NextFunction) => {
          seen.push([error === boom, req.method, req.originalUrl, res.locals.failure?.action])
          res.set('X-Handler', 'yes').status(418).cookie('a', 'b').render('error', { error })
        })
      },
    })
    const answer = await app.submit('/form?a=1')
    assert.equal(answer.status, 500)
    assert.match(answer.text, /value="typed"/)
    assert.match(answer.text, /Reference: /)
    assert.equal(answer.headers['x-handler'], undefined)
    await until(() => seen.length > 0)
    assert.deepEqual(seen, [[true, 'POST', '/form?a=1', 'act']])
  })

  it('of an action reach handlers that check whether something was sent', async (t) => {
    const app = await expressApp(t, express, {
      run: throws,
      mount({ app, act, middleware }) {
        app.use(middleware)
        app.get('/form', (req, res) => {
          res.send(formPage(req, act))
        })
        app.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
          if (res.headersSent) throw new Error('there is nothing to do for a handler')
          next(error)
        })
      },
    })
    await app.submit('/form')
    assert.deepEqual(
      (await app.failed(1)).map(({ error }) => error),
      [boom],
    )
  })

  it('leave the connection open for the next request', async (t) => {
    const app = await expressApp(t, express, {
      run: throws,
      mount({ app, act, middleware }) {
        app.use(middleware)
        app.get('/form', (req, res) => {
          res.send(formPage(req, act))
        })
      },
    })
    const { fields } = formIn((await app.request.get('/form')).text, 'act')
    const submission = requestText(
      'POST /form HTTP/1.1',
      [
        ['Host', 'app.example'],
        ['Sec-Fetch-Site', 'same-origin'],
        ['Content-Type', 'application/x-www-form-urlencoded'],
      ],
      urlencoded(fields),
    )
    const page = requestText('GET /form HTTP/1.1', [['Host', 'app.example']])
    const { answers } = await talk(app.port, [submission, 50, page, 50, submission, page], { answers: 4 })
    assert.deepEqual(
      answers.map(({ status }) => status),
      [500, 200, 500, 200],
    )
    assert.equal((await app.failed(2)).length, 2)
  })

  it('of a page that shows an outcome reach the handlers once, and their answer is dropped', async (t) => {
    for (const [run, status] of [
      [() => invalid({ text: 'Not that' }), 422],
      [() => done(), 500],
      [throws, 500],
    ] as const) {
      const seen: unknown[] = []
      const app = await expressApp(t, express, {
        run,
        mount({ app, act, middleware }) {
          let shown = 0
          app.use(middleware)
          app.get('/form', (req, res) => {
            if (shown++ > 0) throw new Error('the template broke')
            res.send(formPage(req, act))
          })
          app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
            seen.push(String(error))
            res.status(503).set('Retry-After', '1').send('the handler of the app')
          })
        },
      })
      const answer = await app.submit('/form')
      assert.equal(answer.status, status)
      assert.match(answer.text, /^<!doctype html>\n/)
      assert.doesNotMatch(answer.text, /the handler of the app|the template broke/)
      await until(() => seen.length > 0)
      assert.deepEqual(seen, ['Error: the template broke'])
    }
  })

  it('of a page that already writes damage neither the answer nor the connection', async (t) => {
    const app = await expressApp(t, express, {
      run: () => invalid({ text: 'Not that' }),
      mount({ app, act, middleware }) {
        let shown = 0
        app.use(middleware)
        app.get('/form', (req, res, next) => {
          if (shown++ === 0) {
            res.send(formPage(req, act))
            return
          }
          res.write(String(formPage(req, act)))
          next(boom)
        })
      },
    })
    const answer = await app.submit('/form')
    assert.equal(answer.status, 422)
    assert.match(answer.text, /^<!doctype html>\n[\s\S]*<li>Not that<\/li>[\s\S]*value="typed"/)
    assert.deepEqual(
      app.errors.map(({ error }) => error),
      [boom],
    )
  })

  it('of a page that has ended its answer do not change it', async (t) => {
    const app = await expressApp(t, express, {
      run: () => invalid({ text: 'Not that' }),
      mount({ app, act, middleware }) {
        let shown = 0
        app.use(middleware)
        app.get('/form', (req, res) => {
          res.set('X-Page', 'yes').send(formPage(req, act))
          if (shown++ > 0) throw boom
        })
        app.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
          if (!res.headersSent)
            res.status(503).set('X-Page', 'no').set('X-Broken', 'yes').json({ broken: true })
          next(error)
        })
      },
    })
    const answer = await app.submit('/form')
    assert.equal(answer.status, 422)
    assert.match(answer.text, /Not that/)
    assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8')
    assert.equal(answer.headers['x-page'], 'yes')
    assert.equal(answer.headers['x-broken'], undefined)
    assert.equal(app.errors.length, 1)
  })

  it('of many regions reach the handlers without a warning of Node', async (t) => {
    const warned: string[] = []
    const listener = (warning: Error) => warned.push(String(warning))
    process.on('warning', listener)
    t.after(() => process.off('warning', listener))
    const app = await expressApp(t, express, {
      mount({ app, middleware }) {
        app.use(middleware)
        app.get('/form', (req, res) => {
          res.send(html`${Array.from({ length: 15 }, (_, i) => req.region(`r${i}`, throws))}`)
        })
      },
    })
    const { text } = await app.request.get('/form')
    assert.equal(text.split('sealform-failed').length, 16)
    await app.failed(1)
    await wait(20)
    assert.deepEqual(
      warned.filter((warning) => /MaxListeners/.test(warning)),
      [],
    )
  })

  it('of handlers of errors themselves do no harm', async (t) => {
    const app = await expressApp(t, express, {
      run: throws,
      mount({ app, act, middleware }) {
        app.use(middleware)
        app.get('/form', (req, res) => {
          res.send(formPage(req, act))
        })
        app.use((_error: unknown, _req: Request, _res: Response, _next: NextFunction) => {
          throw new Error('the handler broke')
        })
      },
    })
    assert.equal((await app.submit('/form')).status, 500)
    const [failure] = await app.failed(1)
    assert.match(String(failure?.error), /the handler broke/)
    assert.equal((await app.submit('/form')).status, 500)
  })

  it('with a 4xx status mean that there is no page, as http-errors creates them', async (t) => {
    const app = await expressApp(t, express, {
      run: () => invalid({ text: 'Not that' }),
      mount({ app, act, middleware }) {
        app.use(middleware)
        app.get('/form', (req, res) => {
          res.send(formPage(req, act))
        })
        app.use((_req, _res, next) => next(Object.assign(new Error('Not Found'), { status: 404 })))
      },
    })
    const answer = await app.submit('/nowhere', {}, { from: '/form' })
    assert.equal(answer.status, 422)
    assert.match(answer.text, /<li>Not that<\/li>[\s\S]*value="typed"/)
  })

  it('in option functions reach the handlers, and no visitor waits', async (t) => {
    const app = await expressApp(t, express, {
      run: () => redirect('/done'),
      middleware: {
        session: ({ req }) => {
          if (req.method === 'POST') throw boom
          return undefined
        },
      },
      mount({ app, act, middleware }) {
        app.use(middleware)
        app.get('/form', (req, res) => {
          res.send(formPage(req, act))
        })
      },
    })
    const answer = await app.submit('/form')
    assert.equal(answer.status, 500)
    assert.equal(app.runs(), 0)
    assert.deepEqual(
      app.errors.map(({ error }) => error),
      [boom],
    )
  })

  it('in the function messages are answered by the handlers, even after a page was rendered', async (t) => {
    let shown = 0
    const app = await expressApp(t, express, {
      run: () => invalid({ text: 'Not that' }),
      middleware: {
        messages: () => {
          if (shown > 1) throw boom
          return {}
        },
      },
      mount({ app, act, middleware }) {
        app.use(middleware)
        app.get('/form', (req, res) => {
          if (shown++ === 0) res.send(formPage(req, act))
          else res.send('no form')
        })
      },
    })
    const answer = await app.submit('/form')
    assert.equal(answer.status, 500)
    assert.doesNotMatch(answer.text, /no form/)
    assert.deepEqual(
      app.errors.map(({ error }) => error),
      [boom],
    )
  })

  it('report a page that never answers, and the visitor gets the input back after 30 seconds', async (t) => {
    let late: Response | undefined
    const app = await expressApp(t, express, {
      run: () => invalid({ text: 'Not that' }),
      mount({ app, act, middleware }) {
        app.use(middleware)
        app.get('/form', (req, res) => {
          res.send(formPage(req, act))
        })
        app.get('/never', (_req, res) => {
          late = res
        })
      },
    })
    const { fields } = formIn((await app.request.get('/form')).text, 'act')
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const sending = fetch(`http://127.0.0.1:${app.port}/never`, {
      method: 'POST',
      headers: { 'Sec-Fetch-Site': 'same-origin', 'Content-Type': 'application/x-www-form-urlencoded' },
      body: urlencoded(fields, { text: 'typed' }),
    })
    while (late === undefined) await new Promise((resolve) => setImmediate(resolve))
    t.mock.timers.tick(30_000)
    const answer = await sending
    t.mock.timers.reset()
    assert.equal(answer.status, 422)
    assert.match(await answer.text(), /<li>Not that<\/li>[\s\S]*value="typed"/)
    const [failure] = await app.failed(1)
    assert.ok(failure?.error instanceof SealformError)
    assert.equal(failure.error.code, 'ERR_PAGE_UNANSWERED')
    late.set('X-Late', 'yes').status(200).send('too late')
    late.write('more')
    late.end()
    assert.equal((await app.submit('/form')).status, 422)
    assert.equal(app.errors.length, 1)
  })
}
