import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { hasLeft } from '../lib/base/visitor-left.js'

type Chunk = string | Uint8Array
type Callback = (error?: Error | null) => void

/** The arguments of `write` and `end`. The encoding in the middle may be omitted. */
type Writing = readonly (Chunk | BufferEncoding | Callback | null | undefined)[]

/**
 * Holds what a page writes to a response, so that no byte reaches the socket before Sealform decides whether the page
 * is shown. Headers and the status stay on the response itself, where they can still be changed.
 *
 * Earlier middleware often replaces methods of the response, for example to save a session or to compress the answer.
 * The final answer goes through those methods; held writes do not. Later middleware wraps the methods of this class, so
 * they stay in place after the decision and pass later writes on.
 */
export class HeldResponse {
  /** Whether the page has ended its answer. */
  ended = false
  /** Whether the page has broken off its answer, because what it is made of has failed. */
  brokenOff = false
  readonly #res: ServerResponse
  readonly #before: Pick<ServerResponse, 'writeHead' | 'write' | 'end' | 'flushHeaders'>
  #decide: () => void
  #limit: () => number
  #chunks: Buffer[] = []
  #headers: OutgoingHttpHeaders | undefined
  #length = 0
  #firstStatus: number | undefined
  #state: 'held' | 'passing' | 'dropped' = 'held'

  /**
   * @param limit returns how many bytes may be held; called at each write
   * @param decide called when the page has ended its answer or has exceeded the limit, to release or replace the answer
   */
  constructor(res: ServerResponse, limit: () => number, decide: () => void) {
    this.#res = res
    this.#limit = limit
    this.#decide = decide
    const { writeHead, write, end, flushHeaders } = res
    this.#before = { writeHead, write, end, flushHeaders }
    // Assigned one by one, because Object.assign was visible in the profile of every held page.
    res.writeHead = this.#writeHead.bind(this)
    res.write = this.#write.bind(this)
    res.end = this.#end.bind(this)
    res.flushHeaders = this.#flushHeaders.bind(this)
  }

  /**
   * Decides when the page destroys the response with an error, as `pipeline()` does when its stream fails. The connection stays open
   * for another answer.
   */
  outliveFailure(): void {
    const res = this.#res
    const { destroy } = res
    res.destroy = (error?: Error) => {
      if (this.#state !== 'held' || this.ended || !error || hasLeft(res)) {
        return Reflect.apply(destroy, res, [error])
      }
      this.brokenOff = true
      this.#decide()
      return res
    }
  }

  /** The number of held bytes. */
  get length(): number {
    return this.#length
  }

  /** The page has begun to write with one status and ended with another, as an error handler does that takes over. */
  get takenOver(): boolean {
    return this.#firstStatus !== undefined && this.#firstStatus !== this.#res.statusCode
  }

  /** The held bytes. */
  get bytes(): Buffer {
    if (this.#chunks.length !== 1) this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0]!
  }

  /** The whole body, once the page has ended its answer. */
  get whole(): Buffer | undefined {
    return this.ended ? this.bytes : undefined
  }

  /**
   * Restores the headers as they were when the page ended its answer. Later changes come from the handler of an error
   * that the page threw afterwards, or from a second answer.
   *
   * @param except names in lower case
   */
  takeBackHeaders(except: readonly string[]): void {
    const res = this.#res
    const headers = this.#headers
    if (!headers || this.#state !== 'held') return
    for (const name of res.getHeaderNames()) {
      if (!(name in headers) && !except.includes(name)) res.removeHeader(name)
    }
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined && res.getHeader(name) !== value && !except.includes(name)) {
        res.setHeader(name, value)
      }
    }
  }

  /** Puts this body in the place of the one that is held. */
  change(body: Buffer): void {
    if (this.#state !== 'held') return
    this.#chunks = [body]
    this.#length = body.length
  }

  /** Sends the held bytes with the current headers and status. Later writes pass through. */
  release(): void {
    const held = this.bytes
    this.#letGo()
    if (this.ended) {
      // For HEAD and 304 the headers describe a body that is not sent, so they stay as they are.
      if (held.length > 0) this.#sendWhole(held)
      else Reflect.apply(this.#before.end, this.#res, [])
    } else if (held.length === 0 || Reflect.apply(this.#before.write, this.#res, [held])) {
      // `write` returned false at the limit, so the page waits for 'drain'.
      process.nextTick(() => this.#res.emit('drain'))
    }
  }

  /** Sends `body` in place of the held bytes, and drops later writes of the page. */
  replace(body: Buffer): void {
    this.#letGo()
    this.#sendWhole(body)
    // After the page has ended, later calls come from earlier middleware and must pass. Until then they are the page's.
    if (!this.ended) this.#state = 'dropped'
  }

  /** Drops the held bytes. Later writes pass through. */
  abandon(): void {
    if (this.#state === 'held') this.#letGo()
  }

  /** Lets writes pass from now on. The response may live long after it, so it does not keep the page any more. */
  #letGo(): void {
    this.#chunks = []
    this.#headers = undefined
    this.#state = 'passing'
    this.#decide = nothingToDecide
    this.#limit = noLimit
  }

  #sendWhole(body: Buffer): void {
    const res = this.#res
    // Only if present: after this call Node never uses chunked encoding, which compression middleware may switch to.
    if (res.hasHeader('Transfer-Encoding')) res.removeHeader('Transfer-Encoding')
    // Node throws on trailers that are announced for a body of known length.
    if (res.hasHeader('Trailer')) res.removeHeader('Trailer')
    // Session middleware that saves first calls `write` before `end`, so Node cannot compute the length itself.
    // RFC 9110, section 8.6: not with a 204.
    if (res.statusCode === 204) res.removeHeader('Content-Length')
    else res.setHeader('Content-Length', body.length)
    Reflect.apply(this.#before.end, res, [body])
  }

  #writeHead(...args: unknown[]): ServerResponse {
    if (this.#state !== 'held') return Reflect.apply(this.#before.writeHead, this.#res, args)
    applyHead(this.#res, args)
    return this.#res
  }

  #flushHeaders(): void {
    if (this.#state !== 'held') Reflect.apply(this.#before.flushHeaders, this.#res, [])
  }

  #write(...args: Writing): boolean {
    if (this.#state === 'passing') return Reflect.apply(this.#before.write, this.#res, args)
    if (this.#state === 'dropped' || this.ended) return false
    this.#keep(args)
    const callback = callbackIn(args)
    if (callback) process.nextTick(callback)
    if (this.#length <= this.#limit()) return true
    this.#decide()
    return false
  }

  #end(...args: Writing): ServerResponse {
    if (this.#state === 'passing') return Reflect.apply(this.#before.end, this.#res, args)
    if (this.#state === 'dropped' || this.ended) return this.#res
    this.#keep(args)
    const callback = callbackIn(args)
    if (callback) this.#res.once('finish', callback)
    this.ended = true
    this.#headers = this.#res.getHeaders()
    this.#decide()
    return this.#res
  }

  /** Keeps a copy of the chunk, because the page may reuse its buffer. */
  #keep([chunk, encoding]: Writing): void {
    if (chunk === undefined || chunk === null || typeof chunk === 'function') return
    const bytes =
      typeof chunk === 'string'
        ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
        : Buffer.from(chunk)
    this.#firstStatus ??= this.#res.statusCode
    this.#chunks.push(bytes)
    this.#length += bytes.length
  }
}

function nothingToDecide(): void {}

function noLimit(): number {
  return Number.POSITIVE_INFINITY
}

function callbackIn(args: Writing): Callback | undefined {
  return args.find((arg) => typeof arg === 'function')
}

/** Applies the arguments of `writeHead(status, reason?, headers?)` to the response without sending the headers. */
export function applyHead(res: ServerResponse, [status, second, third]: readonly unknown[]): void {
  if (typeof status === 'number') res.statusCode = status
  if (typeof second === 'string') res.statusMessage = second
  const headers = typeof second === 'string' ? third : (second ?? third)
  if (Array.isArray(headers)) applyList(res, headers)
  else
    for (const [name, value] of Object.entries(headers ?? {}))
      if (value !== undefined) res.setHeader(name, value)
}

/** Applies a list of headers: alternating names and values, or pairs. A repeated name gets several values. */
function applyList(res: ServerResponse, list: readonly unknown[]): void {
  const flat = Array.isArray(list[0]) ? list.flat() : list
  for (let i = 0; i < flat.length; i += 2) res.removeHeader(String(flat[i]))
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const value: unknown = flat[i + 1]
    res.appendHeader(String(flat[i]), Array.isArray(value) ? value.map(String) : String(value))
  }
}
