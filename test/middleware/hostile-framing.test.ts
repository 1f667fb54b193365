import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Attack, browserLines, formType, hostileTarget, type Line } from '../setup/hostile-app.js'
import { urlencoded } from '../setup/koa-app.js'
import { type Conversation, chunked, type Piece, type RawAnswer, requestText } from '../setup/raw-http.js'

function post(body: string, lines: readonly Line[] = [], line = 'POST /plain HTTP/1.1'): Buffer {
  return requestText(line, [...browserLines, formType, ...lines], body)
}

/** The head of a POST with these lines, and without a length. */
function head(lines: readonly string[], line = 'POST /plain HTTP/1.1'): string {
  const all = [...browserLines, formType].map(([name, value]) => `${name}: ${value}`)
  return `${[line, ...all, ...lines].join('\r\n')}\r\n\r\n`
}

function inOneByteEach(bytes: Buffer): Piece[] {
  return Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))
}

describe('hostile framing', () => {
  it('never makes an action run on half a body, or twice', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const fields = await target.fieldsOf('/plain', 'plain')
    const body = urlencoded(fields, { text: 'x' })
    const n = body.length
    const chunk = `${n.toString(16)}\r\n${body}\r\n`
    const te = 'Transfer-Encoding: chunked'
    const malformed: Record<string, readonly Piece[]> = {
      'a length that is negative': [head([`Content-Length: -${n}`]), body],
      'a length with a sign': [head([`Content-Length: +${n}`]), body],
      'a length in hexadecimal': [head([`Content-Length: 0x${n.toString(16)}`]), body],
      'a length with a fraction': [head([`Content-Length: ${n}.0`]), body],
      'a length with an exponent': [head(['Content-Length: 1e3']), body],
      'a length of words': [head(['Content-Length: many']), body],
      'a length past counting': [head(['Content-Length: 99999999999999999999999']), body],
      'two lengths that differ': [head([`Content-Length: ${n}`, 'Content-Length: 5']), body],
      'two lengths in a line': [head([`Content-Length: ${n}, ${n}`]), body],
      'two lengths that agree': [head([`Content-Length: ${n}`, `Content-Length: ${n}`]), body],
      'a length and chunks': [head([`Content-Length: ${n}`, te]), chunk, '0\r\n\r\n'],
      'chunks and a length': [head([te, `Content-Length: ${n}`]), chunk, '0\r\n\r\n'],
      'an unknown transfer coding': [head(['Transfer-Encoding: cow']), body],
      'chunks that are not the last coding': [head(['Transfer-Encoding: chunked, gzip']), chunk, '0\r\n\r\n'],
      'a malformed chunk size': [head([te]), `zz\r\n${body}\r\n0\r\n\r\n`],
      'a chunk size that is negative': [head([te]), `-1\r\n${body}\r\n0\r\n\r\n`],
      'a chunk size past counting': [head([te]), `fffffffffffffffff\r\n${body}\r\n0\r\n\r\n`],
      'a chunk shorter than its content': [head([te]), `5\r\n${body}\r\n0\r\n\r\n`],
      'a space before the colon': [head([`Content-Length : ${n}`]), body],
      'a folded header': [head(['X: a\r\n b', 'Content-Length : 1']), body],
      'a header without a colon': [head(['nonsense', `Content-Length: ${n}`]), body],
      'a NUL in a header': [head(['X: a\0b', `Content-Length: ${n}`]), body],
      'a header name with a space': [head(['X Y: z', `Content-Length: ${n}`]), body],
      'an unknown HTTP version': [head([`Content-Length: ${n}`], 'POST /plain HTTP/3.7'), body],
      'a path with a space': [head([`Content-Length: ${n}`], 'POST /pla in HTTP/1.1'), body],
      'a preface of HTTP/2': ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
      'a greeting of TLS': [Buffer.from('160301020001000001fc0303', 'hex'), Buffer.alloc(500)],
      noise: [Buffer.from(Array.from({ length: 600 }, (_, i) => (i * 7919) % 256))],
      'headers of 64 KB': [head([`X: ${'x'.repeat(65536)}`, `Content-Length: ${n}`]), body],
      'two thousand headers of 10 bytes': [
        head([...Array(2000).fill('X: abcde'), `Content-Length: ${n}`]),
        body,
      ],
      'an unknown expectation': [head(['Expect: 200-maybe', `Content-Length: ${n}`]), body],
    }
    await target.withstand(Object.entries(malformed).map(([name, says]): Attack => ({ name, says })))
    const cut: Record<string, readonly Piece[]> = {
      'a length too long, our half closed': [head([`Content-Length: ${n + 10}`]), body],
      'chunks without an end, our half closed': [head([te]), chunk],
      'half a chunk, our half closed': [head([te]), chunk.slice(0, n / 2)],
      'no body at all, our half closed': [head([`Content-Length: ${n}`])],
      'half the head, our half closed': [head([]).slice(0, 60)],
    }
    await target.withstand([
      ...Object.entries(cut).map(
        ([name, says]): Attack => ({ name, says, status: [0, 400], talk: { ending: 'end' } }),
      ),
      ...Object.entries(cut).map(
        ([name, says]): Attack => ({
          name: `${name}, reset`,
          says: [...says, 30],
          talk: { ending: 'reset' },
        }),
      ),
    ])
  })

  it('accepts a body in any pieces', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const fields = await target.fieldsOf('/plain', 'plain')
    const body = urlencoded(fields, { text: 'größe' })
    const bytes = Buffer.from(body)
    const n = bytes.length
    const te = 'Transfer-Encoding: chunked'
    const multi = Buffer.from(
      `${Object.entries({ ...fields, text: 'x' })
        .map(([name, value]) => `--XX\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
        .join('')}--XX--\r\n`,
    )
    const asMultipart = (lines: string[]) =>
      `POST /plain HTTP/1.1\r\nHost: app.example\r\nSec-Fetch-Site: same-origin\r\nContent-Type: multipart/form-data; boundary=XX\r\n${lines.join('\r\n')}\r\n\r\n`
    const pieces: Record<string, readonly Piece[]> = {
      'with a length': [head([`Content-Length: ${n}`]), bytes],
      'with a length with zeros': [head([`Content-Length: 000${n}`]), bytes],
      'byte by byte': inOneByteEach(Buffer.concat([Buffer.from(head([`Content-Length: ${n}`])), bytes])),
      'in one chunk': [head([te]), chunked(bytes, n)],
      'in chunks of one': [head([te]), chunked(bytes, 1)],
      'in chunks of seven, byte by byte': [head([te]), ...inOneByteEach(chunked(bytes, 7))],
      'with chunk extensions': [
        head([te]),
        `${n.toString(16)};name=value;x="y;z"\r\n`,
        bytes,
        '\r\n0;last\r\n\r\n',
      ],
      'with trailers': [
        head([te, 'Trailer: Origin, Content-Type']),
        chunked(bytes, 100, 'Origin: https://evil.example\r\nContent-Type: text/plain\r\n'),
      ],
      'in capitals': [head(['TRANSFER-ENCODING: CHUNKED']), chunked(bytes, 50)],
      'after a pause': [head([`Content-Length: ${n}`]), 30, bytes],
      'head in two': [
        head([`Content-Length: ${n}`]).slice(0, 40),
        30,
        head([`Content-Length: ${n}`]).slice(40),
        bytes,
      ],
      'in the middle of the seal': [
        head([`Content-Length: ${n}`]),
        bytes.subarray(0, 40),
        30,
        bytes.subarray(40),
      ],
      'multipart, byte by byte': [asMultipart([`Content-Length: ${multi.length}`]), ...inOneByteEach(multi)],
      'multipart, in chunks of three': [asMultipart([te]), chunked(multi, 3)],
      'with headers that make a GET conditional': [
        head([
          `Content-Length: ${n}`,
          'If-None-Match: *',
          'If-Match: "x"',
          'Range: bytes=0-5',
          'If-Range: "x"',
        ]),
        bytes,
      ],
      'with an upgrade': [
        head([`Content-Length: ${n}`, 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x']),
        bytes,
      ],
      'to be closed': [head([`Content-Length: ${n}`, 'Connection: close']), bytes],
    }
    await target.withstand(
      Object.entries(pieces).map(([name, says]): Attack => ({ name, says, status: 303, runs: 1 })),
    )
    await target.withstand([
      {
        name: 'Expect: 100-continue',
        says: [head([`Content-Length: ${n}`, 'Expect: 100-continue']), 30, bytes],
        status: 303,
        runs: 1,
        check: (_answer, { interim }) => assert.equal(interim, 1),
      },
    ])
  })

  it('keeps the requests of one connection apart', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const fields = await target.fieldsOf('/plain', 'plain')
    const good = post(urlencoded(fields, { text: 'x' }))
    const forged = post('sealform=forged&text=kept')
    const foreign = post('a=1')
    const get = requestText('GET /plain HTTP/1.1', [['Host', 'app.example']])
    const statuses = (wanted: readonly number[]) => {
      return (_answer: RawAnswer, { answers }: Conversation) =>
        assert.deepEqual(
          answers.map(({ status }) => status),
          wanted,
        )
    }
    const many = Array.from({ length: 20 }, () => good)
    const length = urlencoded(fields).length
    await target.withstand([
      {
        name: 'one of each',
        says: Buffer.concat([forged, good, foreign, get, forged, good]),
        talk: { answers: 6 },
        status: 400,
        runs: 2,
        check: statuses([400, 303, 404, 200, 400, 303]),
      },
      {
        name: 'twenty at once',
        says: Buffer.concat(many),
        talk: { answers: 20 },
        status: 303,
        runs: 20,
        check: statuses(many.map(() => 303)),
      },
      {
        name: 'from another site, then a good one',
        says: Buffer.concat([post(urlencoded(fields), [['Origin', 'http://evil.example']]), good]),
        talk: { answers: 2 },
        status: 403,
        runs: 1,
        check: statuses([403, 303]),
      },
      {
        name: 'a request hidden behind a body that is too short',
        says: [head([`Content-Length: ${length}`]), `${urlencoded(fields)}GARBAGE / HTTP/1.1\r\n\r\n`],
        // Node answers 400 at once when both come in one packet.
        status: [303, 400],
        runs: 'any',
      },
    ])
  })
})
