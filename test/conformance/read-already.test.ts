import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import { redirect } from '../../lib/sealform.js'
import { formIn, urlencoded } from '../setup/koa-app.js'
import { adapters, type Lambda } from '../setup/lambda.js'
import { chunked, requestText, talk } from '../setup/raw-http.js'
import { type Framework, frameworks } from './frameworks.js'
import { openSite, type Site } from './site.js'

for (const framework of frameworks) {
  describe(`bodies that something else has read on ${framework.name}`, () => readAlready(framework))
  for (const [name, wrap] of Object.entries(adapters)) {
    describe(`${name} around ${framework.name}`, () => serverless(framework, wrap))
  }
}

const form = 'application/x-www-form-urlencoded'
const multi = 'multipart/form-data; boundary=XX'
const fromSamePage = { 'sec-fetch-site': 'same-origin' }

function multipart(fields: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--XX\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  return Buffer.from(`${parts.join('')}--XX--\r\n`)
}

/** The same fields in both encodings. */
function encoded(fields: Readonly<Record<string, string>>) {
  return [
    [form, Buffer.from(urlencoded(fields, {}))],
    [multi, multipart(fields)],
  ] as const
}

async function open(t: TestContext, framework: Framework, before?: (req: IncomingMessage) => Promise<void>) {
  return openSite(t, framework, {
    run: ({ formData }) => redirect(`/${String(formData.get('text')).length}`),
    posts: { '/page': async () => 'not a submission' },
    ...(before && { before }),
  })
}

/** Reads the whole body, as a parser that is mounted earlier does. */
async function bytesOf(req: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of req) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function post(site: Site, type: string, body: Buffer, how: 'length' | 'chunked' = 'length') {
  const head = requestText('POST /page HTTP/1.1', [
    ['Host', 'app.example'],
    ['Sec-Fetch-Site', 'same-origin'],
    ['Content-Type', type],
    how === 'length' ? ['Content-Length', String(body.length)] : ['Transfer-Encoding', 'chunked'],
  ])
  const sent = how === 'length' ? body : chunked(body, 1000)
  const { answers } = await talk(site.port, [Buffer.concat([head, sent])])
  return answers[0] ?? assert.fail('no answer')
}

function readAlready(framework: Framework): void {
  const places: Readonly<Record<string, (req: IncomingMessage, bytes: Buffer) => object>> = {
    'a Buffer in body, as of express.raw()': (_req, bytes) => ({ body: bytes }),
    'a Buffer in rawBody beside parsed fields, as on Firebase': (_req, bytes) => ({
      rawBody: bytes,
      body: Object.fromEntries(new URLSearchParams(bytes.toString())),
    }),
    'a Uint8Array in body': (_req, bytes) => ({ body: new Uint8Array(bytes) }),
  }
  for (const [name, put] of Object.entries(places)) {
    it(`takes a submission from ${name}`, async (t) => {
      const site = await open(t, framework, async (req) => {
        if (req.method === 'POST') Object.assign(req, put(req, await bytesOf(req)))
      })
      const fields = await site.fields()
      for (const length of [3, 100_000]) {
        for (const [type, body] of encoded({ ...fields, text: 'x'.repeat(length) })) {
          const answer = await post(site, type, body)
          assert.deepEqual([answer.status, answer.headers.get('location')], [303, [`/${length}`]], type)
        }
      }
      assert.equal(site.runs.length, 4)
      for (const [type, body] of encoded({ ...fields, sealform: 'forged', text: 'A long <thought>' })) {
        const refused = await post(site, type, body)
        assert.equal(refused.status, 400)
        assert.match(refused.body, /value="A long &lt;thought&gt;"/)
      }
      for (const [type, body] of encoded({ text: 'x' })) {
        assert.equal((await post(site, type, body)).body, 'not a submission')
      }
      assert.equal((await post(site, form, Buffer.alloc(0))).body, 'not a submission')
      assert.equal(site.runs.length, 4)
      assert.deepEqual(site.failures, [])
    })
  }

  it('takes a file from such a body, and holds its limits', async (t) => {
    const site = await openSite(t, framework, {
      run: ({ formData }) => redirect(`/${Object(formData.get('photo')).size}`),
      action: { files: { photo: { maxSize: 2000 } }, limits: { body: 2000 } },
      before: async (req) => {
        if (req.method === 'POST') Object.assign(req, { rawBody: await bytesOf(req), body: {} })
      },
    })
    const fields = await site.fields()
    for (const [size, status] of [
      [1999, 303],
      [2000, 303],
      [2001, 413],
      [90_000, 413],
    ] as const) {
      const start = multipart({ ...fields, text: 'typed' })
        .toString()
        .slice(0, -'--XX--\r\n'.length)
      const file = `--XX\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\n\r\n${'x'.repeat(size)}\r\n`
      const answer = await post(site, multi, Buffer.from(`${start}${file}--XX--\r\n`))
      assert.equal(answer.status, status, String(size))
      if (status === 413) assert.match(answer.body, /value="typed"/)
      else assert.deepEqual(answer.headers.get('location'), [`/${size}`])
    }
    assert.equal(site.runs.length, 2)
  })

  const parsed: Readonly<Record<string, (fields: URLSearchParams) => unknown>> = {
    'fields in an object': (fields) => ({ body: Object.fromEntries(fields) }),
    'fields in a URLSearchParams': (fields) => ({ body: fields }),
    'an empty object': () => ({ body: {} }),
    text: (fields) => ({ body: fields.toString() }),
    'an empty Buffer': () => ({ rawBody: Buffer.alloc(0) }),
    nothing: () => ({}),
  }
  for (const [name, leave] of Object.entries(parsed)) {
    it(`says which parser to move when it left ${name}`, async (t) => {
      const site = await open(t, framework, async (req) => {
        if (req.method === 'POST')
          Object.assign(req, leave(new URLSearchParams((await bytesOf(req)).toString())))
      })
      const body = Buffer.from(urlencoded(await site.fields(), { text: 'x' }))
      assert.equal((await post(site, form, body)).status, 500)
      const [failure] = await site.failed(1)
      assert.equal(Object(failure?.error).code, 'ERR_BODY_CONSUMED')
      assert.deepEqual(site.runs, [])
    })
  }

  it('lets a form without a seal pass when a parser left its fields or files', async (t) => {
    const left = [
      { body: { title: 'Milk' } },
      { body: new URLSearchParams('title=Milk') },
      { body: {}, files: [{}] },
    ]
    for (const own of left) {
      const site = await open(t, framework, async (req) => {
        await bytesOf(req)
        Object.assign(req, own)
      })
      const answer = await post(site, form, Buffer.from('title=Milk'))
      assert.deepEqual([answer.status, answer.body], [200, 'not a submission'])
      assert.deepEqual(site.failures, [])
    }
  })

  it('reads a body beside a listener that only watches it', async (t) => {
    for (const event of ['readable', 'end', 'close']) {
      const site = await open(t, framework, async (req) => {
        req.on(event, () => {})
      })
      const fields = await site.fields()
      for (const length of [45_000, 250_000]) {
        const text = 'x'.repeat(length)
        for (const [type, body] of encoded({ ...fields, text, more: text })) {
          for (const how of ['length', 'chunked'] as const) {
            const answer = await post(site, type, body, how)
            assert.deepEqual([answer.status, answer.headers.get('location')], [303, [`/${length}`]], how)
          }
        }
      }
      // The rest of a refused body is dropped after the answer, so the connection serves the next request.
      const head = requestText('POST /page HTTP/1.1', [
        ['Host', 'app.example'],
        ['Sec-Fetch-Site', 'cross-site'],
        ['Content-Type', form],
        ['Content-Length', '600009'],
      ])
      const next = requestText('GET /page HTTP/1.1', [['Host', 'app.example']])
      const pieces = [Buffer.concat([head, Buffer.from(`sealform=${'x'.repeat(600_000)}`), next])]
      const { answers } = await talk(site.port, pieces, { answers: 2 })
      assert.deepEqual(
        answers.map(({ status }) => status),
        [403, 200],
      )
    }
  })
}

function serverless(framework: Framework, wrap: (listener: Site['listener']) => Lambda): void {
  it('takes a submission, and shows what is refused', async (t) => {
    const site = await open(t, framework)
    const call = wrap(site.listener)
    const page = await call({ method: 'GET', path: '/page' })
    assert.equal(page.statusCode, 200)
    const { fields } = formIn(page.body, 'act')
    for (const length of [3, 100_000]) {
      for (const [type, body] of encoded({ ...fields, text: 'x'.repeat(length) })) {
        const headers = { ...fromSamePage, 'content-type': type }
        const answer = await call({ method: 'POST', path: '/page', headers, body })
        assert.deepEqual([answer.statusCode, answer.headers.location], [303, `/${length}`], type)
      }
    }
    assert.equal(site.runs.length, 4)
    for (const [type, body] of encoded({ ...fields, sealform: 'forged', text: 'A <thought>' })) {
      const headers = { ...fromSamePage, 'content-type': type }
      const refused = await call({ method: 'POST', path: '/page', headers, body })
      assert.equal(refused.statusCode, 400)
      assert.match(refused.body, /value="A &lt;thought&gt;"/)
    }
    assert.equal(site.runs.length, 4)
    assert.deepEqual(site.refusals, ['malformed', 'malformed'])
  })

  it('judges the origin by the headers of the event', async (t) => {
    const site = await open(t, framework)
    const call = wrap(site.listener)
    const { fields } = formIn((await call({ method: 'GET', path: '/page' })).body, 'act')
    const body = Buffer.from(urlencoded(fields, { text: 'x' }))
    for (const [headers, status] of [
      [{ 'sec-fetch-site': 'cross-site' }, 403],
      [{ origin: 'https://evil.example' }, 403],
      [{ origin: 'https://app.example' }, 303],
      [{ origin: 'https://app.example, https://evil.example' }, 403],
      [{}, 403],
    ] as const) {
      const sent = { ...headers, 'content-type': form }
      const answer = await call({ method: 'POST', path: '/page', headers: sent, body })
      assert.equal(answer.statusCode, status, JSON.stringify(headers))
    }
    assert.equal(site.runs.length, 1)
  })

  it('leaves a POST that is not a submission to the app, its body unread', async (t) => {
    const site = await openSite(t, framework, {
      posts: { '/raw': async (req) => (await bytesOf(req)).toString() },
    })
    const call = wrap(site.listener)
    for (const [type, body] of [
      [form, Buffer.from('title=Milk')],
      [multi, multipart({ title: 'Milk' })],
      ['application/json', Buffer.from('{"sealform":1}')],
    ] as const) {
      const answer = await call({ method: 'POST', path: '/raw', headers: { 'content-type': type }, body })
      assert.deepEqual([answer.statusCode, answer.body], [200, body.toString()])
    }
  })
}
