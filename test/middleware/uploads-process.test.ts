import assert from 'node:assert/strict'
import { watch } from 'node:fs'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { breakUploads, remainsOf } from '../setup/abort-uploads.js'
import { type Ending, scratch, smallDisk } from '../setup/file-storage.js'
import { until } from '../setup/patience.js'
import { provesInFull } from '../setup/proofs.js'
import { requestText, talk } from '../setup/raw-http.js'
import { boundary, multipartBody, type Part, post } from '../setup/upload-app.js'
import { type ServerOptions, UploadProcess } from '../setup/upload-process.js'

const title: Part = ['title', 'Hello']
const picture = (bytes: number, filename = 'a.png'): Part => ({
  name: 'picture',
  filename,
  content: Buffer.alloc(bytes, 'PNG\r\n--'),
})
const attachment: Part = { name: 'attachments', filename: 'b.txt', content: 'text' }
const linux = process.platform === 'linux'

async function start(
  t: Ending,
  options: Partial<ServerOptions> = {},
  descriptors?: number,
): Promise<UploadProcess> {
  const server = await UploadProcess.start({ directory: scratch(t), ...options }, descriptors)
  t.after(() => server.end())
  return server
}

async function answerTo(server: UploadProcess, request: Buffer) {
  const { answers } = await talk(server.port, [request])
  return { status: answers[0]?.status, body: answers[0]?.body ?? '' }
}

describe('a server whose clients leave', () => {
  const uploads = provesInFull ? 300 : 80

  it(`keeps no file, descriptor, timer or memory of ${uploads} uploads broken off anywhere`, async (t) => {
    const server = await start(t)
    await breakUploads(server, { uploads: 30, connections: 8, seed: 1 })
    const rest = await remainsOf(server, undefined)
    await breakUploads(server, { uploads, connections: 8, seed: 20_261_120 })
    const remains = await remainsOf(server, rest)
    assert.deepEqual(remains.files, [])
    assert.deepEqual(remains.errors, [])
    assert.equal(remains.timers, rest.timers)
    assert.ok(remains.descriptors.length <= rest.descriptors.length, remains.descriptors.join(' '))
    // These uploads have 200 kB on average, so keeping the content of a few exceeds this.
    assert.ok(remains.heapUsed - rest.heapUsed < 4 * 1024 * 1024)
    const { status } = await answerTo(server, post([...(await server.hidden()), picture(100), attachment]))
    assert.equal(status, 303)
  })

  it('keeps nothing when the disk is full at the same time', async (t) => {
    const directory = smallDisk(t)
    if (directory === undefined) return t.skip('needs the right to mount a file system')
    const server = await start(t, { directory })
    const hidden = await server.hidden()
    const bytes = post([...hidden, title, picture(3_000_000)])
    for (const at of [900_000, 1_000_000, 1_050_000, 1_100_000, 1_200_000, 2_000_000]) {
      await talk(server.port, [bytes.subarray(0, at), ...(at % 200_000 === 0 ? [3] : [])], {
        ending: 'reset',
      })
    }
    const { status, body } = await answerTo(server, bytes)
    assert.equal(status, 507)
    assert.match(body, /name="title" value="Hello"/)
    assert.deepEqual((await remainsOf(server, undefined)).files, [])
    // A single upload finds room again.
    assert.equal((await answerTo(server, post([...hidden, title, picture(800_000)]))).status, 303)
  })
})

describe('a server without descriptors or write permission', () => {
  it('answers 500 with a page while no file can be opened, and keeps serving', async (t) => {
    if (process.platform === 'win32') return t.skip('knows no limit on descriptors')
    const server = await start(t, {}, 128)
    const request = post([...(await server.hidden()), title, picture(100_000), attachment])
    // An answer shows that the server has accepted the connection and needs no further descriptor for it.
    const socket = connect(server.port, '127.0.0.1')
    socket.write(`GET /nowhere HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`)
    await new Promise((resolve) => socket.once('data', resolve))
    socket.write(request.subarray(0, 200))
    await server.state('starve')
    const starved = new Promise<string>((resolve) => {
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk
        if (text.includes('</form>')) resolve(text)
      })
    })
    socket.write(request.subarray(200))
    const text = await starved
    socket.destroy()
    assert.match(text, /^HTTP\/1\.1 500 /)
    assert.match(text, /Reference: /)
    assert.match(text, /name="title" value="Hello"/)
    const { errors } = await server.state('feed')
    assert.match(errors.join(), /EMFILE/)
    assert.deepEqual(server.stored(), [])
    assert.equal((await answerTo(server, request)).status, 303)
  })

  it('answers 500 with a page when it may not write to its directory', async (t) => {
    if (process.getuid?.() !== 0) return t.skip('needs the right to change the user')
    const server = await start(t, { user: 65_534 })
    const { status, body } = await answerTo(server, post([...(await server.hidden()), title, picture(10)]))
    assert.equal(status, 500)
    assert.match(body, /Reference: /)
    assert.match(body, /name="title" value="Hello"/)
    assert.match((await server.state()).errors.join(), /EACCES/)
  })
})

describe('an action that takes files itself', () => {
  it('times out after idleTime when it never reads', async (t) => {
    const server = await start(t, { idleTime: '1s' })
    const hidden = await server.hidden('/stream')
    const request = post([...hidden, title, picture(3_000_000, 'never-reads')], { path: '/stream' })
    const { status, body } = await answerTo(server, request)
    assert.equal(status, 500)
    assert.match(body, /name="title" value="Hello"/)
    const next = post([...hidden, picture(100_000), attachment], { path: '/stream' })
    assert.equal((await answerTo(server, next)).status, 303)
  })

  it('may throw in the middle of a file', async (t) => {
    const server = await start(t)
    const hidden = await server.hidden('/stream')
    const request = post([...hidden, title, picture(3_000_000, 'throws-midway')], { path: '/stream' })
    const { status, body } = await answerTo(server, request)
    assert.equal(status, 500)
    assert.match(body, /name="title" value="Hello"/)
    assert.match((await server.state()).errors.join(), /thrown in the middle of a file/)
    const next = post([...hidden, picture(100_000)], { path: '/stream' })
    assert.equal((await answerTo(server, next)).status, 303)
  })
})

describe('a server that is stopped', () => {
  it('finishes active uploads, cuts off idle ones, and leaves no file', async (t) => {
    const server = await start(t)
    const request = post([...(await server.hidden()), title, picture(400_000), attachment])
    const half = request.subarray(0, 200_000)
    let stopping = false
    const going = Array.from({ length: 10 }, () =>
      talk(server.port, [half, () => stopping, request.subarray(200_000)]),
    )
    const stuck = Array.from({ length: 10 }, () => talk(server.port, [half]))
    await until(() => server.stored().length === 20)
    const end = server.end('SIGTERM')
    stopping = true
    assert.equal(await end, 0)
    for (const { answers } of await Promise.all(going)) assert.equal(answers[0]?.status, 303)
    for (const { answers, closed } of await Promise.all(stuck)) {
      assert.deepEqual(answers, [])
      assert.equal(closed, true)
    }
    assert.deepEqual(server.stored(), [])
  })

  it('leaves files when it is killed, and its successor sweeps them once they are old', async (t) => {
    const server = await start(t)
    const { directory } = server
    const request = post([...(await server.hidden()), title, picture(400_000), attachment])
    const talks = Array.from({ length: 5 }, () => talk(server.port, [request.subarray(0, 300_000)]))
    await until(() => server.stored().length === 5)
    assert.equal(await server.end('SIGKILL'), 'SIGKILL')
    await Promise.all(talks)
    assert.equal(server.stored().length, 5)

    // Another server may still use young files.
    const next = await start(t, { directory })
    assert.equal((await answerTo(next, post([...(await next.hidden()), picture(10)]))).status, 303)
    await until(() => next.stored().length === 5)
    await next.end('SIGTERM')
    const later = await start(t, { directory, clockAhead: 2 * 60 * 60 })
    await until(() => later.stored().length === 0)
  })
})

describe('a hostile upload of 256 MiB', () => {
  const declared = 256 * 1024 * 1024
  const ends: (() => unknown)[] = []
  let server: UploadProcess
  before(async () => {
    server = await start({ after: (end) => void ends.push(end) })
  })
  after(async () => {
    for (const end of ends.toReversed()) await end()
  })

  it('is answered after 128 KiB, writes nothing and is cut off: a forged one', async () => {
    const [, ...others] = await server.hidden()
    await refusedEarly('/', [['sealform', 'A'.repeat(190)], ...others], 400)
  })

  it('is answered after 128 KiB, writes nothing and is cut off: an expired one', async () => {
    const hidden = await server.hidden('/brief')
    await sleep(2100)
    await refusedEarly('/brief', hidden, 409)
  })

  it('is answered after 128 KiB, writes nothing and is cut off: one of another session', async () => {
    await refusedEarly('/', await server.hidden('/', 'user=ann'), 403)
  })

  it('is answered after 128 KiB, writes nothing and is cut off: one that says it is too large', async () => {
    await refusedEarly('/', await server.hidden(), 413, declared * 4)
  })

  async function refusedEarly(
    path: string,
    hidden: readonly Part[],
    status: number,
    length = declared,
  ): Promise<void> {
    const created: unknown[] = []
    const watcher = watch(server.directory, (_, name) => created.push(name))
    const headers = [
      ['Host', 'app.example'],
      ['Origin', 'http://app.example'],
      ['Content-Type', `multipart/form-data; boundary=${boundary}`],
      ['Content-Length', String(length)],
    ] as const
    const end = Buffer.byteLength(`\r\n--${boundary}--\r\n`)
    const body = multipartBody(...hidden, title, picture(0))
    const start = requestText(`POST ${path} HTTP/1.1`, headers, body.subarray(0, body.length - end))
    server.answers.length = 0
    const flood = await floodWith(server.port, start, declared)
    watcher.close()

    assert.match(flood.answer, new RegExp(`^HTTP/1.1 ${status} `))
    assert.match(flood.answer, /name="title" value="Hello"/)
    const bytesRead = server.answers[0]?.bytesRead ?? Number.NaN
    assert.ok(bytesRead <= 128 * 1024, `${bytesRead} bytes were read before the answer`)
    // The megabyte that the server drains, and the system's buffers on both sides.
    assert.ok(flood.sent < 16 * 1024 * 1024, `${flood.sent} bytes were sent until the connection was closed`)
    if (linux) assert.deepEqual(created, [])
    assert.deepEqual(server.stored(), [])
  }
})

interface Flood {
  readonly answer: string
  /** Bytes that the system took until the connection was closed. */
  readonly sent: number
}

/** Keeps sending, whatever the answer, until the server closes the connection. */
function floodWith(port: number, start: Buffer, most: number): Promise<Flood> {
  return new Promise((resolve) => {
    const piece = Buffer.alloc(64 * 1024, 'x')
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      resolve({ answer, sent: socket.bytesWritten })
    })
    socket.on('drain', flow)
    socket.write(start)
    flow()

    function flow(): void {
      while (socket.writable && socket.bytesWritten < most && socket.write(piece));
    }
  })
}
