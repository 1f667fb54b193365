import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'

type Chunk = string | Uint8Array
type Callback = (error?: Error | null) => void

/** What a page says in the arguments of `write` and `end`, whose middle ones may be left out. */
type Writing = readonly (Chunk | BufferEncoding | Callback | null | undefined)[]

/**
 * Holds back what a page writes to a response, so that nothing of it reaches the socket until it is decided whether
 * that page is shown. Headers and the status stay on the response itself, where they can still be changed.
 *
 * Middleware that was there before has often put methods of its own on the response, which save a session or compress
 * the answer: what is shown in the end goes through them, and what is held back does not. Middleware that comes after
 * puts its methods on top of these, so these stay, and pass on what comes later.
 */
export class HeldResponse {
  /** The page has ended its answer. */
  ended = false
  readonly #res: ServerResponse
  readonly #before: Pick<ServerResponse, 'writeHead' | 'write' | 'end' | 'flushHeaders'>
  readonly #decide: () => void
  readonly #limit: () => number
  #chunks: Buffer[] = []
  #headers: OutgoingHttpHeaders | undefined
  #length = 0
  #state: 'held' | 'passing' | 'dropped' = 'held'

  /**
   * @param limit bytes that may be held, asked at each write
   * @param decide called when the page has ended its answer or written more than that: time to release or replace it
   */
  constructor(res: ServerResponse, limit: () => number, decide: () => void) {
    this.#res = res
    this.#limit = limit
    this.#decide = decide
    const { writeHead, write, end, flushHeaders } = res
    this.#before = { writeHead, write, end, flushHeaders }
    // Assigned one by one: Object.assign showed in the profile of every page that is held.
    res.writeHead = this.#writeHead.bind(this)
    res.write = this.#write.bind(this)
    res.end = this.#end.bind(this)
    res.flushHeaders = this.#flushHeaders.bind(this)
  }

  /** Bytes that are held. */
  get length(): number {
    return this.#length
  }

  /** What is held, when that is all. */
  get whole(): Buffer | undefined {
    return this.ended ? Buffer.concat(this.#chunks) : undefined
  }

  /**
   * Takes back what was said in headers after the page had ended its answer: by a handler of an error that it threw
   * later, or by a second answer.
   *
   * @param except names in lower case
   */
  takeBackHeaders(except: readonly string[]): void {
    const res = this.#res
    const headers = this.#headers
    if (!headers || this.#state !== 'held') return
    for (const name of new Set([...res.getHeaderNames(), ...Object.keys(headers)])) {
      const value = headers[name]
      if (except.includes(name) || res.getHeader(name) === value) continue
      if (value === undefined) res.removeHeader(name)
      else res.setHeader(name, value)
    }
  }

  /** Sends what is held, under the headers and the status that the response has now, and whatever comes after. */
  release(): void {
    const held = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks)
    this.#chunks = []
    this.#state = 'passing'
    if (this.ended) {
      // To a HEAD, or with a 304, the headers speak of a body that is not there.
      if (held.length > 0) this.#sendWhole(held)
      else Reflect.apply(this.#before.end, this.#res, [])
    } else if (held.length === 0 || Reflect.apply(this.#before.write, this.#res, [held])) {
      // The page was told to wait when the limit was reached.
      process.nextTick(() => this.#res.emit('drain'))
    }
  }

  /** Sends this in place of what is held, and drops what the page may still write. */
  replace(body: Buffer): void {
    this.#chunks = []
    this.#state = 'passing'
    this.#sendWhole(body)
    // Later calls are of middleware that was there before, unless the page is still at it.
    if (!this.ended) this.#state = 'dropped'
  }

  /** Forgets what is held; whoever answers from here on is heard. */
  abandon(): void {
    if (this.#state !== 'held') return
    this.#chunks = []
    this.#state = 'passing'
  }

  #sendWhole(body: Buffer): void {
    const res = this.#res
    // Not without need: once told so, Node never sends chunks, which compression goes over to.
    if (res.hasHeader('Transfer-Encoding')) res.removeHeader('Transfer-Encoding')
    // Node throws on trailers that are announced for a body of known length.
    if (res.hasHeader('Trailer')) res.removeHeader('Trailer')
    // A session that is saved first writes before it ends, so Node cannot know the length by itself.
    res.setHeader('Content-Length', body.length)
    Reflect.apply(this.#before.end, res, [body])
  }

  #writeHead(...said: unknown[]): ServerResponse {
    if (this.#state !== 'held') return Reflect.apply(this.#before.writeHead, this.#res, said)
    applyHead(this.#res, said)
    return this.#res
  }

  #flushHeaders(): void {
    if (this.#state !== 'held') Reflect.apply(this.#before.flushHeaders, this.#res, [])
  }

  #write(...said: Writing): boolean {
    if (this.#state === 'passing') return Reflect.apply(this.#before.write, this.#res, said)
    if (this.#state === 'dropped' || this.ended) return false
    this.#keep(said)
    const callback = callbackIn(said)
    if (callback) process.nextTick(callback)
    if (this.#length <= this.#limit()) return true
    this.#decide()
    return false
  }

  #end(...said: Writing): ServerResponse {
    if (this.#state === 'passing') return Reflect.apply(this.#before.end, this.#res, said)
    if (this.#state === 'dropped' || this.ended) return this.#res
    this.#keep(said)
    const callback = callbackIn(said)
    if (callback) this.#res.once('finish', callback)
    this.ended = true
    this.#headers = this.#res.getHeaders()
    this.#decide()
    return this.#res
  }

  /** A copy, since the page may use its memory again. */
  #keep([chunk, encoding]: Writing): void {
    if (chunk === undefined || chunk === null || typeof chunk === 'function') return
    const bytes =
      typeof chunk === 'string'
        ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
        : Buffer.from(chunk)
    this.#chunks.push(bytes)
    this.#length += bytes.length
  }
}

function callbackIn(said: Writing): Callback | undefined {
  return said.find((one) => typeof one === 'function')
}

/** Does what `writeHead(status, reason?, headers?)` says without writing it. */
export function applyHead(res: ServerResponse, [status, second, third]: readonly unknown[]): void {
  if (typeof status === 'number') res.statusCode = status
  if (typeof second === 'string') res.statusMessage = second
  const headers = typeof second === 'string' ? third : (second ?? third)
  if (Array.isArray(headers)) applyList(res, headers)
  else
    for (const [name, value] of Object.entries(headers ?? {}))
      if (value !== undefined) res.setHeader(name, value)
}

/** Names and values in turn, or pairs of them; a name that comes twice has two values. */
function applyList(res: ServerResponse, list: readonly unknown[]): void {
  const flat = Array.isArray(list[0]) ? list.flat() : list
  for (let i = 0; i < flat.length; i += 2) res.removeHeader(String(flat[i]))
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const value: unknown = flat[i + 1]
    res.appendHeader(String(flat[i]), Array.isArray(value) ? value.map(String) : String(value))
  }
}
