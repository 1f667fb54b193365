import { SealformError } from '../base/errors.js'
import { joinName } from '../base/field-path.js'

/** One thing that is wrong with what was sent. An empty `name` speaks of the form as a whole. */
export interface Issue {
  readonly name: string
  readonly message: string
}

/** The same for a part of `submission.input`, such as `['items', 0, 'qty']`, whatever name the form has for it. */
export interface PathIssue {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** What `invalid()` takes: one message, messages by field name, or a list of issues. */
export type Issues =
  | string
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | readonly (Issue | PathIssue)[]

/** Why a submission was refused; stable words for logs and for `onRefused`. */
export type RefusalReason =
  | 'origin'
  | 'malformed'
  | 'expired'
  | 'unknown-action'
  | 'other-version'
  | 'other-session'
  | 'other-path'
  | 'used'
  | 'store-down'
  | 'restarting'
  | 'too-large'
  | 'too-slow'
  | 'no-room'
  | 'unsupported'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'

/** Goes on to another page: `303 See Other`. */
export class Redirect {
  readonly kind = 'redirect'
  readonly to: string
  /** Present when the next page is to show it once. */
  readonly flash: { readonly state: unknown } | undefined

  constructor(to: string, flashed?: { readonly state: unknown }) {
    this.to = to
    this.flash = flashed
  }
}

/** The page again, with what is wrong beside the fields: `422`. */
export class Invalid {
  readonly kind = 'invalid'
  readonly issues: readonly Issue[]
  /** 200 when the visitor only asked what is wrong, and nothing is. */
  readonly status: number

  readonly #given: readonly (Issue | PathIssue)[]

  constructor(issues: Issues, status = 422) {
    if (status !== 200 && !(Number.isInteger(status) && status >= 400 && status <= 499)) {
      throw new SealformError(
        'ERR_OPTION_INVALID',
        `invalid() takes a status from 400 to 499, not ${String(status)}.`,
      )
    }
    this.#given = listIssues(issues)
    for (const issue of this.#given) if ('path' in issue) checkPath(issue.path)
    this.issues = nameIssues(this.#given, (path) => joinName('', path))
    this.status = status
  }

  /** The same, with the names that the form has for the parts of the input. */
  named(nameOf: (path: readonly PropertyKey[]) => string): Invalid {
    const needed = this.#given.some((issue) => 'path' in issue)
    return needed ? new Invalid(nameIssues(this.#given, nameOf), this.status) : this
  }
}

/** The page again, with a new state. */
export class Done {
  readonly kind = 'done'
  readonly state: unknown
  readonly status: number

  constructor(state: unknown, status = 200) {
    const hasPage = Number.isInteger(status) && status >= 200 && status <= 599 && !bodiless.has(status)
    if (!hasPage || (status >= 300 && status < 400)) {
      throw new SealformError(
        'ERR_OPTION_INVALID',
        `done() takes a status from 200 to 299 or 400 to 599 that may have a body, not ${String(status)}.`,
      )
    }
    this.state = state
    this.status = status
  }
}

const bodiless = new Set([204, 205])

const noIssues: readonly Issue[] = []

/** The action, or the library before it, did not take the submission. */
export class Refused {
  readonly kind = 'refused'
  readonly reason: RefusalReason
  readonly status: number
  /** For developers and logs; never shown to the visitor, never holds what the visitor typed. */
  readonly detail: string
  /** What to show beside the fields that it is about. */
  readonly issues: readonly Issue[]

  constructor(reason: RefusalReason, status: number, detail = '', issues: readonly Issue[] = noIssues) {
    this.issues = issues
    this.reason = reason
    this.status = status
    this.detail = detail
  }
}

/** The action threw: `500`. */
export class Failed {
  readonly kind = 'failed'
  readonly status = 500
  readonly error: unknown
  /** Shown to the visitor and written to the log, so that the two can be brought together. */
  readonly reference: string
  /** The time was up before the action settled: whether it was done is not known. */
  readonly timedOut: boolean

  constructor(error: unknown, reference: string, timedOut = false) {
    this.error = error
    this.reference = reference
    this.timedOut = timedOut
  }
}

/** What became of a submission. */
export type Outcome = Redirect | Invalid | Done | Refused | Failed

/**
 * Sends the visitor on to another page with `303 See Other`, so that a reload does not send the form again.
 *
 * @param to a relative URL (`/lists/3`, `?page=2`), or an absolute one whose origin is the app's own or
 *   listed in `allowedOrigins`. Anything else, such as `//evil.example` or `javascript:`, is refused with
 *   400 when the answer is made, and reported to the app's error handler as `ERR_REDIRECT_TARGET`.
 * @example
 * ```ts
 * return redirect(`/lists/${listId}`)
 * ```
 * @see RFC 9110, section 15.4.4
 */
export function redirect(to: string): Redirect {
  return new Redirect(to)
}

/**
 * Shows the page again with status 422, the visitor's input in its fields and each message beside its field.
 *
 * @param issues `{ title: 'Enter a title' }`, a list of `{ name, message }`, or one message for the whole form; in a list
 *   also `{ path, message }`, for the field that a part of `submission.input` came from, such as `['items', 0, 'qty']`
 * @param options `status`: 400–499, such as 429 for too many tries. @default 422
 * @throws SealformError `ERR_OPTION_INVALID` on another status, and on a path that is no list of keys and indexes
 * @example
 * ```ts
 * if (await db.has(title)) return invalid({ title: 'Already on the list' })
 * ```
 */
export function invalid(issues: Issues, options: { readonly status?: number } = {}): Invalid {
  return new Invalid(issues, options.status === 200 ? Number.NaN : options.status)
}

/**
 * Shows the page again with a new state, which the page finds in `form.state`. Returning a plain value does the same.
 *
 * @param state any value that a seal can carry
 * @param options `status`: 200–299 or 400–599, @default 200
 * @throws SealformError `ERR_OPTION_INVALID` on a status that has no body
 * @example
 * ```ts
 * return done({ title }, { status: 202 })
 * ```
 */
export function done(state?: unknown, options: { readonly status?: number } = {}): Done {
  return new Done(state, options.status)
}

/**
 * Sends the visitor on, and lets the next page that asks for this action's form show `state` once. It travels in an
 * encrypted cookie, so no session is needed.
 *
 * @param state any value that a seal can carry, small enough for a cookie (about 2.7 kB)
 * @param to as in `redirect()`
 * @example
 * ```ts
 * return flash({ title }, `/lists/${listId}`)
 * ```
 */
export function flash(state: unknown, to: string): Redirect {
  return new Redirect(to, { state })
}

/**
 * Shows the page with status 404, the visitor's input kept: what the submission speaks of is not there.
 *
 * @example
 * ```ts
 * if (!(await db.has(listId))) return notFound()
 * ```
 */
export function notFound(): Refused {
  return new Refused('not-found', 404)
}

/**
 * Shows the page with status 401, the visitor's input kept: the visitor has to sign in first.
 *
 * @example
 * ```ts
 * if (!cookies.has('session')) return unauthorized()
 * ```
 */
export function unauthorized(): Refused {
  return new Refused('unauthorized', 401)
}

/**
 * Shows the page with status 403, the visitor's input kept: this visitor may not do that.
 *
 * @example
 * ```ts
 * if (user !== list.owner) return forbidden()
 * ```
 */
export function forbidden(): Refused {
  return new Refused('forbidden', 403)
}

/** What is to be shown beside the fields. */
export function issuesOf(outcome: Outcome): readonly Issue[] {
  return outcome.kind === 'invalid' || outcome.kind === 'refused' ? outcome.issues : noIssues
}

/** The visitor asked what is wrong with a form, and nothing is. */
export function isValid(outcome: Outcome): boolean {
  return outcome.kind === 'invalid' && outcome.status === 200
}

/** Tells outcomes, which are instances of our classes, from anything that merely looks like one. */
export function isOutcome(value: unknown): value is Outcome {
  try {
    return (
      value instanceof Redirect ||
      value instanceof Invalid ||
      value instanceof Done ||
      value instanceof Refused ||
      value instanceof Failed
    )
  } catch {
    // Whoever asks a revoked proxy for anything gets a TypeError.
    return false
  }
}

function listIssues(issues: Issues): readonly (Issue | PathIssue)[] {
  if (typeof issues === 'string') return [{ name: '', message: issues }]
  if (isIssueList(issues)) return issues
  const list: Issue[] = []
  for (const name of Object.keys(issues)) {
    const messages = issues[name]
    if (typeof messages === 'string') list.push({ name, message: messages })
    else for (const message of messages ?? []) list.push({ name, message })
  }
  return list
}

function checkPath(path: unknown): void {
  const steps: readonly unknown[] | undefined = Array.isArray(path) ? path : undefined
  if (steps?.every((step) => typeof step === 'string' || typeof step === 'number')) return
  throw new SealformError(
    'ERR_OPTION_INVALID',
    "invalid() takes the path of an issue as a list of keys and indexes, such as ['items', 0, 'qty'].",
  )
}

function nameIssues(
  issues: readonly (Issue | PathIssue)[],
  nameOf: (path: readonly PropertyKey[]) => string,
): readonly Issue[] {
  return issues.map((issue) => ({
    name: 'path' in issue ? nameOf(issue.path) : issue.name,
    message: issue.message,
  }))
}

function isIssueList(issues: Exclude<Issues, string>): issues is readonly (Issue | PathIssue)[] {
  return Array.isArray(issues)
}
