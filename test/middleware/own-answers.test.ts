import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  connect,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import compression from 'compression'
import session from 'express-session'
import { createActions } from '../../lib/sealform.js'
import { type NodeContext, sealform } from '../../middleware/node.js'
import { type ExpressParts, expressApp, expresses, formPage } from '../setup/express-app.js'
import { formIn, fromSamePage, testKey, urlencoded } from '../setup/koa-app.js'

type Http2Listener = (req: Http2ServerRequest, res: Http2ServerResponse) => void

function mountPage({ app, act, middleware }: ExpressParts): void {
  app.use(middleware)
  app.get('/form', (req, res) => {
    res.send(formPage(req, act))
  })
}

for (const [name, express] of expresses) {
  describe(`an answer of an action's own on ${name}`, () => {
    it('goes through the sessions and the compression in front', async (t) => {
      const app = await expressApp(t, express, {
        run({ context: { req, res }, cookies, formData }) {
          Object.assign(req.session, { seen: true })
          cookies.set('own', 'yes')
          // express-session ends a response without a body some time after the call.
          if (formData.get('text') === 'empty') res.status(204).end()
          else Readable.from(['a,b\r\n'.repeat(1000)]).pipe(res.type('csv'))
        },
        mount(parts) {
          parts.app.use(compression({ threshold: 0 }))
          parts.app.use(session({ secret: 'of the test', resave: false, saveUninitialized: false }))
          mountPage(parts)
        },
      })
      const empty = await app.submit('/form', { text: 'empty' })
      assert.equal(empty.status, 204)
      assert.equal(empty.headers['set-cookie']?.length, 2)
      const csv = await app.submit('/form')
      assert.equal(csv.status, 200)
      assert.equal(csv.headers['content-encoding'], 'gzip')
      assert.equal(csv.text, 'a,b\r\n'.repeat(1000))
      assert.equal(csv.headers['set-cookie']?.length, 2)
      assert.deepEqual(app.errors, [])
    })

    it('stands when `onRefused` has given it', async (t) => {
      const app = await expressApp(t, express, {
        middleware: { onRefused: (_refusal, { res }) => res.redirect('/refused') },
        mount: mountPage,
      })
      const answer = await app.submit(
        '/form',
        { sealform: 'x' },
        { headers: { Origin: 'http://evil.example' } },
      )
      assert.equal(answer.headers.location, '/refused')
      assert.deepEqual([app.runs(), app.errors], [0, []])
    })

    it('leaves the connection usable when authorize answers before an upload is read', async (t) => {
      const app = await expressApp(t, express, {
        mount(parts) {
          const upload = parts.actions.define('upload', {
            files: { picture: {} },
            authorize: ({ context }) => context.res.redirect('/sign-in'),
            run: () => assert.fail('it must not run'),
          })
          parts.app.use(parts.middleware)
          parts.app.get('/upload', (req, res) => {
            const form = req.form(upload)
            res.send(`<form ${form.attributes}>${form.fields}</form>`)
          })
        },
      })
      const url = `http://127.0.0.1:${app.port}/upload`
      const { fields } = formIn(await (await fetch(url)).text(), 'upload')
      for (let times = 0; times < 3; times++) {
        const body = new FormData()
        for (const [field, value] of Object.entries(fields)) body.append(field, value)
        body.append('picture', new Blob([Buffer.alloc(300_000)]), 'a.png')
        const answer = await fetch(url, { method: 'POST', redirect: 'manual', headers: fromSamePage, body })
        assert.deepEqual([answer.status, answer.headers.get('location')], [302, '/sign-in'])
      }
    })
  })
}

describe("an answer of an action's own on HTTP/2", () => {
  it('is sent, and an incomplete one does not look complete', async (t) => {
    const errors: unknown[] = []
    const actions = createActions<NodeContext>({ keys: testKey })
    const act = actions.define('act', ({ context: { res }, cookies, formData }) => {
      cookies.set('own', 'yes')
      const text = formData.get('text')
      if (text === 'pipe') Readable.from(['a', 'b']).pipe(res)
      else if (text === 'cut') {
        res.write('a')
        throw new Error('cut')
      } else res.end('whole')
    })
    const listener = sealform(
      actions,
      (_req, _res, page) => {
        const form = page.form(act)
        page.send(`<form ${form.attributes}>${form.fields}</form>`)
      },
      { onError: (error) => errors.push(error) },
    )
    const server = createHttp2Server()
    server.on('request', listener as unknown as Http2Listener)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const client = connect(origin)
    t.after(() => {
      client.close()
      server.close()
    })
    const { fields } = formIn((await ask({ ':path': '/' })).text, 'act')
    const send = (text: string) =>
      ask(
        {
          ':method': 'POST',
          ':path': '/',
          origin,
          'content-type': 'application/x-www-form-urlencoded',
        },
        urlencoded(fields, { text }),
      )
    for (const [text, expected] of [
      ['end', 'whole'],
      ['pipe', 'ab'],
    ] as const) {
      const answer = await send(text)
      assert.deepEqual([answer.status, answer.text, answer.code], [200, expected, 0])
      assert.match(String(answer.cookies), /^own=yes/)
    }
    assert.notEqual((await send('cut')).code, 0)
    assert.equal(errors.length, 1)
    assert.equal((await send('end')).status, 200)

    async function ask(headers: Readonly<Record<string, string>>, body = '') {
      const request = client.request(headers, { endStream: body === '' })
      const answer = { status: 0, cookies: [] as readonly string[], text: '', code: 0 }
      request.on('response', (head) => {
        answer.status = head[':status'] ?? 0
        answer.cookies = head['set-cookie'] ?? []
      })
      request.on('data', (chunk) => {
        answer.text += chunk
      })
      request.on('error', () => {})
      if (body !== '') request.end(body)
      await once(request, 'close').catch(() => {})
      answer.code = request.rstCode ?? 0
      return answer
    }
  })
})
