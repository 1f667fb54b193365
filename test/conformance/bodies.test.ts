import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import { redirect } from '../../lib/sealform.js'
import { urlencoded } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { chunked, type Piece, type RawAnswer, requestText, talk } from '../setup/raw-http.js'
import { type Framework, frameworks } from './frameworks.js'
import { openSite } from './site.js'

for (const framework of frameworks) describe(`bodies on ${framework.name}`, () => cases(framework))

const form = 'application/x-www-form-urlencoded'
const multi = 'multipart/form-data; boundary=XX'

async function fingerprint(req: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of req) pieces.push(piece)
  return print(Buffer.concat(pieces))
}

function print(bytes: Buffer): string {
  return `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`
}

async function post(
  port: number,
  path: string,
  type: string,
  body: Buffer,
  how: 'length' | 'chunked' | 'slowly' = 'length',
): Promise<RawAnswer> {
  const start = (name: string, value: string) =>
    requestText(`POST ${path} HTTP/1.1`, [
      ['Host', 'app.example'],
      ['Sec-Fetch-Site', 'same-origin'],
      ['Content-Type', type],
      [name, value],
    ])
  const length = () => start('Content-Length', String(body.length))
  const pieces: Piece[] =
    how === 'length'
      ? [Buffer.concat([length(), body])]
      : how === 'chunked'
        ? [start('Transfer-Encoding', 'chunked'), chunked(body, 1000)]
        : [length(), 5, body.subarray(0, 3), 5, body.subarray(3, 900), 5, body.subarray(900)]
  const { answers } = await talk(port, pieces)
  return answers[0] ?? assert.fail(`no answer from ${path}`)
}

const noise = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 2654435761) >>> 24))
const file = Buffer.concat([
  Buffer.from('--XX\r\nContent-Disposition: form-data; name="upload"; filename="a.bin"\r\n\r\n'),
  noise,
  Buffer.from('\r\n--XX--\r\n'),
])

function cases(framework: Framework): void {
  const open = (t: TestContext) =>
    openSite(t, framework, {
      run: ({ formData }) => redirect(`/${String(formData.get('text')).length}`),
      posts: { '/raw': fingerprint, '/page': () => Promise.resolve('not a submission') },
    })

  it('leaves a POST that is not ours to the app, byte for byte', async (t) => {
    const { port, runs } = await open(t)
    for (const [type, body] of [
      [form, Buffer.from('title=Milk&list=7')],
      [form, Buffer.from(`a=${'x'.repeat(16 * 1024 - 2)}`)],
      [form, Buffer.from(`a=${'x'.repeat(16 * 1024 - 1)}`)],
      [form, Buffer.from(`a=1&b=${'x'.repeat(100_000)}`)],
      [form, Buffer.from('a=sealform%3Dx&b=sealform')],
      [form, Buffer.alloc(0)],
      ['application/json', Buffer.from('{"sealform":"x"}')],
      ['text/plain', Buffer.from('sealform=x')],
      [multi, file],
      [multi, Buffer.from('--XX--\r\n')],
      [form, noise],
    ] as const) {
      for (const how of ['length', 'chunked', 'slowly'] as const) {
        const answer = await post(port, '/raw', type, body, how)
        assert.deepEqual([answer.status, answer.body], [200, print(body)], `${type}, ${body.length}, ${how}`)
      }
    }
    assert.deepEqual(runs, [])
  })

  it('says in development what a form lacks that gets a 404', async (t) => {
    const { port, failures } = await open(t)
    const warn = t.mock.method(console, 'warn', () => {})
    const said = async (path: string, type: string, body: string, how: 'length' | 'chunked' = 'length') => {
      warn.mock.resetCalls()
      const { status } = await post(port, path, type, Buffer.from(body), how)
      await until(() => status !== 404 || type === 'text/plain' || warn.mock.callCount() > 0)
      return [status, ...warn.mock.calls.map((call) => String(call.arguments[0]))]
    }
    const [status, empty = '', ...none] = await said('/nowhere', form, '')
    assert.equal(status, 404)
    assert.match(String(empty), /^sealform: POST \/nowhere was answered with 404\. .*no body.*form\.fields/)
    assert.deepEqual(none, [])
    for (const [type, body] of [
      [form, 'title=Milk'],
      [multi, file.toString('latin1')],
    ] as const) {
      for (const how of ['length', 'chunked'] as const) {
        const [, unsealed = ''] = await said('/nowhere', type, body, how)
        assert.match(String(unsealed), /without the field "sealform".*Print form\.fields/)
      }
    }
    assert.match(String((await said('/nowhere', form, '', 'chunked'))[1]), /no body/)
    assert.deepEqual(await said('/page', form, ''), [200])
    assert.deepEqual(await said('/page', form, 'title=Milk'), [200])
    assert.deepEqual(await said('/nowhere', 'text/plain', 'title=Milk'), [404])
    assert.deepEqual(failures, [])
  })

  it('recognises a seal that begins within the first 16 KiB, and none that begins later', async (t) => {
    const { port, runs } = await open(t)
    const border = 16 * 1024
    const seal = 'sealform=forged'
    for (const [before, status] of [
      [border - seal.length - 1, 400],
      [border + 1, 200],
    ] as const) {
      const body = Buffer.from(`a=${'x'.repeat(before - 3)}&${seal}`)
      for (const how of ['length', 'chunked', 'slowly'] as const) {
        const answer = await post(port, '/page', form, body, how)
        assert.equal(answer.status, status, `${before} bytes before, ${how}`)
      }
    }
    assert.deepEqual(runs, [])
  })

  it('takes a submission in one piece, in chunks and slowly', async (t) => {
    const site = await open(t)
    const fields = await site.fields()
    for (const length of [3, 20_000]) {
      const text = 'ä'.repeat(length)
      const parts = Object.entries({ ...fields, text })
        .map(([name, value]) => `--XX\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
        .join('')
      for (const how of ['length', 'chunked', 'slowly'] as const) {
        for (const [type, body] of [
          [form, urlencoded(fields, { text })],
          [multi, `${parts}--XX--\r\n`],
        ] as const) {
          const answer = await post(site.port, '/page', type, Buffer.from(body), how)
          assert.deepEqual([answer.status, answer.headers.get('location')], [303, [`/${length}`]])
        }
      }
    }
    assert.equal(site.runs.length, 12)
  })

  it('forgets a visitor who leaves, and serves the next', async (t) => {
    const site = await open(t)
    const body = Buffer.from(urlencoded(await site.fields(), { text: 'x'.repeat(50_000) }))
    const head = requestText('POST /page HTTP/1.1', [
      ['Host', 'app.example'],
      ['Sec-Fetch-Site', 'same-origin'],
      ['Content-Type', form],
      ['Content-Length', String(body.length)],
    ])
    for (const sent of [0, 5, 400, 20_000, body.length - 1]) {
      await talk(site.port, [head, 5, body.subarray(0, sent), 5], { ending: 'reset' })
    }
    assert.deepEqual(site.runs, [])
    assert.equal((await site.submit()).status, 303)
    assert.deepEqual(site.runs, ['b1'])
    // Koa reports broken connections to its error handlers.
    assert.deepEqual(
      site.failures.filter(({ error }) => Object(error).code !== 'ECONNRESET'),
      [],
    )
  })

  it('answers one request after the other on a connection', async (t) => {
    const site = await open(t)
    const body = urlencoded(await site.fields(), { text: 'typed' })
    const submission = requestText(
      'POST /page HTTP/1.1',
      [
        ['Host', 'app.example'],
        ['Sec-Fetch-Site', 'same-origin'],
        ['Content-Type', form],
      ],
      body,
    )
    const forged = Buffer.from(
      submission.toString('latin1').replace(/sealform=.{9}/, 'sealform=forged___'),
      'latin1',
    )
    const page = requestText('GET /page HTTP/1.1', [['Host', 'app.example']])
    const { answers } = await talk(site.port, [Buffer.concat([submission, page, forged, submission])], {
      answers: 4,
    })
    assert.deepEqual(
      answers.map(({ status }) => status),
      [303, 200, 400, 303],
    )
    assert.equal(site.runs.length, 2)
  })

  it('answers many requests at once, each with its own page', async (t) => {
    const site = await open(t)
    const fields = await site.fields()
    const lengths = Array.from({ length: 60 }, (_, i) => i)
    const answers = await Promise.all(
      lengths.map((length) =>
        post(site.port, '/page', form, Buffer.from(urlencoded(fields, { text: 'x'.repeat(length) }))),
      ),
    )
    assert.deepEqual(
      answers.map(({ headers }) => headers.get('location')?.[0]),
      lengths.map((length) => `/${length}`),
    )
  })

  it('names the body parser to move when a parser has read the body', async (t) => {
    const site = await openSite(t, framework, {
      before: async (req) => {
        for await (const _piece of req);
      },
    })
    const answer = await post(site.port, '/page', form, Buffer.from('sealform=x&text=y'))
    assert.equal(answer.status, 500)
    const [failure] = await site.failed(1)
    assert.equal(Object(failure?.error).code, 'ERR_BODY_CONSUMED')
  })
}
