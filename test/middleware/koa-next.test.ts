import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import Koa from 'koa'
import { createActions, invalid, redirect, SealformError } from '../../lib/sealform.js'
import { type SealformContext, sealform } from '../../middleware/koa.js'
import { html } from '../../views/html.js'
import { formIn, fromSamePage, Koa2, listen, testKey, urlencoded } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { requestText, talk } from '../setup/raw-http.js'

type App = Koa<Koa.DefaultState, SealformContext>
type Next = () => Promise<unknown>

for (const [name, KoaClass] of [
  ['Koa 3', Koa],
  ['Koa 2', Koa2],
] as const) {
  describe(`a middleware on ${name} that does not wait for next()`, () => cases(KoaClass))
}

async function open(t: TestContext, KoaClass: typeof Koa, careless: (next: Next) => unknown) {
  const errors: unknown[] = []
  const runs: string[] = []
  const actions = createActions({ keys: testKey })
  const act = actions.define('act', async ({ formData }) => {
    const text = String(formData.get('text'))
    runs.push(text)
    return text === '' ? invalid('Enter a text') : redirect('/done')
  })
  const app: App = new KoaClass()
  app.on('error', (error) => errors.push(error))
  let wrong = false
  app.use(async function careful(_ctx, next) {
    await next()
  })
  app.use(function careless_(_ctx, next) {
    return wrong ? careless(next) : next()
  })
  app.use(sealform(actions, { session: () => 'ada' }))
  app.use(async (ctx) => {
    await new Promise((resolve) => setImmediate(resolve))
    const form = ctx.form(act)
    ctx.body = html`<form ${form.attributes}>${form.fields}<input ${form.input('text')}></form>`
  })
  const port = await listen(createServer(app.callback()), (close) => t.after(close))
  const page = await fetch(`http://127.0.0.1:${port}/`)
  const { fields } = formIn(await page.text(), 'act')
  wrong = true
  return { port, errors, runs, fields, allowRight: () => (wrong = false) }
}

function head(path: string, length: number): string {
  const start = requestText(`POST ${path} HTTP/1.1`, [
    ['Host', 'app.example'],
    ['Sec-Fetch-Site', 'same-origin'],
    ['Content-Type', 'application/x-www-form-urlencoded'],
    ['Content-Length', String(length)],
    ['Connection', 'close'],
  ])
  return start.toString('latin1')
}

function cases(KoaClass: typeof Koa): void {
  it('is named, the body parsers are not blamed, and the action does not run', async (t) => {
    // Node tells nobody that a request has ended once its answer was sent: the library waits for ten seconds.
    await Promise.all(
      [
        (body: string) => [head('/', body.length) + body],
        (body: string) => [head('/', body.length), 20, body],
        (body: string) => [head('/', body.length), 5, body.slice(0, 10), 20, body.slice(10)],
      ].map(async (piecesOf) => {
        const { port, errors, runs, fields } = await open(t, KoaClass, (next) => {
          next()
        })
        await talk(port, piecesOf(urlencoded(fields, { text: 'x'.repeat(100) })))
        await until(() => errors.length > 0)
        assert.equal(errors.length, 1)
        const [error] = errors
        assert.ok(error instanceof SealformError, String(error))
        assert.equal(error.code, 'ERR_ALREADY_ANSWERED')
        assert.match(
          error.message,
          /write await next\(\) or return next\(\).*Mounted before it are: careful, careless_\.$/,
        )
        assert.deepEqual(runs, [])
      }),
    )
  })

  it('never ends the process, whenever it lets go', async (t) => {
    for (const text of ['typed', '']) {
      const { port, errors, fields, allowRight } = await open(t, KoaClass, async (next) => {
        await new Promise((resolve) => setTimeout(resolve, 30))
        next()
      })
      const body = urlencoded(fields, { text })
      await talk(port, [head('/', body.length) + body])
      await until(() => errors.length > 0)
      for (const error of errors) {
        assert.ok(error instanceof SealformError, String(error))
        assert.equal(error.code, 'ERR_ALREADY_ANSWERED')
      }
      allowRight()
      const { status } = await fetch(`http://127.0.0.1:${port}/`, {
        method: 'POST',
        headers: { ...fromSamePage, 'Content-Type': 'application/x-www-form-urlencoded' },
        body,
        redirect: 'manual',
      })
      assert.equal(status, text === '' ? 422 : 303)
    }
  })

  it('is named for a page, which is sent without its Cache-Control', async (t) => {
    const { port, errors } = await open(t, KoaClass, (next) => {
      next()
    })
    await fetch(`http://127.0.0.1:${port}/`)
    await until(() => errors.length > 0)
    const [error] = errors
    assert.ok(error instanceof SealformError, String(error))
    assert.match(error.message, /^This page was sent before it was complete/)
  })
}
