import type { IncomingMessage } from 'node:http'
import type { Shutdown } from '../base/shutdown.js'
import { longestTimer } from '../base/units.js'
import { Flow } from './flow.js'
import type { Consumer } from './reading.js'

/** What to do after a chunk: read more, read for one more second at most, or stop. */
export type Demand = 'more' | 'hurry' | 'stop'

/**
 * Why reading ended. `stalled`: the consumer of the files took nothing for too long. `shutdown`: the process is about
 * to end. `taken`: the app's code has read from the request meanwhile, or has set its encoding.
 */
export type ReadingEnd =
  | 'end'
  | 'stopped'
  | 'aborted'
  | 'body-time'
  | 'idle-time'
  | 'stalled'
  | 'shutdown'
  | 'taken'

/** How a request is read. */
interface ReadingTerms {
  /** Seconds. */
  readonly bodyTime: number
  /** Seconds. */
  readonly idleTime: number
  /** The submission is already refused: read for one second at most. */
  readonly hurry: boolean
  readonly shutdown: Shutdown | undefined
  /** Takes a chunk and returns what to do next. */
  readonly take: (chunk: Buffer) => Demand
  readonly consumer: Consumer | undefined
}

const hurryTime = 1

/** Bytes of files per second that extend `bodyTime` by as long as they need. A slow mobile line is faster than this. */
const slowestUpload = 8 * 1024

/**
 * Reads the rest of a request. Always settles, for any behaviour of the client, and removes its listeners and timers.
 * When it stops before the end, the request is paused.
 */
export function readRequest(req: IncomingMessage, terms: ReadingTerms): Promise<ReadingEnd> {
  if (isTaken(req)) return Promise.resolve('taken')
  if (req.destroyed) return Promise.resolve('aborted')
  if (terms.shutdown?.over) return Promise.resolve('shutdown')
  return new Promise((resolve) => {
    new RequestReader(req, terms, resolve).start()
  })
}

/**
 * Tells whether the app's code has begun to read the request since its first bytes were looked at. What flows into another
 * listener before this reading begins is lost; where a Content-Length is declared, the count of the bytes shows it.
 */
function isTaken(req: IncomingMessage): boolean {
  if (req.readableEnded || req.readableEncoding !== null) return true
  return req.readableFlowing === true && req.headers['content-length'] === undefined
}

class RequestReader {
  readonly #req: IncomingMessage
  readonly #flow: Flow
  readonly #terms: ReadingTerms
  readonly #resolve: (end: ReadingEnd) => void
  readonly #started = performance.now()
  #pausedAt = 0
  /** Milliseconds during which the request was paused. */
  #paused = 0
  #hurrying = false
  #total: NodeJS.Timeout | undefined
  #idle: NodeJS.Timeout | undefined
  #forgetShutdown: (() => void) | undefined

  constructor(req: IncomingMessage, terms: ReadingTerms, resolve: (end: ReadingEnd) => void) {
    this.#req = req
    this.#flow = new Flow(req)
    this.#terms = terms
    this.#resolve = resolve
  }

  start(): void {
    const { bodyTime, idleTime, hurry, shutdown, consumer } = this.#terms
    this.#total = timer(bodyTime, this.#onTime)
    this.#idle = timer(idleTime, () => this.#stop(this.#pausedAt > 0 ? 'stalled' : 'idle-time'))
    this.#forgetShutdown = shutdown?.onOver(() => this.#stop('shutdown'))
    if (hurry) this.#hurry()
    this.#req.on('data', this.#onData)
    this.#req.on('end', this.#onEnd)
    this.#req.on('error', this.#onLeft)
    this.#req.on('close', this.#onLeft)
    if (consumer) consumer.onProgress = this.#onProgress
    if (consumer?.behind) this.#pause()
    else this.#flow.resume()
  }

  readonly #onData = (chunk: Buffer | string): void => {
    this.#idle?.refresh()
    // Somebody has called setEncoding().
    const demand = typeof chunk === 'string' ? 'taken' : this.#terms.take(chunk)
    if (demand === 'taken') this.#stop('taken')
    if (demand === 'stop') this.#stop('stopped')
    else if (demand === 'hurry') this.#hurry()
    if (this.#terms.consumer?.behind && (demand === 'more' || demand === 'hurry')) this.#pause()
  }

  readonly #onProgress = (): void => {
    this.#idle?.refresh()
    if (this.#pausedAt === 0 || this.#terms.consumer?.behind) return
    this.#paused += performance.now() - this.#pausedAt
    this.#pausedAt = 0
    this.#flow.resume()
  }

  readonly #onEnd = (): void => this.#settle('end')

  /** Handles an aborted request, which emits 'error' and then 'close'. Without a listener the error would be thrown. */
  readonly #onLeft = (): void => this.#settle('aborted')

  /** Checks the total time. Arriving files and our own pauses of the request extend it. */
  readonly #onTime = (): void => {
    const { bodyTime, consumer } = this.#terms
    const now = performance.now()
    const waited = this.#paused + (this.#pausedAt > 0 ? now - this.#pausedAt : 0)
    const allowed = bodyTime + waited / 1000 + (consumer?.taken ?? 0) / slowestUpload
    const left = consumer ? allowed - (now - this.#started) / 1000 : 0
    if (left <= 0) this.#stop('body-time')
    else this.#total = timer(Math.min(left, longestTimer), this.#onTime)
  }

  #pause(): void {
    if (this.#pausedAt > 0) return
    this.#pausedAt = performance.now()
    this.#flow.pause()
  }

  #hurry(): void {
    if (this.#hurrying) return
    this.#hurrying = true
    clearTimeout(this.#total)
    this.#total = timer(Math.min(hurryTime, this.#terms.bodyTime), () => this.#stop('stopped'))
  }

  #stop(end: ReadingEnd): void {
    this.#flow.pause()
    this.#settle(end)
  }

  #settle(end: ReadingEnd): void {
    clearTimeout(this.#total)
    clearTimeout(this.#idle)
    this.#forgetShutdown?.()
    if (this.#terms.consumer) this.#terms.consumer.onProgress = undefined
    this.#flow.release()
    this.#req.off('data', this.#onData)
    this.#req.off('end', this.#onEnd)
    this.#req.off('error', this.#onLeft)
    this.#req.off('close', this.#onLeft)
    this.#resolve(end)
  }
}

function timer(seconds: number, onTime: () => void): NodeJS.Timeout {
  return setTimeout(onTime, seconds * 1000).unref()
}
