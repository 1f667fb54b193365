import type { IncomingMessage } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import { ByteBuffer } from '../base/byte-buffer.js'
import { traceRecognition } from '../base/trace.js'
import { type Finder, findInMultipart, findInUrlencoded, findRaw } from '../body/find-seal.js'
import { declaredLength, FormBody } from '../body/form-body.js'
import { isUtf8Label, parseMediaType } from '../body/media-type.js'
import { isBoundary } from '../body/multipart-scanner.js'
import { type BodyHolders, bytesReadAlready, makesItsBody } from '../body/read-already.js'
import type { Body, BodyRefusal, Encoding } from '../body/reading.js'

export type Recognition =
  /** Not a submission. The body is complete again, and Sealform has no listeners on the request. */
  | { readonly kind: 'foreign'; readonly form: ForeignForm }
  /** Perhaps a submission, but a parser that is mounted earlier has read the body. */
  | { readonly kind: 'consumed' }
  /** The client disconnected before the seal field arrived. */
  | { readonly kind: 'aborted' }
  | { readonly kind: 'submission'; readonly body: Body }

/** What is known of a request that is not a submission. `none`: it does not look like a form. */
export type ForeignForm = 'none' | 'empty' | 'unsealed'

const foreign: Recognition = { kind: 'foreign', form: 'none' }
const empty: Recognition = { kind: 'foreign', form: 'empty' }
const unsealed: Recognition = { kind: 'foreign', form: 'unsealed' }
const consumed: Recognition = { kind: 'consumed' }
const aborted: Recognition = { kind: 'aborted' }

// Milliseconds to wait for the seal field: in total, and without receiving a byte.
const undecidedTime = 30_000
const undecidedIdle = 10_000

/** What the headers of a request say about its form. */
interface Form {
  readonly encoding: Encoding
  readonly refusal: BodyRefusal | undefined
  readonly find: Finder
  readonly passesOn: PassesOn
}

/**
 * Recognises a submission: a form whose field `sealform` starts within its first 16 KiB. Reads only as much of the body
 * as it needs to decide. Returns the bytes of any other request to the stream (`unshift`), for the parsers that come
 * later.
 *
 * @param holders where to look for the bytes when something else has read them
 * @param passesOn tells whether a submission is for another middleware, which comes later. @default none is
 */
export function recognise(
  req: IncomingMessage,
  holders: BodyHolders = [req],
  passesOn: PassesOn = never,
): Recognition | Promise<Recognition> {
  return traceRecognition(() => recogniseForm(req, holders, passesOn))
}

/** Tells whether a submission with this seal is for another middleware, which comes later. */
type PassesOn = (seal: string | undefined) => boolean

function never(): boolean {
  return false
}

function recogniseForm(
  req: IncomingMessage,
  holders: BodyHolders,
  passesOn: PassesOn,
): Recognition | Promise<Recognition> {
  const form = formOf(req, passesOn)
  if (form === undefined) return foreign
  if (hasNoBody(req)) return empty
  if (isBeingRead(req)) return recogniseReadAlready(req, form, holders)
  const head = new ByteBuffer()
  if (makesItsBody(req)) pull(req, head)
  if (req.readableLength > 0 || req.complete) return decide(req, form, head) ?? wait(req, form, head)
  if (req.destroyed) return aborted
  return new Promise((resolve, reject) => {
    // Node emits 'request' from inside its parser. Bytes from the same packet become readable when the parser returns.
    // `setImmediate` waits for that and costs far less than a 'readable' listener. `process.nextTick` is too early:
    // Node runs ticks between the last byte of a body and its end, and an answer written there takes 10 µs longer.
    setImmediate(() => {
      try {
        resolve(decide(req, form, head) ?? wait(req, form, head))
      } catch (error) {
        reject(error)
      }
    })
  })
}

/** Recognises a form whose body something else has read. */
function recogniseReadAlready(req: IncomingMessage, form: Form, holders: BodyHolders): Recognition {
  const bytes = bytesReadAlready(holders)
  if (bytes === undefined) return consumed
  if (bytes.length === 0) return withoutBytes(req)
  const found = form.find(bytes, true)
  if (typeof found !== 'object') return unsealed
  return form.passesOn(found.seal) ? foreign : submissionOf(req, form, { head: bytes, complete: true, found })
}

/**
 * Reads the bytes that have arrived. Returns `undefined` when they are not enough to decide. `read` and `unshift` must
 * happen in the same tick: Node emits 'end' in the tick after the last byte was read, and `unshift` fails after 'end'.
 */
function decide(req: IncomingMessage, form: Form, head: ByteBuffer): Recognition | undefined {
  // Since Node 26, read() returns one buffered chunk at a time, and no event announces the others.
  if (req.readableLength > 0) pull(req, head)
  const ended = hasAll(req, head.length)
  if (head.length === 0) return ended ? withoutBytes(req) : undefined
  const found = form.find(head.view(), ended)
  if (found === 'more' && !ended) return undefined
  const passedOn = typeof found === 'object' && form.passesOn(found.seal)
  if (typeof found === 'object' && !passedOn) {
    return submissionOf(req, form, { head: head.view(), complete: ended, found })
  }
  req.unshift(head.view())
  return passedOn ? foreign : unsealed
}

/** Tells whether a body without bytes had some, which something else has read. */
function withoutBytes(req: IncomingMessage): Recognition {
  return req.readableDidRead ? consumed : empty
}

/** Reads the bytes that the request has, or that it makes when it is read. */
function pull(req: IncomingMessage, head: ByteBuffer): void {
  do {
    const chunk: unknown = req.read()
    if (!(chunk instanceof Buffer)) break
    head.push(chunk)
  } while (req.readableLength > 0)
}

interface Beginning {
  readonly head: Buffer
  readonly complete: boolean
  readonly found: { readonly seal: string | undefined }
}

function submissionOf(req: IncomingMessage, form: Form, { head, complete, found }: Beginning): Recognition {
  const { seal } = found
  const { encoding } = form
  const refusal = form.refusal ?? unreadSeal(seal)
  return { kind: 'submission', body: new FormBody(req, { head, complete, encoding, seal, refusal }) }
}

/** Tells whether `taken` bytes are the whole body. The declared Content-Length shows this before Node does. */
function hasAll(req: IncomingMessage, taken: number): boolean {
  return (hasArrived(req) && req.readableLength === 0) || taken === declaredLength(req)
}

function wait(req: IncomingMessage, form: Form, head: ByteBuffer): Promise<Recognition> {
  return new Promise((resolve) => {
    const total = setTimeout(giveUp, undecidedTime).unref()
    const idle = setTimeout(giveUp, undecidedIdle).unref()
    req.on('readable', look)
    req.on('error', leave)
    req.on('close', leave)
    if (req.destroyed) leave()

    function look(): void {
      idle.refresh()
      const decision = decide(req, form, head)
      if (decision) settle(decision)
    }

    function giveUp(): void {
      if (head.length > 0) req.unshift(head.view())
      settle(foreign)
    }

    function leave(): void {
      settle(aborted)
    }

    function settle(recognition: Recognition): void {
      clearTimeout(total)
      clearTimeout(idle)
      req.off('readable', look)
      req.off('error', leave)
      req.off('close', leave)
      resolve(recognition)
    }
  })
}

function formOf(req: IncomingMessage, passesOn: PassesOn): Form | undefined {
  const header = req.headers['content-type']
  if (header === undefined) return undefined
  const match = formTypes.exec(header)
  if (!match || hasTwoTypes(req.rawHeaders)) return undefined
  const multipart = match[1] !== undefined
  const media = header.length === match[0].length ? plain : parseMediaType(header)
  const boundary = multipart ? media?.parameters.get('boundary') : undefined
  const refusal = refusalOf(req, media?.parameters)
  const readable = refusal?.reason !== 'encoding' && refusal?.reason !== 'malformed'
  if (!multipart) {
    const encoding: Encoding = readable ? { kind: 'urlencoded' } : unreadable
    return { encoding, refusal, find: findInUrlencoded(), passesOn }
  }
  if (boundary === undefined || !isBoundary(boundary)) {
    return { encoding: unreadable, refusal: badBoundary, find: findRaw, passesOn }
  }
  return {
    encoding: readable ? { kind: 'multipart', boundary } : unreadable,
    refusal,
    find: findInMultipart(boundary),
    passesOn,
  }
}

const formTypes = /^[ \t]*(?:application\/x-www-form-urlencoded|(multipart\/form-data))[ \t]*(?=;|$)/i
const plain = { parameters: new Map<string, string>() }
const unreadable: Encoding = { kind: 'unreadable' }
const badBoundary: BodyRefusal = {
  status: 400,
  reason: 'boundary',
  detail: 'the Content-Type has no valid boundary (1 to 70 characters, RFC 2046)',
}

function refusalOf(
  req: IncomingMessage,
  parameters: ReadonlyMap<string, string> | undefined,
): BodyRefusal | undefined {
  const coding = req.headers['content-encoding']
  const transfer = req.headers['transfer-encoding']
  const plainTransfer = transfer === undefined || /^chunked$/i.test(transfer)
  if (!plainTransfer || (coding !== undefined && !/^(?:identity)?$/i.test(coding))) {
    return {
      status: 415,
      reason: 'encoding',
      detail:
        'the body has a Content-Encoding or Transfer-Encoding that is not supported; browsers send forms without one',
    }
  }
  if (parameters === undefined) {
    return { status: 400, reason: 'malformed', detail: 'the Content-Type is malformed' }
  }
  const charset = parameters.get('charset')
  if (charset !== undefined && !isUtf8Label(charset)) {
    return { status: 415, reason: 'charset', detail: 'the Content-Type names a charset other than UTF-8' }
  }
  return undefined
}

function unreadSeal(seal: string | undefined): BodyRefusal | undefined {
  return seal === undefined
    ? { status: 400, reason: 'malformed', detail: 'the field "sealform" is too long or cannot be decoded' }
    : undefined
}

/**
 * Tells whether a request has two Content-Type lines. Node keeps the first; a proxy in front may have used the second.
 */
function hasTwoTypes(rawHeaders: readonly string[]): boolean {
  let types = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    if (name.length === 12 && name.toLowerCase() === 'content-type') types++
  }
  return types > 1
}

function hasNoBody(req: IncomingMessage): boolean {
  const length = declaredLength(req)
  if (length !== undefined) return length === 0 && req.headers['transfer-encoding'] === undefined
  const stream = http2StreamOf(req)
  return stream ? stream.endAfterHeaders : req.headers['transfer-encoding'] === undefined
}

/**
 * Tells whether the whole body has arrived. On HTTP/2 `complete` turns true only after 'end', too late for `unshift`.
 */
function hasArrived(req: IncomingMessage): boolean {
  return req.complete || http2StreamOf(req)?.readableEnded === true
}

/** Returns the HTTP/2 stream. There a body needs no header that announces it (RFC 9113, section 8.1). */
function http2StreamOf(req: IncomingMessage): ServerHttp2Stream | undefined {
  return 'stream' in req ? (req.stream as ServerHttp2Stream) : undefined
}

/** Tells whether other code has read the body to its end, is reading it, or has called `setEncoding`. */
function isBeingRead(req: IncomingMessage): boolean {
  return req.readableEnded || req.readableFlowing === true || req.readableEncoding !== null
}
