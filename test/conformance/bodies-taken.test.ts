import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import { SealformError } from '../../lib/base/errors.js'
import { redirect, unauthorized } from '../../lib/sealform.js'
import { urlencoded } from '../setup/koa-app.js'
import { chunked, requestText, talk } from '../setup/raw-http.js'
import { type AnyContext, type Framework, frameworks } from './frameworks.js'
import { openSite } from './site.js'

for (const framework of frameworks)
  describe(`a body that authorize has read on ${framework.name}`, () => cases(framework))

/** Ways in which a guard gets hold of a body: a logger, a parser of its own, a stray listener. */
const ways: Readonly<Record<string, (req: IncomingMessage) => unknown>> = {
  async 'reads it to its end'(req) {
    for await (const _ of req);
  },
  async 'reads a part of it'(req) {
    await new Promise((resolve) => req.once('data', resolve))
    req.pause()
  },
  'sets its encoding': (req) => void req.setEncoding('utf8'),
  async 'lets it flow away'(req) {
    req.resume()
    await new Promise((resolve) => req.once('end', resolve))
  },
}

const long = 'typed '.repeat(40_000)

/** Sends a form whose long field is still on its way when authorize is asked. */
async function send(
  t: TestContext,
  framework: Framework,
  authorize: (req: IncomingMessage) => unknown,
  length: boolean,
) {
  const site = await openSite(t, framework, {
    action: { authorize: ({ context }) => authorize(requestOf(context)) as undefined },
    run: ({ formData }) => redirect(`/${String(formData.get('text')).length}`),
  })
  const body = Buffer.from(urlencoded(await site.fields(), { first: 'at the start', text: long }))
  const framing = length ? ['Content-Length', String(body.length)] : ['Transfer-Encoding', 'chunked']
  const head = requestText('POST /page HTTP/1.1', [
    ['Host', 'app.example'],
    ['Sec-Fetch-Site', 'same-origin'],
    ['Content-Type', 'application/x-www-form-urlencoded'],
    [framing[0]!, framing[1]!],
  ])
  const { answers } = await talk(site.port, [head, length ? body : chunked(body, 8000)])
  return { site, answer: answers[0] ?? assert.fail('no answer') }
}

function requestOf(context: AnyContext): IncomingMessage {
  return context.req
}

function cases(framework: Framework): void {
  it('runs no action with a part of the form, and tells the app why', async (t) => {
    t.mock.method(console, 'error', () => {})
    for (const [title, way] of Object.entries(ways)) {
      for (const length of title === 'reads a part of it' ? [true] : [true, false]) {
        const { site, answer } = await send(t, framework, way, length)
        assert.deepEqual([answer.status, site.runs], [500, []], `${title}, ${length}`)
        assert.equal(codeOf((await site.failed(1))[0]?.error), 'ERR_BODY_CONSUMED', title)
        assert.equal((await site.request.get('/page')).status, 200, `${title}: the server goes on`)
      }
    }
  })

  it('tells the app as well when authorize refuses after that', async (t) => {
    const refuse = async (req: IncomingMessage) => {
      for await (const _ of req);
      return unauthorized()
    }
    const { site, answer } = await send(t, framework, refuse, true)
    assert.deepEqual([answer.status, site.runs], [401, []])
    assert.equal(codeOf((await site.failed(1))[0]?.error), 'ERR_BODY_CONSUMED')
  })

  it('loses nothing when authorize only looks at it with a listener', async (t) => {
    const look = (req: IncomingMessage) => void req.on('data', () => {})
    const { answer } = await send(t, framework, look, true)
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, [`/${long.length}`]])
  })
}

function codeOf(error: unknown): string | undefined {
  return error instanceof SealformError ? error.code : undefined
}
