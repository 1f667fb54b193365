import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { connect, createServer as createHttp2Server } from 'node:http2'
import { Readable } from 'node:stream'
import { after, before, beforeEach, describe, it } from 'node:test'
import Fastify, { type FastifyInstance } from 'fastify'
import { createActions, invalid, redirect } from '../../lib/sealform.js'
import { type NodeContext, type NodePage, sealform } from '../../middleware/node.js'
import { formIn, fromSamePage, testKey, urlencoded } from '../setup/koa-app.js'

const actions = createActions<NodeContext>({ keys: testKey })
const act = actions.define('act', {
  path: false,
  async run({ formData, cookies, context }) {
    const text = formData.get('text')
    cookies.set('last', String(text))
    if (text === 'broken') throw new Error('The action is broken')
    if (text === 'own') return context.res.end('by the action')
    return text === 'wrong' ? invalid({ text: 'Wrong' }) : redirect('?done')
  },
})

const pages = new WeakMap<IncomingMessage, NodePage>()
const failures: unknown[] = []

function listenerFor(fastify: RequestListener): RequestListener {
  return sealform(
    actions,
    (req, res, page) => {
      pages.set(req, page)
      fastify(req, res)
    },
    { onRefused: () => {}, onError: (error) => failures.push(error) },
  )
}

function formPage(req: IncomingMessage): string {
  const { form } = pages.get(req) ?? assert.fail('The request did not come through Sealform.')
  const { attributes, fields, input, issue } = form(act)
  return `<p>cookie ${req.headers.cookie}</p><form ${attributes}>${fields}<input ${input('text')}>${issue('text')}</form>`
}

/** What the hooks of Fastify have seen, in order. */
const seen: string[] = []

function addPages(app: FastifyInstance): FastifyInstance {
  app.addHook('onRequest', async ({ method }) => {
    seen.push(`onRequest ${method}`)
  })
  app.addHook('onSend', async (_request, reply) => {
    reply.header('X-Hook', 'yes')
  })
  app.addHook('onResponse', async ({ method }, { statusCode }) => {
    seen.push(`onResponse ${method} ${statusCode}`)
  })
  app.setErrorHandler((error: Error, _request, reply) => reply.code(418).send(`handled: ${error.message}`))
  app.get('/', ({ raw }, reply) => {
    reply.header('Set-Cookie', 'page=1').type('text/html').send(formPage(raw))
  })
  app.get('/stream', ({ raw }, reply) => {
    reply.type('text/html').send(Readable.from([formPage(raw), '<p>the end</p>']))
  })
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_: unknown, text: string) => text,
  )
  app.post('/echo', async ({ body }) => body)
  app.get('/failing', () => {
    throw new Error('The page is broken')
  })
  app.get('/object', ({ raw }, reply) => reply.type('text/html').send(pages.get(raw)?.form(act).fields))
  return app
}

describe('on Fastify', () => {
  const app = addPages(Fastify({ serverFactory: (fastify) => createServer(listenerFor(fastify)) }))
  let url: string

  before(async () => {
    url = await app.listen({ port: 0, host: '127.0.0.1' })
  })
  after(() => app.close())
  beforeEach(() => {
    seen.length = 0
    failures.length = 0
  })

  const fieldsOf = async () => formIn(await (await fetch(url)).text(), 'act').fields
  const send = async (text: string, path = '/') => {
    const fields = await fieldsOf()
    seen.length = 0
    return fetch(`${url}${path}`, {
      method: 'POST',
      headers: { ...fromSamePage, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: urlencoded(fields, { text }),
      redirect: 'manual',
    })
  }

  it('runs the hooks around the page that shows an outcome, as for a GET', async () => {
    const wrong = await send('wrong')
    assert.equal(wrong.status, 422)
    assert.equal(wrong.headers.get('x-hook'), 'yes')
    assert.deepEqual(seen, ['onRequest GET', 'onResponse POST 422'])
    const page = await wrong.text()
    assert.match(page, /Wrong/)
    assert.match(page, /cookie last=wrong/)
    assert.deepEqual(
      wrong.headers
        .getSetCookie()
        .map((line) => line.split('=', 1)[0])
        .sort(),
      ['last', 'page'],
    )
  })

  it('shows an outcome on a page that is a stream', async () => {
    const wrong = await send('wrong', '/stream')
    assert.equal(wrong.status, 422)
    assert.match(await wrong.text(), /Wrong.*the end/)
  })

  it('redirects without a hook being run', async () => {
    const done = await send('right')
    assert.equal(done.status, 303)
    assert.equal(done.headers.get('x-hook'), null)
    assert.deepEqual(seen, [])
  })

  it('gives the error of a page to the error handler, and of an action to onError', async () => {
    const failing = await fetch(`${url}/failing`)
    assert.equal(failing.status, 418)
    assert.equal(await failing.text(), 'handled: The page is broken')
    const broken = await send('broken')
    assert.equal(broken.status, 500)
    assert.match(await broken.text(), /value="broken"/)
    assert.deepEqual(failures.map(String), ['Error: The action is broken'])
  })

  it('shows the built-in page with the input where the page fails or does not exist', async () => {
    for (const path of ['/failing', '/none']) {
      const wrong = await send('wrong', path)
      assert.equal(wrong.status, 422, path)
      assert.match(await wrong.text(), /Wrong.*value="wrong"/s)
    }
  })

  it('lets an action answer through the response of Node', async () => {
    const own = await send('own')
    assert.equal(own.status, 200)
    assert.equal(await own.text(), 'by the action')
    assert.deepEqual(seen, [])
  })

  it('leaves a form without a seal to the content type parsers', async () => {
    const body = `text=${'x'.repeat(20_000)}`
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const echo = await fetch(`${url}/echo`, { method: 'POST', headers, body })
    assert.equal(await echo.text(), body)
    assert.deepEqual(seen, ['onRequest POST', 'onResponse POST 200'])
    const other = await fetch(`${url}/echo`, {
      method: 'POST',
      headers: { 'Content-Type': 'text/x-other' },
      body,
    })
    assert.match(await other.text(), /^handled: Unsupported Media Type/)
  })

  it('is passed by when a request is injected', async () => {
    const { statusCode, body } = await app.inject('/')
    assert.equal(statusCode, 418)
    assert.match(body, /did not come through Sealform/)
  })

  it('refuses to send SafeHtml that is not made a string', async () => {
    assert.match(await (await fetch(`${url}/object`)).text(), /invalid type 'object'/)
  })
})

describe('on Fastify with HTTP/2', () => {
  it('shows an outcome and redirects', async (t) => {
    const server = createHttp2Server()
    const serverFactory = (fastify: RequestListener) => server.on('request', listenerFor(fastify))
    // The types of Fastify do not let one function add pages to apps of both protocols.
    const app = addPages(Fastify({ http2: true, serverFactory } as object))
    const session = connect(await app.listen({ port: 0, host: '127.0.0.1' }))
    t.after(async () => {
      session.destroy()
      await app.close()
    })
    const request = async (body?: string) => {
      const stream = session.request({
        ':path': '/',
        ':method': body === undefined ? 'GET' : 'POST',
        ...(body !== undefined && {
          'content-type': 'application/x-www-form-urlencoded',
          'sec-fetch-site': 'same-origin',
        }),
      })
      stream.end(body)
      const [headers] = await once(stream, 'response')
      return { status: headers[':status'], text: (await stream.toArray()).join('') }
    }
    const page = await request()
    const { fields } = formIn(page.text, 'act')
    assert.equal((await request(urlencoded(fields, { text: 'wrong' }))).status, 422)
    assert.equal((await request(urlencoded(fields, { text: 'right' }))).status, 303)
  })
})
