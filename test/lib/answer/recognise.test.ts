import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import { type AddressInfo, connect } from 'node:net'
import { after, mock, test } from 'node:test'
import Koa from 'koa'
import { koaBody } from 'koa-body'
import { recognise } from '../../../lib/answer/recognise.js'
import {
  field,
  multipart,
  parts,
  remainder,
  request,
  type Sending,
  urlencoded,
} from '../../setup/requests.js'

const alive = setInterval(() => {}, 1000)
after(() => clearInterval(alive))

async function kindOf(pieces: readonly string[], sending: Sending = {}): Promise<string> {
  return (await recognise(request(pieces, sending))).kind
}

function bytewise(text: string): string[] {
  return [...text]
}

// @koa/multer has no types of its own.
const multer: () => { any(): Koa.Middleware } = createRequire(import.meta.url)('@koa/multer')

/** Asserts that a body is foreign, still whole, and has no listener left. */
async function assertForeign(pieces: readonly string[], sending: Sending = {}): Promise<void> {
  const req = request(pieces, sending)
  assert.equal((await recognise(req)).kind, 'foreign')
  for (const event of ['readable', 'data', 'end', 'error', 'close'])
    assert.equal(req.listenerCount(event), 0, event)
  assert.equal((await remainder(req)).toString(), pieces.join(''))
}

test('passes on other types, and bodies without the field, untouched', async () => {
  const form = parts(field('a', '1'), field('b', 'name="sealform"\r\n\r\nx'))
  const cases: [string, string][] = [
    ['application/json', '{"sealform":1}'],
    ['text/plain', 'sealform=S'],
    ['multipart/mixed; boundary=XX', parts(field('sealform', 'S'))],
    [urlencoded, 'a=1&b=sealform=2&xsealform=3&sealform.form=4&Sealform=5'],
    [urlencoded, 'a'],
    [multipart, form],
    [multipart, parts()],
    [multipart, 'no delimiter at all name="sealform"'],
    [multipart, '--XY\r\nContent-Disposition: form-data; name="sealform"\r\n\r\nS\r\n--XY--\r\n'],
    [multipart, `--XX--\r\n${parts(field('sealform', 'S'))}`],
    [multipart, '--X'],
    ['multipart/form-data', 'no such field'],
  ]
  for (const [type, body] of cases) {
    for (const length of [true, false]) {
      await assertForeign([body], { type, length })
      await assertForeign(bytewise(body), { type, length })
    }
  }
})

test('reads the buffered bytes to the end when read() returns only a part', async () => {
  const typed = `a=${'x'.repeat(3000)}`
  for (const [body, kind] of [
    [typed, 'foreign'],
    [`${typed}&sealform=S`, 'submission'],
  ] as const) {
    const req = request([body], {})
    const { read } = req
    req.read = () => read.call(req, Math.min(req.readableLength, 1000))
    const recognition = await recognise(req)
    assert.equal(recognition.kind, kind)
    req.read = read
    if (recognition.kind === 'foreign') assert.equal((await remainder(req)).toString(), body)
    else assert.equal(recognition.body.seal, 'S')
  }
})

test('passes on an empty body, and one with two Content-Type lines', async () => {
  await assertForeign([''], {})
  await assertForeign([''], { length: false })
  const req = request(['sealform=S'])
  req.rawHeaders.push('Content-Type', 'text/plain')
  assert.equal((await recognise(req)).kind, 'foreign')
})

test('recognises the field first or later, whole and byte by byte', async () => {
  const cases: [string, string][] = [
    [urlencoded, 'sealform=S'],
    [urlencoded, 'sealform=S&a=1'],
    [urlencoded, 'a=1&&sealform=S&b=2'],
    [urlencoded, '%73ealform=S'],
    [`${urlencoded.toUpperCase()} ; charset=utf-8`, 'sealform=S'],
    [multipart, parts(field('sealform', 'S'))],
    [multipart, parts(field('a', '\r\n--X'), field('sealform', 'S'))],
    ['Multipart/Form-Data; Boundary="XX"', parts(field('sealform', 'S'))],
  ]
  for (const [type, body] of cases) {
    for (const pieces of [[body], bytewise(body)]) {
      for (const length of [true, false]) {
        const recognition = await recognise(request(pieces, { type, length }))
        assert.equal(recognition.kind === 'submission' && recognition.body.seal, 'S', body)
      }
    }
  }
})

test('recognises a field that starts within 16 KiB, and no later', async () => {
  for (const [start, kind] of [
    [16_382, 'submission'],
    [16_383, 'submission'],
    [16_384, 'foreign'],
    [16_385, 'foreign'],
  ] as const) {
    const padding = `a=${'x'.repeat(start - 3)}&`
    const long = parts(field('a', ''), field('sealform', 'S'))
    const before = long.indexOf('--XX', 1)
    const filled = long.replace('\r\n\r\n', `\r\n\r\n${'x'.repeat(start - before)}`)
    for (const [type, body] of [
      [urlencoded, `${padding}sealform=S&b=1`],
      [multipart, filled],
    ] as const) {
      for (const length of [true, false]) {
        for (const pieces of [
          [body],
          [body.slice(0, 16_383), body.slice(16_383)],
          [body.slice(0, 16_386), body.slice(16_386)],
        ]) {
          assert.equal(await kindOf(pieces, { type, length }), kind, `${type} at ${start}`)
          if (kind === 'foreign') await assertForeign(pieces, { type, length })
        }
      }
    }
  }
})

test('decides on a long foreign body without waiting for its end', async () => {
  const body = `a=${'x'.repeat(17_000)}`
  assert.equal(await kindOf([body], { length: false, ending: 'open' }), 'foreign')
  const form = parts(field('a', 'x'.repeat(17_000))).slice(0, -10)
  assert.equal(await kindOf([form], { type: multipart, length: false, ending: 'open' }), 'foreign')
})

test('recognises the seal before the rest arrives', async () => {
  assert.equal(await kindOf(['sealform=S&'], { length: false, ending: 'open' }), 'submission')
  const form = parts(field('sealform', 'S')).slice(0, -4)
  assert.equal(await kindOf([form], { type: multipart, length: false, ending: 'open' }), 'submission')
})

test('recognises a form whose boundary is unusable, and refuses it', async () => {
  const body = parts(field('sealform', 'S'))
  for (const parameters of [
    '',
    '; boundary=',
    '; boundary="',
    `; boundary=${'x'.repeat(71)}`,
    '; boundary="a\\"b"',
    '; boundary=XX; boundary=XX',
  ]) {
    for (const pieces of [[body], bytewise(body)]) {
      const recognition = await recognise(request(pieces, { type: `multipart/form-data${parameters}` }))
      assert.ok(recognition.kind === 'submission', parameters)
      assert.equal(recognition.body.seal, undefined)
      const reading = await recognition.body.read({
        body: 999,
        fields: 9,
        depth: 0,
        fieldName: 9,
        fieldValue: 9,
        bodyTime: 9,
        idleTime: 9,
      })
      assert.deepEqual([reading.refusal?.status, reading.refusal?.reason], [400, 'boundary'])
    }
  }
})

test('recognises a seal part with malformed headers', async () => {
  for (const headers of [
    'Content-Disposition: form-data; name="sealform"; name="x"',
    'Content-Disposition: form-data; name="sealform"\r\nContent-Type: text/plain; charset=utf-16',
  ]) {
    const recognition = await recognise(request([parts([headers, 'S'])], { type: multipart }))
    assert.equal(recognition.kind === 'submission' && recognition.body.seal, undefined)
    assert.equal(recognition.kind, 'submission')
  }
})

test('gives up after ten idle seconds and puts the body back', async () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const req = request(['sealf'], { length: false, ending: 'open' })
    const pending = recognise(req)
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
    mock.timers.tick(10_001)
    assert.equal((await pending).kind, 'foreign')
    req.push(null)
    assert.equal((await remainder(req)).toString(), 'sealf')
  } finally {
    mock.timers.reset()
  }
})

test('reports when the client leaves before the decision', async () => {
  assert.equal(await kindOf(['sealf'], { length: false, ending: 'abort' }), 'aborted')
  assert.equal(await kindOf([''], { length: false, ending: 'abort' }), 'aborted')
})

test('reports when an earlier parser has read the body', async () => {
  const read = request(['sealform=S'])
  await remainder(read)
  assert.equal((await recognise(read)).kind, 'consumed')
  const flowing = request(['sealform=S'])
  flowing.on('data', () => {})
  assert.equal((await recognise(flowing)).kind, 'consumed')
  const decoded = request(['sealform=S'])
  decoded.setEncoding('utf8')
  assert.equal((await recognise(decoded)).kind, 'consumed')
})

test('recognises a body at once when it has already arrived', async () => {
  const req = request(['sealform=S'])
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  const recognition = recognise(req)
  assert.ok(!(recognition instanceof Promise) && recognition.kind === 'submission')
})

/** Sends raw bytes in the given pieces, and resolves with the whole answer. */
async function send(port: number, pieces: readonly (string | Buffer)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk.toString()
  })
  const closed = once(socket, 'close')
  for (const piece of pieces) {
    socket.write(piece)
    if (pieces.length > 1) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await closed
  return answer
}

function message(type: string, body: string, chunked: boolean): [head: string, body: string] {
  const size = Buffer.byteLength(body)
  const head = `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ${type}\r\n`
  return chunked
    ? [
        `${head}Transfer-Encoding: chunked\r\n\r\n`,
        `${body ? `${size.toString(16)}\r\n${body}\r\n` : ''}0\r\n\r\n`,
      ]
    : [`${head}Content-Length: ${size}\r\n\r\n`, body]
}

async function withApp(app: Koa, run: (port: number) => Promise<void>): Promise<void> {
  const server = createServer(app.callback()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    await run((server.address() as AddressInfo).port)
  } finally {
    server.close()
  }
}

async function passOn(ctx: Koa.Context, next: Koa.Next): Promise<void> {
  assert.equal((await recognise(ctx.req)).kind, 'foreign')
  await next()
}

test('leaves whole bodies to koa-body, @koa/multer and plain readers', async () => {
  const withKoaBody = new Koa()
  withKoaBody.use(passOn)
  withKoaBody.use(koaBody({ multipart: true }))
  withKoaBody.use((ctx) => {
    ctx.body = { got: (ctx.request as { body?: unknown }).body ?? null }
  })
  const withMulter = new Koa()
  withMulter.use(passOn)
  withMulter.use(multer().any())
  withMulter.use((ctx) => {
    ctx.body = { got: (ctx.request as { body?: unknown }).body ?? null }
  })
  const plain = new Koa()
  plain.use(passOn)
  plain.use(async (ctx) => {
    ctx.body = { length: (await remainder(ctx.req)).length }
  })
  const form = parts(field('a', '1'), field('b', 'x'.repeat(30)))
  const got = `{"got":{"a":"1","b":"${'x'.repeat(30)}"}}`
  const text = `a=1&b=${'x'.repeat(30)}`
  const large = `a=${'y'.repeat(200_000)}`
  for (const chunked of [false, true]) {
    const url = message(urlencoded, text, chunked)
    const multi = message(multipart, form, chunked)
    await withApp(withKoaBody, async (port) => {
      for (const [head, body] of [url, multi]) {
        assert.ok((await send(port, [head + body])).endsWith(got))
        assert.ok((await send(port, [head, body])).endsWith(got))
        assert.ok((await send(port, [head, ...bytewise(body)])).endsWith(got))
      }
      assert.ok((await send(port, message(urlencoded, '', chunked))).endsWith('{"got":{}}'))
    })
    await withApp(withMulter, async (port) => {
      assert.ok((await send(port, [multi.join('')])).endsWith(got))
      assert.ok((await send(port, [multi[0], ...bytewise(multi[1])])).endsWith(got))
    })
    await withApp(plain, async (port) => {
      assert.ok(
        (await send(port, message(urlencoded, large, chunked))).endsWith(`{"length":${large.length}}`),
      )
      assert.ok((await send(port, message(urlencoded, '', chunked))).endsWith('{"length":0}'))
      assert.ok((await send(port, [url[0], ...bytewise(url[1])])).endsWith(`{"length":${text.length}}`))
    })
  }
})

test('reads bodies from real sockets whole, in pieces and byte by byte', async () => {
  const seen: IncomingMessage[] = []
  const app = new Koa()
  app.use(async (ctx) => {
    const recognition = await recognise(ctx.req)
    assert.ok(recognition.kind === 'submission')
    const limits = {
      body: 9999,
      fields: 9,
      depth: 0,
      fieldName: 9,
      fieldValue: 999,
      bodyTime: 9,
      idleTime: 9,
    }
    const { entries, refusal } = await recognition.body.read(limits)
    seen.push(ctx.req)
    ctx.body = { seal: recognition.body.seal, entries, refusal }
  })
  const value = 'x'.repeat(20)
  await withApp(app, async (port) => {
    for (const chunked of [false, true]) {
      for (const [type, text] of [
        [urlencoded, `sealform=S&a=1&b=${value}`],
        [multipart, parts(field('sealform', 'S'), field('a', '1'), field('b', value))],
      ] as const) {
        const [head, body] = message(type, text, chunked)
        for (const pieces of [
          [head + body],
          [head, body],
          [head, ...bytewise(body)],
          [head + body.slice(0, 9), body.slice(9)],
        ]) {
          assert.ok(
            (await send(port, pieces)).endsWith(`{"seal":"S","entries":[["a","1"],["b","${value}"]]}`),
          )
        }
      }
    }
  })
  for (const req of seen) assert.equal(req.listenerCount('data') + req.listenerCount('readable'), 0)
})
