import { connect, type Socket } from 'node:net'
import { patience as ordinary, until } from './patience.js'

/** One answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number
  /** By name in lower case, each line for itself. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  /** Without the framing of chunks. */
  readonly body: string
}

export interface Conversation {
  /** The final answers, in order; those of the 100s are left out. */
  readonly answers: readonly RawAnswer[]
  /** How many answers of the 100s came. */
  readonly interim: number
  /** The server ended or reset the connection. */
  readonly closed: boolean
}

/** Sent in order: text as latin1, bytes, a pause in milliseconds, or a condition to wait for. */
export type Piece = string | Buffer | number | (() => unknown)

export interface Talk {
  /** Wait for so many answers. @default 1 */
  readonly answers?: number
  /** Milliseconds after which what has come is taken for all. @default `patience` of the tests */
  readonly patience?: number
  /** After the pieces: keep the connection, end our half of it, or reset it. @default 'wait' */
  readonly ending?: 'wait' | 'end' | 'reset'
  /** Read nothing until everything is sent. */
  readonly readsLast?: boolean
  /** The answers have no body, since the request was a HEAD. */
  readonly head?: boolean
}

/** Says exactly these bytes to a server on the loopback interface, and listens. */
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

/** Settles when the system has taken the bytes, or will take no more. */
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

/** A request with a body of the length that it says, unless `headers` says something about that. */
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

/** A body in chunks of this size. */
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

/** @returns undefined while some of it is still to come */
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
