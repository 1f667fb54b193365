import type { IncomingMessage } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import { ByteBuffer } from '../base/byte-buffer.js'
import { traceRecognition } from '../base/trace.js'
import { type Finder, findInMultipart, findInUrlencoded, findRaw } from '../body/find-seal.js'
import { declaredLength, FormBody } from '../body/form-body.js'
import { isUtf8Label, parseMediaType } from '../body/media-type.js'
import { isBoundary } from '../body/multipart-scanner.js'
import type { Body, BodyRefusal, Encoding } from '../body/reading.js'

export type Recognition =
  /** Not ours: the body is whole, and nothing of ours listens to the request. */
  | { readonly kind: 'foreign' }
  /** It might have been ours, but a parser mounted earlier has read the body. */
  | { readonly kind: 'consumed' }
  /** The client left before it could be told. */
  | { readonly kind: 'aborted' }
  | { readonly kind: 'submission'; readonly body: Body }

const foreign: Recognition = { kind: 'foreign' }
const consumed: Recognition = { kind: 'consumed' }
const aborted: Recognition = { kind: 'aborted' }

// How long it may take until the seal is there: in all, and without a byte.
const undecidedTime = 30_000
const undecidedIdle = 10_000

/** A form as its headers describe it. */
interface Form {
  readonly encoding: Encoding
  readonly refusal: BodyRefusal | undefined
  readonly find: Finder
}

/**
 * Tells whether a POST is a submission: a form whose field `sealform` starts within its first 16 KiB. Reads no more
 * than it takes to tell. The body of any other request is put back for the parsers that come after.
 */
export function recognise(req: IncomingMessage): Recognition | Promise<Recognition> {
  return traceRecognition(() => recogniseForm(req))
}

function recogniseForm(req: IncomingMessage): Recognition | Promise<Recognition> {
  const form = formOf(req)
  if (form === undefined || hasNoBody(req)) return foreign
  if (isBeingRead(req)) return consumed
  const head = new ByteBuffer()
  if (req.readableLength > 0 || req.complete) return decide(req, form, head) ?? wait(req, form, head)
  if (req.destroyed) return aborted
  return new Promise((resolve, reject) => {
    // Node emits 'request' from within its parser. What came in the same packet is there when that has returned, and
    // to wait so costs far less than a 'readable' listener. A tick would be too soon: Node runs ticks between the
    // last byte of a body and its end, and answers written there cost 10 µs more.
    setImmediate(() => {
      try {
        resolve(decide(req, form, head) ?? wait(req, form, head))
      } catch (error) {
        reject(error)
      }
    })
  })
}

/**
 * Takes what has come; undefined when that is not enough to tell. Reading and putting back must happen in one tick:
 * after a body's last byte is read, Node emits 'end' in the next, and then nothing can be put back.
 */
function decide(req: IncomingMessage, form: Form, head: ByteBuffer): Recognition | undefined {
  // From Node 26 on, read() gives one of the chunks that are there, and no event tells of the others.
  while (req.readableLength > 0) {
    const chunk: unknown = req.read()
    if (!(chunk instanceof Buffer)) break
    head.push(chunk)
  }
  const ended = hasAll(req, head.length)
  if (head.length === 0) return ended ? (req.readableDidRead ? consumed : foreign) : undefined
  const found = form.find(head.view(), ended)
  if (found === 'more' && !ended) return undefined
  if (typeof found === 'object') {
    return {
      kind: 'submission',
      body: new FormBody(req, {
        head: head.view(),
        complete: ended,
        encoding: form.encoding,
        seal: found.seal,
        refusal: form.refusal ?? unreadSeal(found.seal),
      }),
    }
  }
  req.unshift(head.view())
  return foreign
}

/** True when `taken` is the whole body: the declared length tells so before Node does. */
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

function formOf(req: IncomingMessage): Form | undefined {
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
    return { encoding: readable ? { kind: 'urlencoded' } : unreadable, refusal, find: findInUrlencoded() }
  }
  if (boundary === undefined || !isBoundary(boundary)) {
    return { encoding: unreadable, refusal: badBoundary, find: findRaw }
  }
  return {
    encoding: readable ? { kind: 'multipart', boundary } : unreadable,
    refusal,
    find: findInMultipart(boundary),
  }
}

const formTypes = /^[ \t]*(?:application\/x-www-form-urlencoded|(multipart\/form-data))[ \t]*(?=;|$)/i
const plain = { parameters: new Map<string, string>() }
const unreadable: Encoding = { kind: 'unreadable' }
const badBoundary: BodyRefusal = {
  status: 400,
  reason: 'boundary',
  detail: 'the Content-Type has no boundary of 1 to 70 characters that RFC 2046 allows',
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
      detail: 'the body has a content coding; browsers send forms without',
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
    ? { status: 400, reason: 'malformed', detail: 'the field "sealform" is over-long or cannot be decoded' }
    : undefined
}

/** Node keeps the first of two Content-Type lines; a proxy before it may have gone by the other. */
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

/** On HTTP/2 `complete` tells so only when everything was read, and nothing can be put back any more. */
function hasArrived(req: IncomingMessage): boolean {
  return req.complete || http2StreamOf(req)?.readableEnded === true
}

/** RFC 9113, section 8.1: there a body needs no header that tells of it. */
function http2StreamOf(req: IncomingMessage): ServerHttp2Stream | undefined {
  return 'stream' in req ? (req.stream as ServerHttp2Stream) : undefined
}

/** True when somebody else has read the body to its end, is reading it, or has it decoded as text. */
function isBeingRead(req: IncomingMessage): boolean {
  return req.readableEnded || req.readableFlowing === true || req.readableEncoding !== null
}
