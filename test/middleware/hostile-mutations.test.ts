import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { browserLines, formType, hostileTarget, type Line, type Target } from '../setup/hostile-app.js'
import { urlencoded } from '../setup/koa-app.js'
import { requestText, talk } from '../setup/raw-http.js'

/** Generates the same numbers in every run, so that a failure can be repeated (Marsaglia's xorshift32). */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

/** Pieces that mean something to one reader or another. */
const words = [
  '&',
  '=',
  '%',
  '+',
  '%00',
  '%ff',
  '%0d%0a',
  '\0',
  '\r\n',
  '\n',
  '\r',
  '\r\n\r\n',
  '--XX',
  '--XX--',
  '--',
  '"',
  '\\"',
  ';',
  ':',
  ' ',
  'sealform',
  'sealform=',
  'sealform.submit',
  'sealform.state',
  'sealform.form',
  '&sealform=',
  '__proto__',
  'constructor',
  '[',
  ']',
  '.',
  'name=',
  'filename="x"',
  'Content-Disposition: form-data; name="a"',
  'Content-Type: ',
  'charset=utf-16',
  'boundary=',
  'multipart/mixed',
  'Transfer-Encoding: chunked\r\n',
  'Content-Length: 5\r\n',
  'Host: x\r\n',
  'Origin: null\r\n',
  'Expect: 100-continue\r\n',
  '0\r\n\r\n',
  'ffffffff',
  '\xff\xfe',
  '\xed\xa0\x80',
  '\xc0\x80',
  '\xef\xbb\xbf',
  'A'.repeat(300),
  '<script>',
  '//',
  '/../',
  '?',
]

function mutated(bytes: Buffer, from: number, next: (below: number) => number): Buffer {
  let text = bytes.toString('latin1')
  for (let changes = 1 + next(4); changes > 0; changes--) {
    const at = from + next(text.length - from)
    const length = next(3) === 0 ? next(40) : next(3)
    const word = words[next(words.length)] ?? ''
    const [before, cut, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)]
    const middle = [word, word + cut, cut + cut, String.fromCharCode(next(256)), ''][next(5)]
    text = before + middle + after
  }
  return Buffer.from(text, 'latin1')
}

/** A request whose length is right for its mutated body, or one that is mutated from its first byte. */
function mutatedRequest(path: string, type: Line, body: string, next: (below: number) => number): Buffer {
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
