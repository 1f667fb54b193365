import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Entry, FormFile } from '../base/entry.js'
import { SealformError } from '../base/errors.js'
import { whenLeft } from '../base/visitor-left.js'
import type { StoredFile } from '../files/stored-file.js'
import { type Cookies, SubmissionCookies } from './cookies.js'
import { type Revalidator, requireRevalidator } from './revalidator.js'

/** What an action receives of one POST. */
export interface Submission<Input = undefined, State = unknown, Context = unknown> {
  /**
   * Every field that the visitor sent, in document order; the library's own fields are not among them. Files are
   * `StoredFile`s, whose content is read from where it lies; they are gone after the answer unless `persist()` keeps them.
   */
  readonly formData: SubmittedData
  /** The output of the action's `input` schema; `undefined` without one. */
  readonly input: Input
  /** The state that the form carried, when it was rendered with `initial`. */
  readonly previous: State | undefined
  readonly cookies: Cookies
  readonly request: {
    readonly method: string
    /** Path and query string, as the browser asked for them. */
    readonly url: string
    readonly headers: IncomingHttpHeaders
  }
  /** Koa's `ctx`; on Express and plain Node servers an object with `req` and `res`. */
  readonly context: Context
  /**
   * Aborts when the visitor leaves before the answer is complete, or the action's `timeout` is over. For a one-time
   * action only the latter: a copy of the submission may be waiting for what comes of it.
   */
  readonly signal: AbortSignal
  /**
   * Forgets the data and pages that have this tag, on every server that shares the cache, before the answer to this
   * submission is made. Whether the action waits for it makes no difference. A fault of the shared tier or of
   * `onRevalidate` is reported, and changes nothing for the visitor.
   *
   * @throws SealformError `ERR_CACHE_MISSING` without `createActions({ cache })`, `ERR_OPTION_INVALID` on anything but
   *   a text of 1 to 256 characters
   */
  revalidateTag(tag: string): Promise<void>
  /**
   * Forgets the pages of this path, whatever their query, in the same way. `'/news/*'` means that page and all below.
   *
   * @throws SealformError `ERR_CACHE_MISSING` without `createActions({ cache })`, `ERR_OPTION_INVALID` on anything but a
   *   path
   */
  revalidatePath(path: string): Promise<void>
}

/** A real `FormData`, of which more is known: every file in it is a `StoredFile`. */
export interface SubmittedData extends FormData {
  get(name: string): string | SubmittedFile | null
  getAll(name: string): (string | SubmittedFile)[]
}

/** A file in a submission, as whatever the types of the program take for a `File`. */
export type SubmittedFile = FormFile & StoredFile

/** What a submission is made from. */
export interface SubmissionSource {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly url: string
  readonly secure: boolean
  readonly context: unknown
}

/**
 * One submission. Most actions use two of its properties, so each is made when it is first asked for.
 */
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
  /** The action is to go on when the visitor leaves. */
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
        'authorize() and onFile() run before the fields are read, so submission.formData is not there yet. Judge by the bound values, the cookies and the context; look at fields in run().',
      )
    }
    if (!this.#formData) {
      const formData = new FormData()
      for (const [name, value] of this.#entries) {
        // Two calls, since the types know no overload for both.
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

  /** Aborts when the visitor leaves, whatever the action. */
  get left(): AbortSignal {
    if (!this.#left) {
      const controller = new AbortController()
      this.#left = controller.signal
      whenLeft(this.#source.res, () => controller.abort(visitorLeft()))
    }
    return this.#left
  }

  /** What the app has to hear of, though it changes nothing for the visitor. */
  report(error: unknown): void {
    this.#faults ??= []
    this.#faults.push(error)
  }

  // Getters, since an action takes what it needs out of its submission.
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

  /** What has to be waited for before anything of the outcome is shown; `undefined` when there is nothing. */
  get revalidations(): Promise<unknown> | undefined {
    return this.#revalidations && Promise.all(this.#revalidations)
  }

  /** Everything reported since the last time. */
  takeFaults(): readonly unknown[] {
    const faults = this.#faults ?? []
    this.#faults = undefined
    return faults
  }

  /** The changed cookies, or `undefined` when nobody asked for them. */
  get changedCookies(): SubmissionCookies | undefined {
    return this.#cookies
  }

  /** Called once the body has been read. */
  fill(entries: readonly Entry[]): void {
    this.#entries = entries
  }
}

function visitorLeft(): DOMException {
  return new DOMException('The visitor has left.', 'AbortError')
}
