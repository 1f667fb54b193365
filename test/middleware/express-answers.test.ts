import assert from 'node:assert/strict'
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { describe, it, type TestContext } from 'node:test'
import type { Response } from 'express'
import { done, invalid } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { type ExpressModule, expressApp, expresses, formPage } from '../setup/express-app.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'

for (const [name, express] of expresses) {
  describe(`an answer of a page on ${name}`, () => answers(express))
}

const refuse = () => invalid({ text: 'Not that' })

function answers(express: ExpressModule): void {
  /** The same page, sent as the test says and by res.send. */
  async function sent(
    t: TestContext,
    send: (res: Response, page: string) => void,
    run: () => unknown = refuse,
  ) {
    const app = await expressApp(t, express, {
      run,
      mount({ app, act, middleware }) {
        app.use(middleware)
        app.get('/form', (req, res) => {
          res.send(formPage(req, act))
        })
        app.get('/way', (req, res) => send(res.type('html'), String(formPage(req, act))))
      },
    })
    const answer = await app.submit('/way', {}, { from: '/form' })
    assert.deepEqual(app.errors, [])
    return answer
  }

  async function assertSent(t: TestContext, send: (res: Response, page: string) => void): Promise<void> {
    const answer = await sent(t, send)
    assert.equal(answer.status, 422)
    assert.match(answer.text, /^<!doctype html>.*value="typed".*Not that.*<\/form>$/s)
    assert.equal(answer.headers['content-length'], String(Buffer.byteLength(answer.text)))
    assert.equal(answer.headers['transfer-encoding'], undefined)
    assert.equal(answer.headers['cache-control'], 'private, no-cache')
  }

  it('may end in one piece', async (t) => {
    await assertSent(t, (res, page) => res.send(page))
    await assertSent(t, (res, page) => res.send(Buffer.from(page)))
    await assertSent(t, (res, page) => res.end(page))
    await assertSent(t, (res, page) => res.end(Buffer.from(page).toString('base64'), 'base64'))
    await assertSent(t, (res, page) => res.end(page, () => {}))
  })

  it('may come in pieces, at once or late', async (t) => {
    await assertSent(t, (res, page) => {
      res.write(page.slice(0, 10))
      res.write(Buffer.from(page.slice(10, 20)), () => res.end(page.slice(20)))
    })
    await assertSent(t, (res, page) => {
      res.flushHeaders()
      setTimeout(() => {
        res.write(page)
        setTimeout(() => res.end(), 5)
      }, 5)
    })
  })

  it('may be bytes whose memory is reused after the write', async (t) => {
    await assertSent(t, (res, page) => {
      const bytes = new Uint8Array(Buffer.from(page))
      const memory = new Uint8Array(64)
      const next = (from: number) => {
        const length = Math.min(memory.length, bytes.length - from)
        memory.set(bytes.subarray(from, from + length))
        const piece = memory.subarray(0, length)
        if (from + length < bytes.length) res.write(piece, () => next(from + length))
        else res.end(piece)
      }
      next(0)
    })
    await assertSent(t, (res, page) => {
      const bytes = new Uint8Array(Buffer.from(page))
      res.end(bytes)
      bytes.fill(0)
    })
  })

  it('may write its head by itself', async (t) => {
    await assertSent(t, (res, page) => {
      res.writeHead(200, 'Fine', { 'Content-Type': 'text/html', 'Content-Length': 3 }).end(page)
    })
    await assertSent(t, (res, page) => {
      res.writeHead(200, ['Content-Type', 'text/html', 'Transfer-Encoding', 'chunked']).end(page)
    })
    const { headers } = await sent(t, (res, page) => {
      res.writeHead(200, { 'Content-Type': 'text/html', 'Set-Cookie': ['a=1', 'b=2'] }).end(page)
    })
    assert.deepEqual(headers['set-cookie'], ['a=1', 'b=2'])
  })

  it('has the reason phrase of the status of the outcome', async (t) => {
    const app = await expressApp(t, express, {
      run: refuse,
      mount({ app, act, middleware }) {
        app.use(middleware)
        app.get('/form', (req, res) => {
          res.writeHead(200, 'Fine', { 'Content-Type': 'text/html' }).end(String(formPage(req, act)))
        })
      },
    })
    const { text } = await app.request.get('/form')
    for (const path of ['/form', '/nowhere']) {
      const answer = await fetch(`http://127.0.0.1:${app.port}${path}`, {
        method: 'POST',
        headers: { ...fromSamePage, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: urlencoded(formIn(text, 'act').fields),
      })
      assert.deepEqual([answer.status, answer.statusText], [422, 'Unprocessable Entity'])
      await answer.text()
    }
  })

  it('may be a stream', async (t) => {
    const pieces = (page: string) => Readable.from(page.match(/.{1,40}/gs) ?? [])
    await assertSent(t, (res, page) => pieces(page).pipe(res))
    await assertSent(t, (res, page) => void pipeline(pieces(page), res))
  })

  it('gives way to the built-in page when its stream fails', async (t) => {
    const broken = new Error('the template broke')
    const outcomes = { refuse, done: () => ({ saved: true }) }
    for (const [name, run] of Object.entries(outcomes)) {
      const told: unknown[] = []
      let breaks = false
      const app = await expressApp(t, express, {
        run,
        mount({ app, act, middleware }) {
          app.use(middleware)
          app.get('/form', (req, res) => {
            const pieces = function* () {
              yield String(formPage(req, act))
              if (breaks) throw broken
            }
            res.type('html')
            pipeline(Readable.from(pieces()), res).catch((error) => told.push(error))
          })
        },
      })
      const { text } = await app.request.get('/form')
      breaks = true
      const { fields } = formIn(text, 'act')
      const answer = await app.request
        .post('/form')
        .set(fromSamePage)
        .send(urlencoded(fields, { text: 'typed' }))
      assert.equal(answer.status, name === 'refuse' ? 422 : 500)
      if (name === 'refuse') assert.match(answer.text, /name="text" value="typed"/)
      else assert.match(answer.text, /Reference/)
      await until(() => told.length > 0)
      assert.deepEqual(told, [broken])
    }
  })

  it('may be a file', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'sealform-test-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const path = join(folder, 'page.html')
    await assertSent(t, (res, page) => {
      writeFileSync(path, page)
      res.sendFile(path)
    })
    await assertSent(t, (res, page) => {
      writeFileSync(path, page)
      createReadStream(path, { highWaterMark: 50 }).pipe(res.type('html'))
    })
  })

  it('may exceed the held-back size once the form is in it', async (t) => {
    const rest = 'x'.repeat(3_000_000)
    const answer = await sent(t, (res, page) => {
      Readable.from([page, ...(rest.match(/.{1,50000}/gs) ?? [])]).pipe(res)
    })
    assert.equal(answer.status, 422)
    assert.ok(answer.text.endsWith(`</form>${rest}`))
    assert.match(answer.text, /Not that/)
  })

  it('is dropped when it exceeds the held-back size without the form', async (t) => {
    let pulled = 0
    const app = await expressApp(t, express, {
      run: refuse,
      mount({ app, act, middleware }) {
        app.use(middleware)
        app.get('/form', (req, res) => {
          res.send(formPage(req, act))
        })
        app.get('/huge', (_req, res) => {
          const piece = Buffer.alloc(65536)
          new Readable({
            read() {
              pulled += piece.length
              this.push(pulled > 50_000_000 ? null : piece)
            },
          }).pipe(res)
        })
      },
    })
    const answer = await app.submit('/huge', {}, { from: '/form' })
    assert.equal(answer.status, 422)
    assert.match(answer.text, /^<!doctype html>\n[\s\S]*value="typed"/)
    assert.ok(pulled < 3_000_000, `${pulled} bytes were read`)
  })

  it('is not held back on a GET, unless a region is requested', async (t) => {
    const app = await expressApp(t, express, {
      mount({ app, act, middleware }) {
        app.use(middleware)
        app.get('/endless', (_req, res) => {
          res.write('begun')
        })
        app.get('/form', (req, res) => {
          const page = `<!doctype html>${req.region('box', `<p id="box">${req.form(act).fields}</p>`)}`
          res.write(page.slice(0, 20))
          setTimeout(() => res.end(page.slice(20)), 5)
        })
      },
    })
    for (const headers of [{}, { 'HX-Target': 'box' }]) {
      const response = await fetch(`http://127.0.0.1:${app.port}/endless`, { headers })
      const { value } = (await response.body?.getReader().read()) ?? {}
      assert.equal(Buffer.from(value ?? []).toString(), 'begun')
    }
    const region = await app.request.get('/form').set('HX-Target', 'box')
    assert.match(region.text, /^<p data-sealform-region id="box">.*<\/p>$/s)
    assert.equal(region.headers['content-length'], String(region.text.length))
    const whole = await app.request.get('/form')
    assert.match(whole.text, /^<!doctype html><p/)
  })

  it('sends HTML of the html tag as HTML, and other objects as JSON', async (t) => {
    const app = await expressApp(t, express, {
      mount({ app, middleware }) {
        app.use(middleware)
        app.get('/html', (_req, res) => res.send(html`<p>${'<'}</p>`))
        app.get('/json', (_req, res) => res.send({ list: [html`<p>`] }))
        app.get('/text', (_req, res) => res.type('text').send('<p>'))
        app.get('/none', (_req, res) => res.send())
      },
    })
    const page = await app.request.get('/html')
    assert.deepEqual([page.text, page.headers['content-type']], ['<p>&lt;</p>', 'text/html; charset=utf-8'])
    assert.deepEqual((await app.request.get('/json')).body, { list: ['<p>'] })
    assert.match((await app.request.get('/text')).headers['content-type'] ?? '', /^text\/plain/)
    assert.equal((await app.request.get('/none')).text, '')
  })

  it('may become 304 by its own ETag on a GET', async (t) => {
    const app = await expressApp(t, express, {
      mount({ app, middleware }) {
        app.use(middleware)
        app.get('/page', (req, res) => res.send(req.region('box', '<p id="box">still</p>')))
      },
    })
    const { headers } = await app.request.get('/page')
    assert.ok(headers.etag)
    const again = await app.request.get('/page').set('If-None-Match', headers.etag)
    assert.deepEqual([again.status, again.text], [304, ''])
    const region = await app.request.get('/page').set({ 'If-None-Match': headers.etag, 'HX-Target': 'box' })
    assert.deepEqual([region.status, region.text], [200, '<p data-sealform-region id="box">still</p>'])
  })

  it('may end after the visitor has left', async (t) => {
    const leaving = new AbortController()
    let answered: (() => void) | undefined
    const late = new Promise<void>((resolve) => {
      answered = resolve
    })
    const app = await expressApp(t, express, {
      run: refuse,
      mount({ app, act, middleware }) {
        app.use(middleware)
        app.get('/form', (req, res) => {
          const page = formPage(req, act)
          if (req.query.slow === undefined) return void res.send(page)
          res.once('close', () => {
            res.send(page)
            answered?.()
          })
          leaving.abort()
        })
      },
    })
    const { text } = await app.request.get('/form')
    const sending = fetch(`http://127.0.0.1:${app.port}/form?slow`, {
      method: 'POST',
      headers: { ...fromSamePage, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: urlencoded(formIn(text, 'act').fields),
      signal: leaving.signal,
    })
    await assert.rejects(sending)
    await late
    assert.equal((await app.submit('/form')).status, 422)
    assert.deepEqual(app.errors, [])
  })

  it('starts afresh after an action that is done, and may redirect', async (t) => {
    const app = await expressApp(t, express, {
      run: () => done(),
      mount({ app, act, middleware }) {
        let shown = 0
        app.use(middleware)
        app.get('/form', (req, res) => {
          if (shown++ === 0) res.send(formPage(req, act))
          else {
            req.form(act)
            res.redirect('/items')
          }
        })
      },
    })
    const answer = await app.submit('/form')
    assert.deepEqual([answer.status, answer.headers.location, answer.text], [303, '/items', ''])
  })
}
