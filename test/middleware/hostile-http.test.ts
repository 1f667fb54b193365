import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { type Attack, browserLines, formType, hostileTarget, type Line } from '../setup/hostile-app.js'
import { Koa2, urlencoded } from '../setup/koa-app.js'
import {
  type Conversation,
  chunked,
  type Piece,
  type RawAnswer,
  requestText,
  talk,
} from '../setup/raw-http.js'

function post(body: string, lines: readonly Line[] = [], line = 'POST /plain HTTP/1.1'): Buffer {
  return requestText(line, [...browserLines, formType, ...lines], body)
}

/** The head of a POST, with these lines and none about the length. */
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
      'a chunk size that is none': [head([te]), `zz\r\n${body}\r\n0\r\n\r\n`],
      'a chunk size that is negative': [head([te]), `-1\r\n${body}\r\n0\r\n\r\n`],
      'a chunk size past counting': [head([te]), `fffffffffffffffff\r\n${body}\r\n0\r\n\r\n`],
      'a chunk shorter than its content': [head([te]), `5\r\n${body}\r\n0\r\n\r\n`],
      'a space before the colon': [head([`Content-Length : ${n}`]), body],
      'a folded header': [head(['X: a\r\n b', 'Content-Length : 1']), body],
      'a header without a colon': [head(['nonsense', `Content-Length: ${n}`]), body],
      'a NUL in a header': [head(['X: a\0b', `Content-Length: ${n}`]), body],
      'a header name with a space': [head(['X Y: z', `Content-Length: ${n}`]), body],
      'a version nobody speaks': [head([`Content-Length: ${n}`], 'POST /plain HTTP/3.7'), body],
      'a path with a space': [head([`Content-Length: ${n}`], 'POST /pla in HTTP/1.1'), body],
      'a preface of HTTP/2': ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
      'a greeting of TLS': [Buffer.from('160301020001000001fc0303', 'hex'), Buffer.alloc(500)],
      noise: [Buffer.from(Array.from({ length: 600 }, (_, i) => (i * 7919) % 256))],
      'headers of 64 KB': [head([`X: ${'x'.repeat(65536)}`, `Content-Length: ${n}`]), body],
      'two thousand headers of 10 bytes': [
        head([...Array(2000).fill('X: abcde'), `Content-Length: ${n}`]),
        body,
      ],
      'an expectation nobody knows': [head(['Expect: 200-maybe', `Content-Length: ${n}`]), body],
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

  it('takes a body in whatever pieces it comes', async (t) => {
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

describe('hostile headers', () => {
  it('name a host that is none, or none, or two', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const body = urlencoded(await target.fieldsOf('/plain', 'plain'))
    const says = (line: string, hosts: readonly string[], origin = 'http://app.example') =>
      requestText(
        line,
        [
          ...hosts.map((host): Line => ['Host', host]),
          ['Origin', origin],
          ['Sec-Fetch-Site', 'same-origin'],
          formType,
        ],
        body,
      )
    const v11 = 'POST /plain HTTP/1.1'
    const junk = [
      '',
      ' ',
      'a b',
      'app.example, evil.example',
      'app.example/x',
      'app.example?x',
      'app.example#x',
      'user@app.example',
      'http://app.example',
      'app.example:port',
      'app.example:99999',
      '[::1',
      '::1',
      '<script>',
      "'",
      '"app.example"',
      'app..example',
      '.',
      '%61pp.example',
      'app.example\\x',
      'ä.example',
      'x'.repeat(300),
    ]
    await target.withstand([
      ...junk.map(
        (host): Attack => ({ name: `Host: ${host.slice(0, 50)}`, says: says(v11, [host]), status: 400 }),
      ),
      { name: 'none', says: says(v11, []), status: 400 },
      { name: 'none, HTTP/1.0', says: says('POST /plain HTTP/1.0', []), status: 400 },
      { name: 'two', says: says(v11, ['app.example', 'evil.example']), status: 400 },
      { name: 'two of the same', says: says(v11, ['app.example', 'app.example']), status: 400 },
      {
        name: 'HTTP/1.0 with one',
        says: says('POST /plain HTTP/1.0', ['app.example']),
        status: 303,
        runs: 1,
      },
    ])
  })

  it('count for nothing when a proxy would have set them and none is trusted', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const body = urlencoded(await target.fieldsOf('/plain', 'plain'))
    const claims: readonly (readonly Line[])[] = [
      [['X-Forwarded-Host', 'evil.example']],
      [['X-Forwarded-Proto', 'https']],
      [['Forwarded', 'host=evil.example;proto=https']],
      [['X-Forwarded-For', '127.0.0.1']],
      [['X-Original-URL', '/here/1']],
      [['X-Rewrite-URL', '/here/1']],
    ]
    await target.withstand([
      ...claims.map(
        (lines): Attack => ({
          name: JSON.stringify(lines),
          says: requestText(
            'POST /plain HTTP/1.1',
            [['Host', 'app.example'], ['Origin', 'http://evil.example'], formType, ...lines],
            body,
          ),
          status: 403,
        }),
      ),
    ])
  })

  it('ask for regions that are none', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const body = 'sealform=forged&sealform.form=plain&text=kept'
    const names = [
      '<script>',
      'constructor',
      '__proto__',
      'toString',
      '#',
      '##',
      '# ',
      '.results',
      'nothing',
      '"',
      'results, results',
      'RESULTS',
      'x'.repeat(10000),
      '\xff\xfe',
    ]
    const region = (line: Line, whole: boolean): Attack => ({
      name: `${line[0]}: ${line[1].slice(0, 40)}`,
      says: post(body, [line], 'POST /search?q=<i> HTTP/1.1'.replace('<i>', '%3Ci%3E')),
      status: 400,
      check: ({ body: text, headers }) => {
        assert.equal(text.startsWith('<!doctype html>'), whole)
        assert.match(text, /value="kept"/)
        assert.match(text, /<p>&lt;i&gt;<\/p>/)
        assert.match(headers.get('vary')?.join() ?? '', /Sealform-Region/)
      },
    })
    await target.withstand([
      ...['Sealform-Region', 'Turbo-Frame', 'HX-Target', 'X-Up-Target'].flatMap((header) =>
        names.map((name) => region([header, name], true)),
      ),
      region(['Sealform-Region', 'results'], false),
      region(['X-Up-Target', '#results'], false),
    ])
  })

  it('bring cookies that nobody set', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const fields = await target.fieldsOf('/go', 'go')
    const cookies = [
      '',
      ';',
      '=',
      '=;=;=',
      '__proto__=1',
      'constructor=1; toString=2; hasOwnProperty=3',
      'went=%',
      'went=%zz; went="',
      'a=b=c',
      '"a"="b"',
      'a\tb=c',
      'went',
      'x'.repeat(8000),
      'a=;'.repeat(2000),
      'sealform.flash',
      'sealform.flash=',
      'sealform.flash=x; sealform.flash=y',
      `sealform.flash=${'A'.repeat(8000)}`,
      'user=\xff\xfe',
      'went=\xc3\xa4; role=%00',
    ]
    // The session is read from a cookie too: the seal belongs to nobody, and "user" may not come with a value.
    await target.withstand(
      cookies
        .filter((cookie) => !cookie.startsWith('user'))
        .flatMap((cookie): Attack[] => [
          {
            name: `redirect with ${cookie.slice(0, 40)}`,
            says: post(urlencoded(fields, { next: '/thanks' }), [['Cookie', cookie]], 'POST /go HTTP/1.1'),
            status: 303,
            runs: 1,
          },
          {
            name: `unsafe target with ${cookie.slice(0, 40)}`,
            says: post(urlencoded(fields, { next: '//evil' }), [['Cookie', cookie]], 'POST /go HTTP/1.1'),
            status: 400,
            runs: 1,
          },
          {
            name: `forged with ${cookie.slice(0, 40)}`,
            says: post('sealform=x', [['Cookie', cookie]], 'POST /flashed HTTP/1.1'),
            status: 400,
          },
        ]),
    )
    await target.withstand([
      {
        name: 'a session of bytes',
        says: post(urlencoded(fields), [['Cookie', 'user=\xff\xfe']], 'POST /go HTTP/1.1'),
        status: 403,
      },
      {
        name: 'two lines of cookies',
        says: post(
          urlencoded(fields),
          [
            ['Cookie', 'a=1'],
            ['Cookie', 'user=ann'],
          ],
          'POST /go HTTP/1.1',
        ),
        status: 403,
      },
    ])
  })

  it('do no harm, whatever they accept', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const lines: readonly Line[] = [
      ['Accept', 'application/json'],
      ['Accept', '*/*;q=0'],
      ['Accept', ','.repeat(1000)],
      ['Accept-Encoding', 'gzip, br, *;q=0'],
      ['Accept-Language', '<script>'],
      ['Accept-Charset', 'utf-16'],
      ['TE', 'trailers'],
      ['Via', '1.1 evil'],
      ['User-Agent', ''],
      ['Referer', 'javascript:alert(1)'],
      ['X-Requested-With', 'XMLHttpRequest'],
      ['Sec-Fetch-Mode', 'no-cors'],
      ['Sec-Fetch-Dest', 'image'],
      ['Connection', 'Content-Type, Origin'],
      ['Content-Length', '0'],
      ['__proto__', '1'],
      ['constructor', '1'],
    ]
    await target.withstand(
      lines.map(
        (line): Attack => ({
          name: line.join(': ').slice(0, 50),
          says: post(line[0] === 'Content-Length' ? '' : 'sealform=forged&text=kept', [line]),
          status: line[0] === 'Content-Length' ? 404 : 400,
        }),
      ),
    )
  })
})

describe('a hostile client', () => {
  it('that leaves at any moment takes nothing along', async (t) => {
    const target = await hostileTarget((close) => t.after(close), { Koa: Koa2 })
    const fields = await target.fieldsOf('/small', 'small')
    const request = Buffer.concat([
      Buffer.from(head(['Transfer-Encoding: chunked'], 'POST /small HTTP/1.1')),
      chunked(Buffer.from(urlencoded(fields, { text: 'x'.repeat(100) })), 64),
    ])
    const attacks: Attack[] = []
    for (let at = 1; at < request.length - 5; at += 23) {
      attacks.push({
        name: `after ${at} bytes`,
        says: [request.subarray(0, at), 10],
        talk: { ending: 'reset' },
      })
    }
    await target.withstand(attacks)
    assert.equal(target.runs.get('small'), undefined)
  })

  it('that stops sending is answered with what there is', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const fields = await target.fieldsOf('/small', 'small')
    const begun = urlencoded(fields, { text: 'kept' })
    const slow = Array.from({ length: 60 }, () => [20, 'x']).flat()
    await target.withstand([
      {
        name: 'a pause longer than idleTime',
        says: [head([`Content-Length: ${begun.length + 50}`], 'POST /small HTTP/1.1'), begun],
        status: 413,
        check: ({ body }) => assert.match(body, /value="kept/),
      },
      {
        name: 'longer than bodyTime, byte by byte',
        says: [head(['Content-Length: 2000'], 'POST /small HTTP/1.1'), `${begun}&long=`, ...slow],
        status: 413,
        check: ({ body }) => assert.match(body, /value="kept"/),
      },
    ])
  })

  it('that sends everything before it reads gets the whole answer', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const fields = await target.fieldsOf('/plain', 'plain')
    const text = 'x'.repeat(1024 * 1024 - 1000)
    await target.withstand([
      {
        name: '403',
        says: requestText(
          'POST /plain HTTP/1.1',
          [['Host', 'app.example'], ['Origin', 'http://evil.example'], formType],
          urlencoded(fields, { text }),
        ),
        talk: { readsLast: true },
        status: 403,
        check: ({ body }) => assert.match(body, /<\/html>\s*$/),
      },
      {
        name: '413',
        says: post(urlencoded(fields, { text })),
        talk: { readsLast: true },
        status: 413,
        check: ({ body }) => assert.ok(body.includes(text)),
      },
      {
        name: '413 for 2 MiB',
        says: post(urlencoded(fields, { text, long: text })),
        talk: { readsLast: true },
        status: 413,
        check: ({ body }) => assert.match(body, /<\/form>\s*$/),
      },
    ])
  })

  it('costs kilobytes with a forged upload of 256 MiB, and its connection', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const begin = 'POST /plain HTTP/1.1\r\nHost: app.example\r\nSec-Fetch-Site: same-origin\r\n'
    const part = (name: string, rest = '') =>
      `--XX\r\nContent-Disposition: form-data; name="${name}"${rest}\r\n\r\n`
    const file = `${part('sealform')}forged\r\n${part('file', '; filename="a"')}`
    const size = 256 * 1024 * 1024
    const type = 'Content-Type: multipart/form-data; boundary=XX'
    const uploads: Record<string, string> = {
      'with a length': `${begin}${type}\r\nContent-Length: ${size}\r\n\r\n${file}`,
      chunked: `${begin}${type}\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n${file}`,
      'of text': `${begin}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${size}\r\n\r\nsealform=forged&a=`,
      'from another site': `${begin.replace('same-origin', 'cross-site')}${type}\r\nContent-Length: ${size}\r\n\r\n${file}`,
    }
    for (const [name, start] of Object.entries(uploads)) {
      const status = await upload(target.port, start, size)
      assert.ok(status >= 400 && status < 500, `${name}: ${status}`)
      const { answered, closed } = target.taken
      assert.ok(answered <= 128 * 1024, `${name}: answered after ${answered} bytes`)
      assert.ok(closed <= 1.5 * 1024 * 1024, `${name}: ${closed} bytes were taken`)
    }
    await target.withstand([])
  })

  it('in thousands leaves no descriptor, no listener and no memory behind', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const fields = await target.fieldsOf('/plain', 'plain')
    const cut = post(urlencoded(fields, { text: 'x'.repeat(5000) }))
    const round = async () => {
      await Promise.all([
        ...Array.from({ length: 10 }, () => talk(target.port, [post('sealform=forged&text=kept')])),
        ...Array.from({ length: 10 }, () =>
          talk(target.port, [cut.subarray(0, -1000), 5], { ending: 'reset' }),
        ),
        ...Array.from({ length: 10 }, () =>
          talk(target.port, [post(urlencoded(fields), [['Origin', 'http://evil.example']])]),
        ),
      ])
    }
    for (let i = 0; i < 10; i++) await round()
    const descriptors = openFiles()
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < 50; i++) await round()
    await new Promise((resolve) => setTimeout(resolve, 100))
    assert.ok(openFiles() <= descriptors + 5, `${openFiles() - descriptors} more open files`)
    const grown = process.memoryUsage().heapUsed - before
    assert.ok(grown < 64 * 1024 * 1024, `${grown} bytes more in the heap`)
    assert.equal(target.total(), 0)
    await target.withstand([])
  })
})

function openFiles(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0
}

/** Sends until the server closes, and tells the status of its answer. */
function upload(port: number, start: string, size: number): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const block = Buffer.alloc(64 * 1024, 'x')
    let status = 0
    socket.write(start)
    const send = () => {
      while (!socket.destroyed && socket.bytesWritten < size) if (!socket.write(block)) return
    }
    socket.on('connect', send)
    socket.on('drain', send)
    socket.on('data', (chunk) => {
      status ||= Number(/^HTTP\/1\.1 (\d{3})/.exec(chunk.toString('latin1'))?.[1])
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(status))
  })
}
