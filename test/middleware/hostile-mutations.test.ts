import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { browserLines, formType, hostileTarget, type Line, type Target } from '../setup/hostile-app.js'
import { urlencoded } from '../setup/koa-app.js'
import { mutated, type Numbers, numbers } from '../setup/mutations.js'
import { requestText, talk } from '../setup/raw-http.js'

/** A request whose length is right for its mutated body, or one that is mutated from its first byte. */
function mutatedRequest(path: string, type: Line, body: string, next: Numbers): Buffer {
  const request = (content: Buffer) =>
    requestText(`POST ${path} HTTP/1.1`, [...browserLines, type, ['Connection', 'close']], content)
  const bytes = Buffer.from(body, 'latin1')
  return next(3) === 0 ? mutated(request(bytes), 0, next) : request(mutated(bytes, 0, next))
}

async function fieldsFor(target: Target): Promise<readonly (readonly [string, Record<string, string>])[]> {
  return [
    ['/plain', { ...(await target.fieldsOf('/plain', 'plain')), text: 'x', long: 'two\r\nlines' }],
    ['/count', await target.fieldsOf('/count', 'count')],
    ['/survey', { ...(await target.fieldsOf('/survey', 'survey')), name: 'Ann', topics: 'a', age: '3' }],
    ['/record', { ...(await target.fieldsOf('/record', 'record')), a: '1', b: '2' }],
    ['/small', { ...(await target.fieldsOf('/small', 'small')), text: 'x' }],
  ]
}

describe('requests changed at random', () => {
  it('never get a 5xx status, and leave no error unhandled', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const forms = await fieldsFor(target)
    const seed = Number(process.env.SEED ?? 20_261_120)
    const next = numbers(seed)
    for (let round = 0; round < 60; round++) {
      const requests = Array.from({ length: 30 }, () => {
        const [path, fields] = forms[next(forms.length)]!
        const parts = Object.entries(fields).map(
          ([name, value]) => `--XX\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
        )
        return next(2) === 0
          ? mutatedRequest(path, formType, urlencoded(fields), next)
          : mutatedRequest(
              path,
              ['Content-Type', 'multipart/form-data; boundary=XX'],
              `${parts.join('')}--XX--\r\n`,
              next,
            )
      })
      await Promise.all(
        requests.map(async (request) => {
          const { answers } = await talk(target.port, [request], { ending: 'end' })
          for (const { status } of answers) {
            assert.ok(
              status < 500,
              `seed ${seed}, round ${round}: ${status} for\n${JSON.stringify(request.toString('latin1'))}`,
            )
          }
        }),
      )
    }
    // Koa reports connections that broke while it answered.
    const others = target.errors.filter(
      (error) => !/^(?:HPE|ECONN|EPIPE)/.test(String(Reflect.get(Object(error), 'code'))),
    )
    assert.deepEqual(others, [])
    await target.withstand([])
  })
})
