import { connect, type Socket } from 'node:net'
import { patience as ordinary, until } from './patience.js'

/** One answer, as it was sent. */
export interface RawAnswer {
  readonly status: number
  /** The header lines, by name in lower case. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  /** The body, without the framing of chunks. */
  readonly body: string
}

export interface Conversation {
  /** The final answers, in order, without those with status 100–199. */
  readonly answers: readonly RawAnswer[]
  /** The number of answers with status 100–199. */
  readonly interim: number
  /** Whether the server ended or reset the connection. */
  readonly closed: boolean
}

/** Sent in order: text as latin1, bytes, a pause in milliseconds, or a condition to wait for. */
export type Piece = string | Buffer | number | (() => unknown)

export interface Talk {
  /** How many answers to wait for. @default 1 */
  readonly answers?: number
  /** Milliseconds after which what has come is taken for all. @default `patience` of the tests */
  readonly patience?: number
  /** What to do after the data: keep the connection, end this half of it, or reset it. @default 'wait' */
  readonly ending?: 'wait' | 'end' | 'reset'
  /** Whether to read nothing until everything is sent. */
  readonly readsLast?: boolean
  /** Whether the answers have no body, because the request is a HEAD. */
  readonly head?: boolean
}

/** Sends exactly these bytes to a local server, and reads the answers. */
export function talk(port: number, pieces: readonly Piece[], options: Talk = {}): Promise<Conversation> {
  const {
    answers: wanted = 1,
    patience = ordinary,
    ending = 'wait',
    readsLast = false,
    head = false,
  } = options
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const received: Buffer[] = []
    const timer = setTimeout(() => finish(false), patience)
    socket.setNoDelay(true)
    socket.on('data', (chunk) => {
      received.push(chunk)
      const { answers } = readAnswers(Buffer.concat(received), head, false)
      if (answers.length >= wanted) finish(false)
    })
    socket.on('end', () => finish(true))
    socket.on('error', () => finish(true))
    socket.on('close', () => finish(true))
    if (readsLast) socket.pause()
    socket.on('connect', async () => {
      await say(socket, pieces, ending)
      if (ending === 'reset') finish(false)
      socket.resume()
    })

    function finish(closed: boolean): void {
      clearTimeout(timer)
      resolve({ ...readAnswers(Buffer.concat(received), head, closed), closed })
      socket.destroy()
    }
  })
}

async function say(socket: Socket, pieces: readonly Piece[], ending: Talk['ending']): Promise<void> {
  for (const piece of pieces) {
    if (typeof piece === 'number') await new Promise((resolve) => setTimeout(resolve, piece))
    else if (typeof piece === 'function') await until(piece)
    else if (socket.writable)
      await written(socket, typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)
  }
  if (ending === 'end') socket.end()
  if (ending === 'reset') socket.resetAndDestroy()
}

/** Resolves when the system has accepted the bytes, or accepts no more. */
function written(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      socket.off('close', settle)
      resolve()
    }
    socket.once('close', settle)
    socket.write(bytes, settle)
  })
}

/** Makes a request with the right Content-Length, unless `headers` has one. */
export function requestText(
  line: string,
  headers: readonly (readonly [name: string, value: string])[],
  body: string | Buffer = '',
): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body
  const framed = headers.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name))
  const lines =
    framed || bytes.length === 0 ? headers : [...headers, ['Content-Length', String(bytes.length)]]
  const text = `${line}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  return Buffer.concat([Buffer.from(text, 'latin1'), bytes])
}

/** Encodes a body in chunks of this size. */
export function chunked(body: Buffer, size: number, trailers = ''): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0; at < body.length; at += size) {
    const piece = body.subarray(at, at + size)
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'))
  }
  return Buffer.concat([...pieces, Buffer.from(`0\r\n${trailers}\r\n`)])
}

function readAnswers(
  bytes: Buffer,
  head: boolean,
  closed: boolean,
): { readonly answers: RawAnswer[]; readonly interim: number } {
  const answers: RawAnswer[] = []
  let interim = 0
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\r\n\r\n', at)
    if (end === -1) break
    const [statusLine = '', ...lines] = bytes.toString('latin1', at, end).split('\r\n')
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1])
    if (Number.isNaN(status)) throw new Error(`Not an answer: ${JSON.stringify(statusLine.slice(0, 80))}`)
    const headers = readHeaders(lines)
    at = end + 4
    if (status < 200) {
      interim++
      continue
    }
    const body = readBody(bytes, at, headers, head || status === 204 || status === 304, closed)
    if (body === undefined) break
    answers.push({ status, headers, body: body.text })
    at = body.end
  }
  return { answers, interim }
}

function readHeaders(lines: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    headers.set(name, [...(headers.get(name) ?? []), value])
  }
  return headers
}

/** @returns undefined while it is incomplete */
function readBody(
  bytes: Buffer,
  start: number,
  headers: ReadonlyMap<string, readonly string[]>,
  none: boolean,
  closed: boolean,
): { readonly text: string; readonly end: number } | undefined {
  if (none) return { text: '', end: start }
  const length = headers.get('content-length')?.[0]
  if (length !== undefined) {
    const end = start + Number(length)
    return end <= bytes.length ? { text: bytes.toString('utf8', start, end), end } : undefined
  }
  if (headers.get('transfer-encoding')?.[0] === 'chunked') return readChunks(bytes, start)
  return closed ? { text: bytes.toString('utf8', start), end: bytes.length } : undefined
}

function readChunks(
  bytes: Buffer,
  start: number,
): { readonly text: string; readonly end: number } | undefined {
  const pieces: Buffer[] = []
  for (let at = start; ; ) {
    const line = bytes.indexOf('\r\n', at)
    if (line === -1) return undefined
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16)
    const end = line + 2 + size + 2
    if (end > bytes.length) return undefined
    if (size === 0) return { text: Buffer.concat(pieces).toString('utf8'), end }
    pieces.push(bytes.subarray(line + 2, line + 2 + size))
    at = end
  }
}
