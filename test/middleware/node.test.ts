import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { type ClientHttp2Session, connect, constants, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import {
  createActions,
  flash,
  invalid,
  redirect,
  type Submission,
  type Submittable,
} from '../../lib/sealform.js'
import { type NodeContext, type NodeOptions, type PageHandler, sealform } from '../../middleware/node.js'
import { html } from '../../views/html.js'
import { formIn, fromSamePage, listen, testKey, urlencoded } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { requestsTo } from '../setup/requests-to.js'

type Run = (submission: Submission<undefined, unknown, NodeContext>) => unknown

async function nodeApp(
  t: TestContext,
  run: Run,
  options: NodeOptions<NodeContext> = {},
  instead?: (...handled: [...Parameters<PageHandler>, act: Submittable<unknown>]) => unknown,
) {
  const actions = createActions<NodeContext>({ keys: testKey })
  const act = actions.define('act', {
    path: false,
    run: async (submission: Parameters<Run>[0]) => run(submission),
  })
  const errors: unknown[] = []
  const handler: PageHandler = (req, res, page) => {
    if (req.url !== '/form' && instead) return instead(req, res, page, act)
    const form = page.form(act)
    page.send(
      html`<form ${form.attributes}>${form.fields}<input ${form.input('text')}>${form.issue('text')}</form>`,
    )
  }
  const listener = sealform(actions, handler, {
    onRefused: () => {},
    onError: (error, details, context) => errors.push([error, details.action, context.req.url]),
    ...options,
  })
  const port = await listen(createServer(listener), (close) => t.after(close))
  const request = requestsTo(`http://127.0.0.1:${port}`)
  const submit = async (path = '/form', headers: Readonly<Record<string, string>> = {}) => {
    const { fields } = formIn((await request.get('/form').set(headers)).text, 'act')
    return request
      .post(path)
      .redirects(0)
      .set({ ...fromSamePage, ...headers })
      .send(urlencoded(fields, { text: 'typed' }))
  }
  return { request, submit, errors, port }
}

/** A server of HTTP/2 without TLS, and a client that is connected to it. */
async function openHttp2(
  t: TestContext,
  listener: RequestListener,
): Promise<{ session: ClientHttp2Session; port: number }> {
  const server = createHttp2Server()
  Reflect.apply(server.on, server, ['request', listener])
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const session = connect(`http://127.0.0.1:${port}`)
  t.after(() => {
    session.close()
    server.close()
  })
  return { session, port }
}

const boom = new Error('boom')

describe('sealform for plain Node servers', () => {
  it('refuses a handler that is not a function, and misspelt or impossible options, at start', () => {
    const actions = createActions({ keys: testKey })
    const handler = () => {}
    const wrong = [
      () => sealform(actions, undefined as never),
      () => sealform(actions, handler, { proxi: true } as never),
      () => sealform(actions, handler, { proxy: 'yes' } as never),
      () => sealform(actions, handler, { onError: true } as never),
      () => sealform({} as never, handler),
    ]
    for (const make of wrong) assert.throws(make, { code: 'ERR_OPTION_INVALID' })
    assert.throws(wrong[1]!, /did you mean "proxy"\?/)
  })

  it('gives all tools to an object that is made of those of the page', async (t) => {
    const app = await nodeApp(
      t,
      () => {},
      {},
      (_req, _res, page, act) => {
        const view = { ...page, greeting: 'Hello' }
        const form = view.form(act)
        const box = view.region('box', html`<p id="box">${view.greeting}</p>`)
        view.send(html`${view.forms.script}<form ${form.attributes}>${form.fields}${box}</form>`)
      },
    )
    const { status, text } = await app.request.get('/spread')
    assert.equal(status, 200)
    assert.match(text, /<script .*<form id="act".*<p data-sealform-region id="box">Hello</s)
  })

  it('answers when the handler throws, rejects or has no page', async (t) => {
    const gone = Object.assign(new Error('gone'), { status: 410 })
    for (const [instead, status, text] of [
      [
        () => {
          throw boom
        },
        500,
        'Internal Server Error',
      ],
      [async () => Promise.reject(boom), 500, 'Internal Server Error'],
      [
        () => ({
          // biome-ignore lint/suspicious/noThenProperty: another library's promise
          then(_resolve: unknown, reject: (error: unknown) => void) {
            reject(boom)
          },
        }),
        500,
        'Internal Server Error',
      ],
      [async () => Promise.reject(gone), 410, 'Gone'],
    ] as const) {
      const app = await nodeApp(t, () => {}, {}, instead)
      const answer = await app.request.get('/broken')
      assert.deepEqual([answer.status, answer.text], [status, text])
      assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8')
      assert.deepEqual(app.errors, status === 500 ? [[boom, undefined, '/broken']] : [])
    }
  })

  it('cuts off an answer that a handler began before it threw, and leaves a finished one alone', async (t) => {
    const begun = await nodeApp(
      t,
      () => {},
      {},
      async (_req, res) => {
        res.write('begun')
        await wait(5)
        throw boom
      },
    )
    await assert.rejects(async () => (await fetch(`http://127.0.0.1:${begun.port}/broken`)).text())
    assert.equal(begun.errors.length, 1)
    const ended = await nodeApp(
      t,
      () => {},
      {},
      async (_req, res) => {
        res.end('ended')
        throw boom
      },
    )
    assert.equal((await ended.request.get('/broken')).text, 'ended')
    assert.equal(ended.errors.length, 1)
  })

  it('shows the built-in page when a handler throws while it shows an outcome, before or after it wrote', async (t) => {
    for (const instead of [
      () => {
        throw boom
      },
      async () => {
        await wait(2)
        throw boom
      },
      (_req: IncomingMessage, res: { write(text: string): void }) => {
        res.write('begun')
        throw boom
      },
    ]) {
      const app = await nodeApp(t, () => invalid({ text: 'Not that' }), {}, instead)
      const answer = await app.submit('/broken')
      assert.equal(answer.status, 422)
      assert.match(answer.text, /^<!doctype html>\n[\s\S]*value="typed"/)
      assert.deepEqual(app.errors, [[boom, 'act', '/broken']])
    }
  })

  it('shows the built-in page when a pipeline to the response fails while it shows an outcome', async (t) => {
    const pieces = function* () {
      yield 'begun'
      throw boom
    }
    const app = await nodeApp(
      t,
      () => invalid({ text: 'Not that' }),
      {},
      (_req, res) => pipeline(Readable.from(pieces()), res),
    )
    const answer = await app.submit('/broken')
    assert.equal(answer.status, 422)
    assert.match(answer.text, /^<!doctype html>\n[\s\S]*value="typed"/)
    await until(() => app.errors.length > 0)
    assert.deepEqual(app.errors, [[boom, undefined, '/broken']])
  })

  it('reports what a handler throws after it showed an outcome', async (t) => {
    const app = await nodeApp(
      t,
      () => undefined,
      {},
      async (_req, res, page, act) => {
        page.form(act)
        res.end('shown')
        throw boom
      },
    )
    assert.equal((await app.submit('/late')).text, 'shown')
    await until(() => app.errors.length > 0)
    assert.deepEqual(app.errors, [[boom, undefined, '/late']])
  })

  it('answers as usual when onError throws or rejects', async (t) => {
    const printed = t.mock.method(console, 'error', () => {})
    const down = () => {
      throw new Error('the log is down')
    }
    for (const onError of [down, async () => down()]) {
      const app = await nodeApp(
        t,
        () => {
          throw boom
        },
        { onError },
      )
      const answer = await app.submit()
      assert.equal(answer.status, 500)
      assert.match(answer.text, /value="typed"/)
      assert.deepEqual(
        printed.mock.calls.map(({ arguments: [what] }) => String(what)),
        ['Error: boom', 'Error: the log is down'],
      )
      printed.mock.resetCalls()
    }
  })

  it('prints errors with their reference when there is no onError', async (t) => {
    const printed = t.mock.method(console, 'error', () => {})
    const actions = createActions({ keys: testKey })
    const act = actions.define('act', () => Promise.reject(boom))
    const listener = sealform(actions, (_req, _res, page) => {
      page.send(`<form id="act">${page.form(act).summary()}${page.form(act).fields}</form>`)
    })
    const request = requestsTo(listener)
    const { fields } = formIn((await request.get('/')).text, 'act')
    const answer = await request.post('/').set(fromSamePage).send(urlencoded(fields))
    const reference = /Reference: ([0-9A-Z-]{9})/.exec(answer.text)?.[1]
    assert.deepEqual(
      printed.mock.calls.map(({ arguments: [what] }) => what),
      [`sealform: "act" failed, reference ${reference}`, boom],
    )
  })

  it('uses the last value of each proxy header when the option proxy is on', async (t) => {
    const forwarded = {
      'X-Forwarded-Proto': 'http, https',
      'X-Forwarded-Host': 'spoofed.example, shop.example:8443',
    }
    const behind = async (proxy: boolean, Origin: string) => {
      const app = await nodeApp(t, () => flash('x', '/form'), { proxy })
      const { fields } = formIn((await app.request.get('/form')).text, 'act')
      return app.request
        .post('/form')
        .redirects(0)
        .set({ Host: 'inner.example', ...forwarded, Origin })
        .send(urlencoded(fields))
    }
    const good = await behind(true, 'https://shop.example:8443')
    assert.equal(good.status, 303)
    assert.match(String(good.headers['set-cookie']), /^__Host-sealform\.flash=.*; Secure/)
    assert.equal((await behind(true, 'https://spoofed.example')).status, 403)
    assert.equal((await behind(true, 'http://inner.example')).status, 403)
    assert.equal((await behind(false, 'https://shop.example:8443')).status, 403)
    assert.equal((await behind(false, 'http://inner.example')).status, 303)
  })

  it('runs the handler for a POST without a seal, with the body untouched', async (t) => {
    const app = await nodeApp(
      t,
      () => redirect('/'),
      {},
      async (req, res) => {
        let text = ''
        for await (const piece of req.setEncoding('utf8')) text += piece
        res.end(`${req.method} ${text}`)
      },
    )
    assert.equal((await app.request.post('/other').send('a=1')).text, 'POST a=1')
  })

  it('serves HTTP/2, whose requests have :authority in place of Host', async (t) => {
    const warned: string[] = []
    const noteWarning = (warning: Error) => warned.push(warning.message)
    process.on('warning', noteWarning)
    const actions = createActions({ keys: testKey })
    const act = actions.define('act', {
      path: false,
      run: async ({ formData }) =>
        formData.get('text') === 'go' ? redirect('/done') : invalid({ text: 'Not that' }),
    })
    const listener = sealform(actions, (req, res, page) => {
      if (req.url === '/echo') return req.pipe(res)
      if (req.url !== '/form') return res.writeHead(404).end()
      const form = page.form(act)
      page.send(`<form id="act">${form.fields}${form.issue('text')}</form>`)
    })
    const { session, port } = await openHttp2(t, listener)
    t.after(() => process.off('warning', noteWarning))
    let lengths = true
    const ask = async (headers: Record<string, string>, body = '') => {
      const length = body === '' || !lengths ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const stream = session.request({ ...headers, ...length }, { endStream: body === '' })
      const answered = once(stream, 'response')
      stream.setEncoding('utf8')
      if (body !== '') stream.end(body)
      let text = ''
      for await (const piece of stream) text += piece
      const [answer]: Record<string, unknown>[] = await answered
      return { status: answer?.[':status'], location: answer?.location, text }
    }
    const { fields } = formIn((await ask({ ':path': '/form' })).text, 'act')
    const send = (path: string, text: string, origin = `http://127.0.0.1:${port}`) =>
      ask(
        {
          ':method': 'POST',
          ':path': path,
          origin,
          'content-type': 'application/x-www-form-urlencoded',
        },
        urlencoded(fields, { text }),
      )
    const gone = await send('/form', 'go')
    assert.deepEqual([gone.status, gone.location], [303, '/done'])
    const refused = await send('/form', 'no')
    assert.equal(refused.status, 422)
    assert.match(refused.text, /Not that/)
    const missing = await send('/nowhere', 'no')
    assert.equal(missing.status, 422)
    assert.match(missing.text, /value="no"/)
    assert.equal((await send('/form', 'go', 'http://evil.example')).status, 403)
    lengths = false
    for (const text of ['no', 'x'.repeat(100_000)]) {
      const unmeasured = await send('/form', text)
      assert.equal(unmeasured.status, 422)
      assert.match(unmeasured.text, /Not that/)
    }
    const foreign = await ask(
      { ':method': 'POST', ':path': '/echo', 'content-type': 'application/x-www-form-urlencoded' },
      'a=1',
    )
    assert.equal(foreign.text, 'a=1')
    assert.deepEqual(warned, [])
  })

  it('aborts the signal of an action on HTTP/2 when the visitor leaves', async (t) => {
    const actions = createActions({ keys: testKey })
    const left: string[] = []
    let begun: (() => void) | undefined
    const running = new Promise<void>((resolve) => {
      begun = resolve
    })
    const act = actions.define('act', async ({ signal }) => {
      begun?.()
      await once(signal, 'abort')
      left.push(String(signal.reason))
    })
    const listener = sealform(actions, (_req, _res, page) => {
      page.send(html`<form id="act">${page.form(act).fields}</form>`)
    })
    const { session } = await openHttp2(t, listener)
    let text = ''
    for await (const piece of session.request({ ':path': '/' }).setEncoding('utf8')) text += piece
    const body = urlencoded(formIn(text, 'act').fields)
    const sending = session.request({
      ':method': 'POST',
      ':path': '/',
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(body.length),
    })
    sending.on('error', () => {})
    sending.end(body)
    await running
    sending.close(constants.NGHTTP2_CANCEL)
    await until(() => left.length > 0)
    assert.deepEqual(left, ['AbortError: The visitor has left.'])
  })

  it('breaks off a page on HTTP/2 that fails in the middle, so that it does not look complete', async (t) => {
    const actions = createActions({ keys: testKey })
    const errors: unknown[] = []
    const listener = sealform(
      actions,
      (_req, res) => {
        res.writeHead(200, { 'Content-Type': 'text/html' })
        res.write('<p>half')
        throw boom
      },
      { onError: (error) => errors.push(error) },
    )
    const { session } = await openHttp2(t, listener)
    const stream = session.request({ ':path': '/' })
    await assert.rejects(async () => {
      for await (const _ of stream);
    }, /NGHTTP2_INTERNAL_ERROR/)
    assert.deepEqual(errors, [boom])
  })

  it('shows an outcome on a page that is not HTML and prints no form', async () => {
    const actions = createActions({ keys: testKey })
    const check = actions.define('act', async () => invalid({ text: 'Not that' }))
    const listener = sealform(actions, (req, res, page) => {
      const form = page.form(check)
      if (req.headers.accept !== 'application/problem+json')
        return page.send(html`<form ${form.attributes}>${form.fields}</form>`)
      res.setHeader('Content-Type', 'application/json')
      res.end(JSON.stringify(form.issues))
    })
    const request = requestsTo(listener)
    const { fields } = formIn((await request.get('/')).text, 'act')
    const answer = await request
      .post('/')
      .set({ ...fromSamePage, Accept: 'application/problem+json' })
      .send(urlencoded(fields))
      .expect(422)
    assert.deepEqual(answer.body, [{ name: 'text', message: 'Not that' }])
  })

  it('drops the trailers of a page that is replaced by the built-in page', async (t) => {
    const run: Run = () => invalid({ text: 'Not that' })
    const app = await nodeApp(t, run, {}, (_req, res) => {
      res.setHeader('Trailer', 'X-Sum')
      res.write('<p>no form')
      res.addTrailers({ 'X-Sum': '1' })
      res.end()
    })
    const answer = await app.submit('/sum')
    assert.equal(answer.status, 422)
    assert.equal(answer.headers.trailer, undefined)
    assert.match(answer.text, /value="typed"/)
    assert.deepEqual(app.errors, [])
  })

  it('does not run the page for a visitor who has left', async (t) => {
    let shown = 0
    let ran: (() => void) | undefined
    const running = new Promise<void>((resolve) => {
      ran = resolve
    })
    const app = await nodeApp(
      t,
      async ({ signal }) => {
        ran?.()
        await until(() => signal.aborted)
      },
      {},
      () => {
        shown++
      },
    )
    const { fields } = formIn((await app.request.get('/form')).text, 'act')
    const controller = new AbortController()
    const sending = fetch(`http://127.0.0.1:${app.port}/never`, {
      method: 'POST',
      headers: { ...fromSamePage, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: urlencoded(fields),
      signal: controller.signal,
    }).catch(() => 'left')
    await running
    controller.abort()
    assert.equal(await sending, 'left')
    await wait(200)
    assert.equal(shown, 0)
    assert.deepEqual(app.errors, [])
  })

  it('offers the functions of the page to be destructured', async () => {
    const actions = createActions({ keys: testKey })
    const act = actions.define('act', async () => {})
    const listener = sealform(actions, (_req, _res, { form, region, send }) => {
      send(region('box', `<p id="box">${form(act).id}</p>`))
    })
    const answer = await requestsTo(listener).get('/')
    assert.deepEqual(
      [answer.text, answer.headers['content-length']],
      ['<p data-sealform-region id="box">act</p>', '40'],
    )
  })
})
