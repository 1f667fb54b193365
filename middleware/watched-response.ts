import type { ServerResponse } from 'node:http'
import { finished, Readable } from 'node:stream'
import type { OwnAnswer } from '../lib/action/own-answer.js'
import type { WatchedSubmission } from '../lib/action/submission.js'
import type { ClientTeller } from '../lib/answer/tell-client.js'
import { SealformError } from '../lib/base/errors.js'
import { hasLeft, isTaken } from '../lib/base/visitor-left.js'
import { contentHeaders } from './content-headers.js'
import { cutAnswer } from './cut-answer.js'
import { applyHead } from './held-response.js'
import { tellOwnFile, tellOwnRedirect } from './tell-own-answer.js'

type Arguments = readonly unknown[]

/**
 * Watches a response while an action, `authorize` or a hook has it, and so may answer by itself. Everything that they write
 * passes through at once. The watch adds the cookies of the submission to the headers, knows the streams that are piped to
 * the response, and reports what Node would throw or emit when the response is written after its end: that comes from code
 * which nobody awaits any more, and would end the process.
 */
export class WatchedResponse {
  readonly #res: ServerResponse
  readonly #submission: WatchedSubmission
  readonly #tell: ClientTeller | undefined
  readonly #before: Pick<ServerResponse, 'writeHead' | 'write' | 'end'>
  readonly #headers: ReturnType<ServerResponse['getHeaders']>
  readonly #status: number
  readonly #drains: number
  /** The app's own code may answer. False after Sealform has taken over. */
  #watching = true
  #written = false
  /** A redirect is told in a header, so the response has no body. */
  #tells = false
  #ended = false
  #reported = false
  readonly #streams = new Set<NodeJS.ReadableStream>()
  #senders = 0
  #onBroken: ((error: unknown) => void) | undefined

  /** @param tell how the client is told of what it would not see; `undefined` for a browser without a library */
  constructor(res: ServerResponse, submission: WatchedSubmission, tell: ClientTeller | undefined) {
    this.#res = res
    this.#submission = submission
    this.#tell = tell
    this.#headers = res.getHeaders()
    this.#status = res.statusCode
    this.#drains = res.listenerCount('drain')
    const { writeHead, write, end, setHeader, appendHeader, removeHeader } = res
    this.#before = { writeHead, write, end }
    res.writeHead = this.#writeHead.bind(this)
    res.write = this.#write.bind(this)
    res.end = this.#end.bind(this)
    res.setHeader = this.#changeHeader.bind(this, setHeader)
    res.appendHeader = this.#changeHeader.bind(this, appendHeader)
    res.removeHeader = this.#changeHeader.bind(this, removeHeader)
    // A response of HTTP/2 has no such method.
    if ('setHeaders' in res) res.setHeaders = this.#changeHeader.bind(this, res.setHeaders)
    res.on('pipe', (stream) => this.#addStream(stream))
    res.on('error', (error) => this.#reportLate(error))
  }

  /** How far the app's code has answered by writing to the response. */
  get progress(): OwnAnswer {
    if (this.#ended) return 'ended'
    if (this.#streams.size + this.#senders > 0 || this.#res.listenerCount('drain') > this.#drains)
      return 'begun'
    return this.#written ? 'sent' : 'none'
  }

  /** Counts something that is going to write to the response. Call the returned function when it has, or with its error. */
  expect(): (error?: unknown) => void {
    let counts = true
    this.#senders++
    this.#submission.begin()
    return (error) => {
      if (!counts) return
      counts = false
      this.#senders--
      if (error && this.progress === 'none') this.#break(error)
    }
  }

  /** Calls `onBroken` when the stream that the app's code has begun to send fails before its first byte. */
  leave(onBroken: (error: unknown) => void): void {
    this.#onBroken = onBroken
  }

  /** Ends the watch, because something else answers from now on. Late writes of the app's code are still reported. */
  stop(): void {
    this.#watching = false
  }

  /** Restores the status, and the headers that describe a body. */
  takeBack(): void {
    const res = this.#res
    if (res.headersSent) return
    res.statusCode = this.#status
    for (const name of contentHeaders) {
      const value = this.#headers[name]
      if (res.getHeader(name) === value) continue
      if (value === undefined) res.removeHeader(name)
      else res.setHeader(name, value)
    }
  }

  #writeHead(...args: Arguments): ServerResponse {
    const res = this.#res
    if (res.headersSent || !this.#watching) return this.#attempt(this.#before.writeHead, args)
    const lines = this.#submission.cookieLines
    if (lines.length === 0 && !this.#tell) return this.#answer(this.#before.writeHead, args)
    applyHead(res, args)
    this.#tells ||= tellOwnRedirect(res, this.#tell)
    if (!this.#tells) tellOwnFile(res, this.#tell)
    const own = res.getHeader('Set-Cookie')
    const said = [own ?? []].flat().map(String)
    const missing = lines.filter((line) => !said.includes(line))
    if (missing.length > 0) res.setHeader('Set-Cookie', [...said, ...missing])
    try {
      return this.#answer(this.#before.writeHead, [res.statusCode])
    } catch (error) {
      // The cookies of an action that throws are dropped.
      if (!res.headersSent && own === undefined) res.removeHeader('Set-Cookie')
      else if (!res.headersSent) res.setHeader('Set-Cookie', said)
      throw error
    }
  }

  #write(...args: Arguments): boolean {
    const { write } = this.#before
    if (!this.#watching) return Reflect.apply(write, this.#res, args)
    if (this.#tellsRedirect()) return true
    return this.#attemptPiped(() => this.#answer(write, args), false)
  }

  #end(...args: Arguments): ServerResponse {
    const { end } = this.#before
    if (!this.#watching) return Reflect.apply(end, this.#res, args)
    return this.#attemptPiped(() => {
      this.#answer(end, this.#tellsRedirect() ? args.filter((each) => typeof each === 'function') : args)
      this.#ended = true
      return this.#res
    }, this.#res)
  }

  /** Makes a redirect that is about to be sent one that the client is told of. Says whether it is one. Tells of a file as well. */
  #tellsRedirect(): boolean {
    if (this.#res.headersSent) return this.#tells
    this.#tells ||= tellOwnRedirect(this.#res, this.#tell)
    if (!this.#tells) tellOwnFile(this.#res, this.#tell)
    return this.#tells
  }

  /** Calls a method that answers. When it throws before it sends anything, as on a number for a chunk, nothing is answered. */
  #answer<Result>(method: (this: ServerResponse, ...args: never[]) => Result, args: Arguments): Result {
    try {
      const result: Result = Reflect.apply(method, this.#res, args)
      this.#begin()
      return result
    } catch (error) {
      if (this.#res.headersSent) this.#begin()
      throw error
    }
  }

  /** Catches what Node throws while a stream is piped. It would be thrown in an event of the stream, and end the process. */
  #attemptPiped<Result>(answer: () => Result, broken: Result): Result {
    try {
      return answer()
    } catch (error) {
      if (this.#streams.size === 0) throw error
      for (const stream of this.#streams) {
        stream.unpipe(this.#res)
        if (stream instanceof Readable) stream.destroy()
      }
      this.#break(error)
      return broken
    }
  }

  #begin(): void {
    this.#written = true
    this.#submission.begin()
  }

  #changeHeader<Result>(
    change: (this: ServerResponse, ...args: never[]) => Result,
    ...args: Arguments
  ): ServerResponse {
    return this.#attempt(change, args)
  }

  /** Calls a method of the response. Node throws when the headers are sent already. */
  #attempt(method: (this: ServerResponse, ...args: never[]) => unknown, args: Arguments): ServerResponse {
    try {
      Reflect.apply(method, this.#res, args)
    } catch (error) {
      if (!this.#res.headersSent) throw error
      this.#reportLate(error)
    }
    return this.#res
  }

  #reportLate(cause: unknown): void {
    const res = this.#res
    if (this.#reported || (hasLeft(res) && !isTaken(res))) return
    this.#reported = true
    const message =
      'Something wrote to the response of a submission after it was answered. Return after an answer, and await what answers later: an action that returns before its answer begins gets its page shown.'
    this.#submission.report(new SealformError('ERR_ANSWERED_TWICE', message, { cause }))
  }

  #addStream(stream: NodeJS.ReadableStream): void {
    if (!this.#watching) return
    this.#streams.add(stream)
    this.#submission.begin()
    this.#res.on('unpipe', (other) => other === stream && this.#streams.delete(stream))
    // Listens for errors, which would end the process when the app's code does not.
    finished(stream, { writable: false }, (error) => {
      if (this.#streams.delete(stream) && error) this.#break(error)
    })
  }

  #break(error: unknown): void {
    const res = this.#res
    if (res.writableEnded) this.#submission.report(error)
    else if (res.headersSent) {
      this.#submission.report(error)
      cutAnswer(res)
    } else if (this.#onBroken) this.#onBroken(error)
    else this.#submission.breakOff(error)
  }
}

/** Tells how far a response has been written that is not watched: the app's code got it in another way than the context. */
export function progressOf(res: ServerResponse): OwnAnswer {
  if (res.writableEnded) return 'ended'
  if (res.listenerCount('unpipe') > 0) return 'begun'
  return res.headersSent ? 'sent' : 'none'
}
