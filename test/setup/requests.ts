import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { type Recognition, recognise } from '../../lib/answer/recognise.js'
import { defaultLimits, type Limits } from '../../lib/body/limits.js'
import type { Body, Reading, ReadingMode } from '../../lib/body/reading.js'

export const urlencoded = 'application/x-www-form-urlencoded'
export const multipart = 'multipart/form-data; boundary=XX'

export interface Sending {
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Whether to send Content-Length; otherwise the body is chunked. */
  readonly length?: boolean
  /** After the pieces, `open` sends nothing more, and `abort` disconnects. */
  readonly ending?: 'end' | 'open' | 'abort'
}

/** Creates a request whose body arrives in the given pieces, one for each turn of the event loop. */
export function request(pieces: readonly (Buffer | string)[], sending: Sending = {}): IncomingMessage {
  const buffers = pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece))
  const total = buffers.reduce((sum, piece) => sum + piece.length, 0)
  const req = new IncomingMessage(new Socket())
  req.method = 'POST'
  req.headers = {
    'content-type': sending.type ?? urlencoded,
    ...(sending.length === false ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(total) }),
    ...sending.headers,
  }
  req.rawHeaders = Object.entries(req.headers).flatMap(([name, value]) => [name, String(value)])
  const next = (): void => {
    const piece = buffers.shift()
    if (piece) req.push(piece)
    if (buffers.length > 0) {
      setImmediate(next)
      return
    }
    if (sending.ending === 'abort') req.destroy(new Error('aborted'))
    else if (sending.ending !== 'open') {
      req.complete = true
      req.push(null)
    }
  }
  setImmediate(next)
  return req
}

/** Recognises a request as a submission. */
export async function bodyOf(req: IncomingMessage): Promise<Body> {
  const recognition: Recognition = await recognise(req)
  if (recognition.kind !== 'submission') throw new Error(`the request is ${recognition.kind}`)
  return recognition.body
}

/** Recognises and reads a body in the given pieces. */
export async function read(
  pieces: readonly (Buffer | string)[],
  sending: Sending = {},
  limits: Partial<Limits> = {},
  mode: ReadingMode = 'accept',
): Promise<Reading> {
  const body = await bodyOf(request(pieces, sending))
  return body.read({ ...defaultLimits, ...limits }, { mode })
}

/** Makes a multipart body with the boundary XX, from parts given as header lines and content. */
export function parts(...contents: readonly (readonly [headers: string, content: string])[]): string {
  return `${contents.map(([headers, content]) => `--XX\r\n${headers}\r\n\r\n${content}\r\n`).join('')}--XX--\r\n`
}

/** Makes a text field of a multipart body. */
export function field(name: string, value: string): readonly [string, string] {
  return [`Content-Disposition: form-data; name="${name}"`, value]
}

/** Reads the bytes that are left for a later parser. */
export async function remainder(req: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of req) pieces.push(piece)
  return Buffer.concat(pieces)
}
