import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { type Attack, browserLines, formType, hostileTarget, type Line } from '../setup/hostile-app.js'
import { Koa2, urlencoded } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { chunked, requestText, talk } from '../setup/raw-http.js'

function post(body: string, lines: readonly Line[] = [], line = 'POST /plain HTTP/1.1'): Buffer {
  return requestText(line, [...browserLines, formType, ...lines], body)
}

/** The head of a POST with these lines, and without a length. */
function head(lines: readonly string[], line = 'POST /plain HTTP/1.1'): string {
  const all = [...browserLines, formType].map(([name, value]) => `${name}: ${value}`)
  return `${[line, ...all, ...lines].join('\r\n')}\r\n\r\n`
}

describe('a hostile client', () => {
  it('may leave at any moment without harm to the server', async (t) => {
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

  it('is answered with the input so far when it stops sending', async (t) => {
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

  it('gets the whole answer when it sends everything before it reads', async (t) => {
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

  it('sends only kilobytes of a forged 256 MiB upload before its connection closes', async (t) => {
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

  it('leaves no descriptor, listener or memory behind in thousands of requests', async (t) => {
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
    await until(() => openFiles() <= descriptors + 5)
    const grown = process.memoryUsage().heapUsed - before
    assert.ok(grown < 64 * 1024 * 1024, `${grown} bytes more in the heap`)
    assert.equal(target.total(), 0)
    await target.withstand([])
  })
})

function openFiles(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0
}

/** Sends until the server closes, and returns the status of its answer. */
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
