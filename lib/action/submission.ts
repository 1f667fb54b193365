import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Entry, FormFile } from '../base/entry.js'
import { SealformError } from '../base/errors.js'
import { whenLeft } from '../base/visitor-left.js'
import type { StoredFile } from '../files/stored-file.js'
import { failed } from '../outcome/failure.js'
import { Answered, type Failed, type Outcome } from '../outcome/outcome.js'
import { type Cookies, SubmissionCookies } from './cookies.js'
import { judgeOwnAnswer, type OwnAnswer } from './own-answer.js'
import { type Revalidator, requireRevalidator } from './revalidator.js'

/** One POST, as an action receives it. */
export interface Submission<Input = undefined, State = unknown, Context = unknown> {
  /**
   * All fields that the visitor sent, in document order, without the library's own fields. Files are `StoredFile`s, whose
   * content is read from the storage. They are removed after the answer unless `persist()` keeps them.
   *
   * @throws SealformError `ERR_NOT_READ_YET` in `authorize` and `onFile`, which run before the fields are read
   */
  readonly formData: SubmittedData
  /** The output of the action's `input` schema; `undefined` without a schema. `authorize` cannot read it. */
  readonly input: Input
  /** The state that the form of this action carried, when it was rendered with `initial`. See `stateOf` for buttons. */
  readonly previous: State | undefined
  readonly cookies: Cookies
  readonly request: {
    readonly method: string
    /** The path and query string that the browser asked for. */
    readonly url: string
    readonly headers: IncomingHttpHeaders
  }
  /**
   * Koa's `ctx`; on Express and plain Node servers an object with `req` and `res`. What you answer with it (`ctx.redirect()`,
   * `res.download()`, a stream) is the answer, and no page is shown.
   */
  readonly context: Context
  /**
   * Aborts when the visitor disconnects before the answer is complete, or when the action's `timeout` is over. For a
   * one-time action only the timeout aborts it, because another copy of the submission may wait for the outcome.
   */
  readonly signal: AbortSignal
  /**
   * Revalidates the data and pages that have this tag, on every server that shares the cache. Completes before the answer
   * to this submission is made, even when the action does not await it. An error of the shared tier or of `onRevalidate`
   * is reported, and changes nothing for the visitor.
   *
   * @throws SealformError `ERR_CACHE_MISSING` without `createActions({ cache })`, `ERR_OPTION_INVALID` when the tag is not
   *   a text of 1 to 256 characters
   */
  revalidateTag(tag: string): Promise<void>
  /**
   * Revalidates the pages of this path, with any query, in the same way. `'/news/*'` means that page and all pages below.
   *
   * @throws SealformError `ERR_CACHE_MISSING` without `createActions({ cache })`, `ERR_OPTION_INVALID` when the argument
   *   is not a path
   */
  revalidatePath(path: string): Promise<void>
}

/** A real `FormData`, with more exact types: every file in it is a `StoredFile`. */
export interface SubmittedData extends FormData {
  get(name: string): string | SubmittedFile | null
  getAll(name: string): (string | SubmittedFile)[]
}

/** A file in a submission. Its type fits the `File` of the app's own type settings (DOM or Node). */
export type SubmittedFile = FormFile & StoredFile

/** The parts of a request from which a submission is made. */
export interface SubmissionSource {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly url: string
  readonly secure: boolean
  readonly context: unknown
  /** Called before the app's code gets the context for the first time. From then on it may answer by itself. */
  watchAnswer(submission: WatchedSubmission): void
  /** Tells how far the app's code has answered by itself. */
  ownAnswer(): OwnAnswer
  /** Takes back what the app's code has set on the response and what is not sent yet: status, body, content headers. */
  takeBackAnswer(): void
}

/** What the watch over a response needs of its submission. */
export interface WatchedSubmission {
  /** The Set-Cookie lines of the submission so far. */
  readonly cookieLines: readonly string[]
  /** Called when the answer begins. */
  begin(): void
  /** Called when the stream that was to be the answer has failed before its first byte. */
  breakOff(error: unknown): void
  /** Reports an error to the app that changes nothing for the visitor. */
  report(error: unknown): void
}

/** Receives the errors that change nothing for the visitor. */
interface FaultReporter {
  reportError(
    error: unknown,
    details: { readonly reference: string; readonly action: string | undefined },
  ): void
}

/** One submission. Creates each property on first access, because most actions use only two. */
export class CurrentSubmission implements Submission<unknown>, WatchedSubmission {
  previous: unknown = undefined
  readonly #source: SubmissionSource
  #input: unknown
  #validated = false
  #entries: readonly Entry[] | undefined
  #formData: SubmittedData | undefined
  #cookies: SubmissionCookies | undefined
  #controller: AbortController | undefined
  #left: AbortSignal | undefined
  #faults: unknown[] | undefined
  #reporter: FaultReporter | undefined
  #action: string | undefined
  #watched = false
  #broken: { readonly error: unknown } | undefined
  #waiting: (() => void)[] | undefined
  readonly #revalidator: Revalidator | undefined
  #revalidations: Promise<void>[] | undefined
  /** Whether the action continues when the visitor disconnects. */
  outlivesVisitor = false

  constructor(source: SubmissionSource, revalidator?: Revalidator) {
    this.#source = source
    this.#revalidator = revalidator
  }

  get context(): unknown {
    if (!this.#watched) {
      this.#watched = true
      this.#source.watchAnswer(this)
    }
    return this.#source.context
  }

  get request(): Submission['request'] {
    const { req, url } = this.#source
    return { method: 'POST', url, headers: req.headers }
  }

  get input(): unknown {
    if (!this.#validated) throw notReadYet('input')
    return this.#input
  }

  set input(value: unknown) {
    this.#input = value
    this.#validated = true
  }

  get formData(): SubmittedData {
    if (!this.#entries) throw notReadYet('formData')
    if (!this.#formData) {
      const formData = new FormData()
      for (const [name, value] of this.#entries) {
        // Two calls, because the types have no overload for the union.
        if (typeof value === 'string') formData.append(name, value)
        else formData.append(name, value)
      }
      this.#formData = formData as SubmittedData
    }
    return this.#formData
  }

  get cookies(): SubmissionCookies {
    this.#cookies ??= new SubmissionCookies(this.#source.req.headers.cookie, this.#source.secure)
    return this.#cookies
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      const controller = new AbortController()
      this.#controller = controller
      whenLeft(this.#source.res, () => this.outlivesVisitor || controller.abort(visitorLeft()))
    }
    return this.#controller.signal
  }

  abort(reason: unknown): void {
    if (!this.signal.aborted) this.#controller?.abort(reason)
  }

  /** Aborts when the visitor disconnects, for every action. */
  get left(): AbortSignal {
    if (!this.#left) {
      const controller = new AbortController()
      this.#left = controller.signal
      whenLeft(this.#source.res, () => controller.abort(visitorLeft()))
    }
    return this.#left
  }

  /** Reports an error to the app that changes nothing for the visitor. */
  report(error: unknown): void {
    if (this.#reporter) {
      this.#reporter.reportError(error, { reference: '', action: this.#action })
      return
    }
    this.#faults ??= []
    this.#faults.push(error)
  }

  /** Passes the errors that were reported so far, and all later ones, to the app. */
  reportTo(reporter: FaultReporter, action: string | undefined): void {
    this.#reporter = reporter
    this.#action = action
    for (const error of this.takeFaults()) this.report(error)
  }

  /** How far the app's code has answered by the framework's own means. */
  get ownAnswer(): OwnAnswer {
    return this.#source.ownAnswer()
  }

  /** Takes back what the app's code has set on the response, because it is no answer. */
  takeBackAnswer(): void {
    this.#source.takeBackAnswer()
  }

  /**
   * Returns the outcome after a part of the app's code has run. When that part has answered by itself, this is the outcome.
   * Otherwise it is what the part returned, and what it has set on the response is taken back.
   */
  outcomeAfter<Returned extends Outcome | undefined>(returned: Returned): Returned | Answered | Failed {
    const own = this.#source.ownAnswer()
    if (own === 'none') {
      const broken = this.#broken
      this.#broken = undefined
      return broken && returned === undefined ? failed(broken.error) : returned
    }
    if (judgeOwnAnswer(own, returned === undefined ? 'nothing' : 'outcome') === 'answer') {
      return new Answered(this.#source.res.statusCode)
    }
    this.#source.takeBackAnswer()
    return returned
  }

  /** Returns the failure after a part of the app's code has thrown. Takes back what that part has set on the response. */
  failureAfter(thrown: unknown): Failed {
    if (judgeOwnAnswer(this.#source.ownAnswer(), 'error') === 'outcome') this.#source.takeBackAnswer()
    return failed(thrown)
  }

  /**
   * Resolves when the app's code begins to answer by itself. For code that calls another part of the app and waits for it,
   * such as a middleware that either calls `next()` or answers.
   */
  whenAnswered(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#source.ownAnswer() !== 'none') resolve()
      else {
        this.#waiting ??= []
        this.#waiting.push(resolve)
      }
    })
  }

  begin(): void {
    for (const resolve of this.#waiting?.splice(0) ?? []) resolve()
  }

  breakOff(error: unknown): void {
    this.#broken = { error }
  }

  get cookieLines(): readonly string[] {
    return this.#cookies?.headers ?? noLines
  }

  // Getters that return closures, because actions destructure their submission.
  get revalidateTag(): Submission['revalidateTag'] {
    return (tag) => {
      const revalidator = requireRevalidator(this.#revalidator, 'submission.revalidateTag()')
      return this.#revalidate(revalidator.revalidateTag(tag))
    }
  }

  get revalidatePath(): Submission['revalidatePath'] {
    return (path) => {
      const revalidator = requireRevalidator(this.#revalidator, 'submission.revalidatePath()')
      return this.#revalidate(revalidator.revalidatePath(path))
    }
  }

  #revalidate(revalidation: Promise<void>): Promise<void> {
    const settled = revalidation.catch((error: unknown) => this.report(error))
    this.#revalidations ??= []
    this.#revalidations.push(settled)
    return settled
  }

  /** The revalidations to await before the outcome is shown; `undefined` when there are none. */
  get revalidations(): Promise<unknown> | undefined {
    return this.#revalidations && Promise.all(this.#revalidations)
  }

  /** Returns the errors that were reported since the last call. */
  takeFaults(): readonly unknown[] {
    const faults = this.#faults ?? []
    this.#faults = undefined
    return faults
  }

  /** The cookies, or `undefined` when the action did not use them. */
  get changedCookies(): SubmissionCookies | undefined {
    return this.#cookies
  }

  /** The names of the fields and files that have been read, each once. */
  get fieldNames(): readonly string[] {
    return [...new Set(this.#entries?.map(([name]) => name))]
  }

  /** Stores the fields after the body has been read. */
  fill(entries: readonly Entry[]): void {
    this.#entries = entries
    this.#formData = undefined
  }
}

const noLines: readonly string[] = []

function notReadYet(property: string): SealformError {
  return new SealformError(
    'ERR_NOT_READ_YET',
    `authorize() and onFile() run before the fields are read and validated, so submission.${property} is not available yet. Decide by the bound values, the cookies and the context; read fields in run().`,
  )
}

function visitorLeft(): DOMException {
  return new DOMException('The visitor has left.', 'AbortError')
}
