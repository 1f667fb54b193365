import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Entry, FormFile } from '../base/entry.js'
import { SealformError } from '../base/errors.js'
import { whenLeft } from '../base/visitor-left.js'
import type { StoredFile } from '../files/stored-file.js'
import { type Cookies, SubmissionCookies } from './cookies.js'
import { type Revalidator, requireRevalidator } from './revalidator.js'

/** One POST, as an action receives it. */
export interface Submission<Input = undefined, State = unknown, Context = unknown> {
  /**
   * All fields that the visitor sent, in document order, without the library's own fields. Files are `StoredFile`s, whose
   * content is read from the storage. They are removed after the answer unless `persist()` keeps them.
   */
  readonly formData: SubmittedData
  /** The output of the action's `input` schema; `undefined` without a schema. */
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
  /** Koa's `ctx`; on Express and plain Node servers an object with `req` and `res`. */
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
}

/** One submission. Creates each property on first access, because most actions use only two. */
export class CurrentSubmission implements Submission<unknown> {
  input: unknown = undefined
  previous: unknown = undefined
  readonly #source: SubmissionSource
  #entries: readonly Entry[] | undefined
  #formData: SubmittedData | undefined
  #cookies: SubmissionCookies | undefined
  #controller: AbortController | undefined
  #left: AbortSignal | undefined
  #faults: unknown[] | undefined
  readonly #revalidator: Revalidator | undefined
  #revalidations: Promise<void>[] | undefined
  /** Whether the action continues when the visitor disconnects. */
  outlivesVisitor = false

  constructor(source: SubmissionSource, revalidator?: Revalidator) {
    this.#source = source
    this.#revalidator = revalidator
  }

  get context(): unknown {
    return this.#source.context
  }

  get request(): Submission['request'] {
    const { req, url } = this.#source
    return { method: 'POST', url, headers: req.headers }
  }

  get formData(): SubmittedData {
    if (!this.#entries) {
      throw new SealformError(
        'ERR_NOT_READ_YET',
        'authorize() and onFile() run before the fields are read, so submission.formData is not available yet. Decide by the bound values, the cookies and the context; read fields in run().',
      )
    }
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
    this.#faults ??= []
    this.#faults.push(error)
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

  /** Stores the fields after the body has been read. */
  fill(entries: readonly Entry[]): void {
    this.#entries = entries
    this.#formData = undefined
  }
}

function visitorLeft(): DOMException {
  return new DOMException('The visitor has left.', 'AbortError')
}
