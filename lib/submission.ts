import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { type Cookies, SubmissionCookies } from './cookies.js'
import { SealformError } from './errors.js'
import type { StoredFile } from './stored-file.js'

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
  /** Koa's `ctx`. */
  readonly context: Context
  /** Aborts when the visitor leaves before the answer is complete. */
  readonly signal: AbortSignal
}

/** A real `FormData`, of which more is known: every file in it is a `StoredFile`. */
export interface SubmittedData extends FormData {
  get(name: string): string | SubmittedFile | null
  getAll(name: string): (string | SubmittedFile)[]
}

/** A file in a submission, as whatever the types of the program take for a `File`. */
export type SubmittedFile = Exclude<ReturnType<FormData['get']>, string | null> & StoredFile

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
  #entries: readonly (readonly [string, string | StoredFile])[] | undefined
  #formData: SubmittedData | undefined
  #cookies: SubmissionCookies | undefined
  #signal: AbortSignal | undefined

  constructor(source: SubmissionSource) {
    this.#source = source
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
    this.#signal ??= abortWith(this.#source.res)
    return this.#signal
  }

  /** The changed cookies, or `undefined` when nobody asked for them. */
  get changedCookies(): SubmissionCookies | undefined {
    return this.#cookies
  }

  /** Called once the body has been read. */
  fill(entries: readonly (readonly [string, string | StoredFile])[]): void {
    this.#entries = entries
  }
}

function abortWith(res: ServerResponse): AbortSignal {
  const controller = new AbortController()
  const abort = () => controller.abort(new DOMException('The visitor has left.', 'AbortError'))
  if (res.closed || res.destroyed) abort()
  else res.once('close', () => res.writableFinished || abort())
  return controller.signal
}
