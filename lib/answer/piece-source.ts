import type { IncomingMessage } from 'node:http'
import type { Limits } from '../body/limits.js'

/** What bounds a piece. */
interface PieceTerms {
  /** Bytes. */
  readonly most: number
  readonly limits: Pick<Limits, 'idleTime' | 'bodyTime'>
  /** Called from time to time while bytes arrive. */
  readonly onTime: () => Promise<unknown>
  /** Seconds between two calls. */
  readonly every: number
}

/** Bytes that buy a second, as in the body of a form with files. */
const bytesOfSecond = 8 * 1024

/** Milliseconds without a byte after which all that has arrived is read, and after which no more is waited for in any case. */
const arrivalPause = 50
const longestArrival = 1000

/**
 * The bytes of one request of an upload. When the request breaks off, pauses too long or is stopped, they end, so that what has
 * arrived is stored. Only bytes beyond the length make them fail, since then nothing of the request can be trusted.
 */
export class PieceSource implements AsyncIterable<Uint8Array> {
  /** Bytes that have been given on. */
  received = 0
  /** The request did not arrive as a whole. */
  broken = false
  /** There were more bytes than allowed. */
  exceeded = false
  /** When the storage was last given bytes, and is to ask for more; undefined while it waits for some. */
  #givenAt: number | undefined
  readonly #req: IncomingMessage
  readonly #terms: PieceTerms
  readonly #chunks: AsyncIterator<Buffer>
  #first: IteratorResult<Buffer> | undefined
  /** Milliseconds for which the client was waited for. */
  #waited = 0
  #calledAt = Date.now()
  #stoppingAt: number | undefined
  #wake = () => {}

  constructor(req: IncomingMessage, terms: PieceTerms) {
    this.#req = req
    this.#terms = terms
    // Without the option, the end of the loop would close the connection before the answer.
    this.#chunks = req.iterator({ destroyOnReturn: false })
  }

  /** Waits for the first byte. Returns whether there is one. */
  async begins(): Promise<boolean> {
    this.#first = await this.#next()
    return this.#first.done !== true
  }

  /** Ends the bytes here. */
  stop(): void {
    this.broken = true
    this.#req.destroy()
  }

  /** Ends the bytes as soon as none come at once: what a client has sent before it lost the connection has often arrived. */
  stopSoon(): void {
    this.#stoppingAt ??= Date.now()
    this.#wake()
  }

  /** Seconds for which the storage has taken nothing although there was something. */
  get stalled(): number {
    return this.#givenAt === undefined ? 0 : (Date.now() - this.#givenAt) / 1000
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    let chunk = this.#first ?? (await this.#next())
    while (!chunk.done) {
      if (this.received + chunk.value.length > this.#terms.most) {
        this.exceeded = true
        throw new RangeError('The upload has more bytes than its length says.')
      }
      this.received += chunk.value.length
      this.#givenAt = Date.now()
      yield chunk.value
      this.#givenAt = undefined
      if (Date.now() - this.#calledAt >= this.#terms.every * 1000) {
        this.#calledAt = Date.now()
        await this.#terms.onTime()
      }
      chunk = await this.#next()
    }
  }

  /** Milliseconds to wait for bytes, when the request is to be stopped. */
  get #lastPatience(): number {
    if (this.#stoppingAt === undefined) return Number.POSITIVE_INFINITY
    return Math.min(arrivalPause, this.#stoppingAt + longestArrival - Date.now())
  }

  async #next(): Promise<IteratorResult<Buffer>> {
    // A client that goes on as if nothing had happened always has bytes.
    if (this.#lastPatience < 0) {
      this.stop()
      return { done: true, value: undefined }
    }
    const { idleTime, bodyTime } = this.#terms.limits
    const earned = (bodyTime + this.received / bytesOfSecond) * 1000 - this.#waited
    const began = Date.now()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const watch = () => {
        clearTimeout(timer)
        const patience = Math.max(Math.min(idleTime * 1000, earned, this.#lastPatience), 0)
        // After the timers the loop reads what has come meanwhile, which counts when it was busy for longer.
        timer = setTimeout(() => setImmediate(() => reject(new Error('The upload pauses.'))), patience)
      }
      this.#wake = watch
      watch()
    })
    const chunk = this.#chunks.next()
    try {
      return await Promise.race([chunk, late])
    } catch {
      chunk.catch(() => {})
      this.stop()
      return { done: true, value: undefined }
    } finally {
      clearTimeout(timer)
      this.#waited += Date.now() - began
    }
  }
}
