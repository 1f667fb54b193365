import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import multer from '@koa/multer'
import Router from '@koa/router'
import Koa from 'koa'
import { koaBody } from 'koa-body'
import compose from 'koa-compose'
import { createActions, invalid, redirect } from '../../lib/sealform.js'
import { type SealformContext, sealform } from '../../middleware/koa.js'
import { html } from '../../views/html.js'
import { formIn, Koa2, listen, testKey, urlencoded } from '../setup/koa-app.js'
import { chunked, type Piece, type RawAnswer, requestText, talk } from '../setup/raw-http.js'

type OnEnd = (close: () => Promise<void>) => void
type App = Koa<Koa.DefaultState, SealformContext>

interface ParserApp {
  readonly port: number
  readonly errors: unknown[]
  readonly runs: (string | null)[]
}

/** An app in which `mount` places our middleware among others, with a form and three body readers behind it. */
async function parserApp(
  onEnd: OnEnd,
  mount: (app: App, middleware: Koa.Middleware<Koa.DefaultState, SealformContext>) => void = (app, own) =>
    app.use(own),
  KoaClass: typeof Koa = Koa,
): Promise<ParserApp> {
  const uploads = await mkdtemp(join(tmpdir(), 'sealform-test-'))
  onEnd(() => rm(uploads, { recursive: true, force: true }))
  const runs: (string | null)[] = []
  const errors: unknown[] = []
  const actions = createActions<Koa.Context>({ keys: testKey })
  const act = actions.define('act', async ({ formData }) => {
    const text = formData.get('text')
    runs.push(typeof text === 'string' ? text : null)
    return text === 'no' ? invalid({ text: 'Not that' }) : redirect('/done')
  })
  const router = new Router<Koa.DefaultState, SealformContext>()
  router.get('/form', (ctx) => {
    const form = ctx.form(act)
    ctx.body = html`<form ${form.attributes}>${form.fields}<input ${form.input('text')}></form>`
  })
  router.post('/raw', async (ctx) => {
    const pieces: Buffer[] = []
    for await (const piece of ctx.req) pieces.push(piece)
    ctx.body = { body: fingerprint(Buffer.concat(pieces)) }
  })
  router.post(
    '/koa-body',
    koaBody({ multipart: true, formLimit: '2mb', jsonLimit: '2mb', formidable: { uploadDir: uploads } }),
    (ctx) => {
      const files = Object.values(ctx.request.files ?? {}).flat()
      ctx.body = { parsed: ctx.request.body, files: files.map((file) => file?.size) }
    },
  )
  router.post('/multer', multer().any(), (ctx) => {
    const files = Array.isArray(ctx.request.files) ? ctx.request.files : []
    ctx.body = {
      parsed: Object.fromEntries(Object.entries(Object(ctx.request.body))),
      files: files.map(({ buffer }: { buffer: Buffer }) => fingerprint(buffer)),
    }
  })
  const app: App = new KoaClass()
  app.silent = true
  app.on('error', (error) => errors.push(error))
  mount(app, sealform(actions, { onRefused: () => {} }))
  app.use(router.routes())
  const port = await listen(createServer(app.callback()), onEnd)
  return { port, errors, runs }
}

function fingerprint(bytes: Buffer): string {
  return `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`
}

const form = 'application/x-www-form-urlencoded'
const multi = 'multipart/form-data; boundary=XX'

async function post(
  port: number,
  path: string,
  type: string | undefined,
  body: Buffer,
  how: 'length' | 'chunked' | 'slowly' = 'length',
): Promise<RawAnswer> {
  const lines = [
    ['Host', 'app.example'],
    ['Sec-Fetch-Site', 'same-origin'],
    ...(type === undefined ? [] : ([['Content-Type', type]] as const)),
  ] as const
  const length = ['Content-Length', String(body.length)] as const
  const start = (line: readonly [string, string]) => requestText(`POST ${path} HTTP/1.1`, [...lines, line])
  const pieces: Piece[] =
    how === 'length'
      ? [Buffer.concat([start(length), body])]
      : how === 'chunked'
        ? [start(['Transfer-Encoding', 'chunked']), chunked(body, 1000)]
        : [start(length), 5, body.subarray(0, 3), 5, body.subarray(3, 900), 5, body.subarray(900)]
  const { answers } = await talk(port, pieces)
  return answers[0] ?? assert.fail(`no answer from ${path}`)
}

function multipart(...parts: readonly (readonly [headers: string, content: string | Buffer])[]): Buffer {
  return Buffer.concat([
    ...parts.flatMap(([headers, content]) => [
      Buffer.from(`--XX\r\nContent-Disposition: form-data; ${headers}\r\n\r\n`),
      Buffer.from(content),
      Buffer.from('\r\n'),
    ]),
    Buffer.from('--XX--\r\n'),
  ])
}

const noise = Buffer.from(Array.from({ length: 1_000_000 }, (_, i) => (i * 2654435761) >>> 24))
const file = ['name="upload"; filename="a.bin"\r\nContent-Type: application/octet-stream', noise] as const

/** Bodies without a seal, each with its Content-Type. */
const foreign: Readonly<Record<string, readonly [type: string | undefined, body: Buffer]>> = {
  'a short form': [form, Buffer.from('title=Milk&list=7')],
  'a form of one byte': [form, Buffer.from('a')],
  'a form of 16 KiB': [form, Buffer.from(`a=${'x'.repeat(16 * 1024 - 2)}`)],
  'a form of 16 KiB and a byte': [form, Buffer.from(`a=${'x'.repeat(16 * 1024 - 1)}`)],
  'a form of 100 KB': [form, Buffer.from(`a=1&b=${'x'.repeat(100_000)}`)],
  'a form of 1 MB': [form, Buffer.from('a=1&'.repeat(250_000))],
  'a form with our name too late': [form, Buffer.from(`a=${'x'.repeat(17_000)}&sealform=x`)],
  'a form with our name in a value': [form, Buffer.from('a=sealform%3Dx&b=sealform')],
  'a form that is empty': [form, Buffer.alloc(0)],
  JSON: ['application/json', Buffer.from(JSON.stringify({ sealform: 'x', list: [1, 2, 3] }))],
  'JSON of 1 MB': ['application/json', Buffer.from(JSON.stringify({ text: 'x'.repeat(1_000_000) }))],
  'a file': [multi, multipart(['name="title"', 'A file'], file)],
  'a file that looks like a form of ours': [
    multi,
    multipart(['name="a"; filename="sealform"', 'Content-Disposition: form-data; name="sealform"\r\n\r\nx']),
  ],
  'a multipart form that is empty': [multi, Buffer.from('--XX--\r\n')],
  'a multipart form with another boundary': [multi, Buffer.from('--YY\r\n\r\n\r\n--YY--')],
  bytes: ['application/octet-stream', noise],
  'bytes that say they are a form': [form, noise],
  'bytes that say they are multipart': [multi, noise],
  'bytes without a type': [undefined, noise],
}

function suite(KoaClass: typeof Koa): void {
  it('leaves a POST that is not ours to the parsers behind it, byte for byte', async (t) => {
    const app = await parserApp((close) => t.after(close), undefined, KoaClass)
    for (const [name, [type, body]] of Object.entries(foreign)) {
      for (const how of ['length', 'chunked', 'slowly'] as const) {
        const answer = await post(app.port, '/raw', type, body, how)
        assert.equal(answer.status, 200, `${name}, ${how}`)
        assert.deepEqual(JSON.parse(answer.body), { body: fingerprint(body) }, `${name}, ${how}`)
      }
    }
    assert.deepEqual(app.errors, [])
  })

  it('works with koa-body behind it', async (t) => {
    const app = await parserApp((close) => t.after(close), undefined, KoaClass)
    for (const how of ['length', 'chunked', 'slowly'] as const) {
      const parsed = async (type: string, body: Buffer) =>
        JSON.parse((await post(app.port, '/koa-body', type, body, how)).body)
      assert.deepEqual(await parsed(form, Buffer.from('title=Milk&list=7')), {
        parsed: { title: 'Milk', list: '7' },
        files: [],
      })
      assert.equal((await parsed(form, Buffer.from(`a=${'x'.repeat(900_000)}`))).parsed.a.length, 900_000)
      assert.deepEqual((await parsed('application/json', Buffer.from('{"sealform":[1]}'))).parsed, {
        sealform: [1],
      })
      const { parsed: fields, files } = await parsed(multi, multipart(['name="title"', 'A file'], file))
      assert.deepEqual([fields, files], [{ title: 'A file' }, [noise.length]])
    }
    assert.deepEqual(app.errors, [])
  })

  it('works with @koa/multer behind it', async (t) => {
    const app = await parserApp((close) => t.after(close), undefined, KoaClass)
    for (const how of ['length', 'chunked', 'slowly'] as const) {
      const answer = await post(app.port, '/multer', multi, multipart(['name="title"', 'A file'], file), how)
      assert.deepEqual(JSON.parse(answer.body), {
        parsed: { title: 'A file' },
        files: [fingerprint(noise)],
      })
    }
    assert.deepEqual(app.errors, [])
  })

  it('takes submissions on the same app, and shows their pages past a parser for all requests', async (t) => {
    const app = await parserApp(
      (close) => t.after(close),
      (app, own) => app.use(own).use(koaBody({ multipart: true })),
      KoaClass,
    )
    await assertTakesSubmissions(app)
    const answer = await post(app.port, '/raw', 'text/plain', Buffer.from('not ours'))
    assert.equal(answer.status, 200)
    assert.deepEqual(app.errors, [])
  })

  it('works inside composed middleware', async (t) => {
    const app = await parserApp(
      (close) => t.after(close),
      (app, own) => app.use(compose([(_ctx, next) => next(), compose([own, koaBody()])])),
      KoaClass,
    )
    await assertTakesSubmissions(app)
    assert.deepEqual(app.errors, [])
  })

  it('names the parser that came before it and took the body', async (t) => {
    const app = await parserApp(
      (close) => t.after(close),
      (app, own) => {
        const parser = koaBody({ multipart: true })
        Object.defineProperty(parser, 'name', { value: 'koaBodyParser' })
        app.use(parser).use(own)
      },
      KoaClass,
    )
    const fields = await fieldsOf(app.port)
    for (const [type, body] of [
      [form, Buffer.from(urlencoded(fields, { text: 'x' }))],
      [
        multi,
        multipart(...Object.entries(fields).map(([name, value]) => [`name="${name}"`, value] as const)),
      ],
    ] as const) {
      const answer = await post(app.port, '/form', type, body)
      assert.equal(answer.status, 500)
      const [error] = app.errors.splice(0)
      assert.ok(error instanceof Error)
      assert.equal(Reflect.get(error, 'code'), 'ERR_BODY_CONSUMED')
      assert.match(error.message, /Move the body parser .* after sealform\(actions\)\..*koaBodyParser/)
    }
    assert.deepEqual(app.runs, [])
  })

  it('takes a submission from a Buffer in ctx.request.body', async (t) => {
    for (const name of ['body', 'rawBody']) {
      const app = await parserApp(
        (close) => t.after(close),
        (app, own) =>
          app
            .use(async (ctx, next) => {
              if (ctx.method !== 'POST') return next()
              const pieces: Buffer[] = []
              for await (const piece of ctx.req) pieces.push(piece)
              Object.assign(ctx.request, { [name]: Buffer.concat(pieces) })
              return next()
            })
            .use(own),
        KoaClass,
      )
      await assertTakesSubmissions(app)
      assert.deepEqual(app.errors, [])
    }
  })

  it('passes on requests without a seal behind such a parser', async (t) => {
    const app = await parserApp(
      (close) => t.after(close),
      (app, own) => {
        app.use(koaBody({ multipart: true })).use(own)
        app.use(async (ctx, next) => {
          if (ctx.path !== '/parsed') return next()
          ctx.body = { parsed: ctx.request.body }
        })
      },
      KoaClass,
    )
    for (const [type, body] of [
      [form, Buffer.from('title=Milk')],
      ['application/json', Buffer.from('{"title":"Milk"}')],
      [multi, multipart(['name="title"', 'Milk'])],
    ] as const) {
      const answer = await post(app.port, '/parsed', type, body)
      assert.equal(answer.status, 200, type)
      assert.equal(JSON.parse(answer.body).parsed.title, 'Milk', type)
    }
    const empty = await post(app.port, '/parsed', form, Buffer.alloc(0))
    assert.equal(empty.status, 200)
    assert.deepEqual(app.errors, [])
  })
}

async function fieldsOf(port: number): Promise<Record<string, string>> {
  const { answers } = await talk(port, [requestText('GET /form HTTP/1.1', [['Host', 'app.example']])])
  return formIn(answers[0]?.body ?? '', 'act').fields
}

async function assertTakesSubmissions(app: ParserApp): Promise<void> {
  const fields = await fieldsOf(app.port)
  const long = 'x'.repeat(100_000)
  for (const how of ['length', 'chunked', 'slowly'] as const) {
    for (const [text, status] of [
      ['yes', 303],
      ['no', 422],
      [long, 303],
    ] as const) {
      const parts = Object.entries({ ...fields, text }).map(
        ([name, value]) => [`name="${name}"`, value] as const,
      )
      const answers = [
        await post(app.port, '/form', form, Buffer.from(urlencoded(fields, { text })), how),
        await post(app.port, '/form', multi, multipart(...parts), how),
      ]
      for (const answer of answers) {
        assert.equal(answer.status, status, `${text.slice(0, 10)}, ${how}`)
        if (status === 422) assert.match(answer.body, /value="no"/)
      }
      assert.deepEqual(app.runs.splice(0), [text, text])
    }
    const forged = await post(app.port, '/form', form, Buffer.from('sealform=forged&text=kept'), how)
    assert.equal(forged.status, 400)
  }
  assert.deepEqual(app.runs, [])
}

describe('body parsers on Koa 3', () => suite(Koa))
describe('body parsers on Koa 2', () => suite(Koa2))
