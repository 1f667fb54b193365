import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { joinName } from '../base/field-path.js'
import { checkIssues, type Issue, type Issues, nameIssues, type PathIssue } from './issues.js'

export type { Issue, Issues, PathIssue } from './issues.js'

/** Why a submission was refused. The words are the same in every release, for logs and for `onRefused`. */
export type RefusalReason =
  | 'origin'
  | 'malformed'
  | 'expired'
  | 'unknown-action'
  | 'other-version'
  | 'other-session'
  | 'other-path'
  | 'used'
  | 'sent-before'
  | 'forgotten'
  | 'store-down'
  | 'restarting'
  | 'too-large'
  | 'too-slow'
  | 'no-room'
  | 'unsupported'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  /** The target of a redirect was refused before the action ran. */
  | 'unsafe-redirect'
  /** The action has run, and the target of its redirect was refused. */
  | 'done-unsafe-redirect'

/** The outcome that sends the visitor to another page with `303 See Other`. */
export class Redirect {
  readonly kind = 'redirect'
  readonly to: string
  /** A state that the next page shows once. */
  readonly flash: { readonly state: unknown } | undefined
  /** The target may have any origin. */
  readonly external: boolean

  constructor(to: string, { flash, external = false }: Partial<Pick<Redirect, 'flash' | 'external'>> = {}) {
    this.to = to
    this.flash = flash
    this.external = external
  }
}

/** The outcome that shows the page again with messages beside the fields: `422`. */
export class Invalid {
  readonly kind = 'invalid'
  readonly issues: readonly Issue[]
  /** 400–499, or 200 when the visitor asked for validation only and all fields are valid. */
  readonly status: number

  readonly #given: readonly (Issue | PathIssue)[]

  constructor(issues: Issues, status = 422) {
    if (status !== 200 && !(Number.isInteger(status) && status >= 400 && status <= 499)) {
      throw new SealformError(
        'ERR_OPTION_INVALID',
        `invalid() got the status ${String(status)}. Use one from 400 to 499.`,
      )
    }
    this.#given = checkIssues(issues)
    this.issues = nameIssues(this.#given, (path) => joinName('', path))
    this.status = status
  }

  /** Returns the same outcome, with the form's field names in place of paths. */
  named(nameOf: (path: readonly PropertyKey[]) => string): Invalid {
    const hasPaths = this.#given.some((issue) => 'path' in issue)
    return hasPaths ? new Invalid(nameIssues(this.#given, nameOf), this.status) : this
  }
}

/** The outcome that shows the page again with a new state. */
export class Done {
  readonly kind = 'done'
  readonly state: unknown
  readonly status: number

  constructor(state: unknown, status = 200) {
    const hasPage = Number.isInteger(status) && status >= 200 && status <= 599 && !bodiless.has(status)
    if (!hasPage || (status >= 300 && status < 400)) {
      throw new SealformError(
        'ERR_OPTION_INVALID',
        `done() got the status ${String(status)}. Use one from 200 to 299 or 400 to 599 that allows a body.`,
      )
    }
    this.state = state
    this.status = status
  }
}

/** RFC 9110, sections 15.3.5 and 15.3.6: these statuses allow no body. */
const bodiless = new Set([204, 205])

const noIssues: readonly Issue[] = []

/** The outcome of a submission that the action, or the library before it, did not accept. */
export class Refused {
  readonly kind = 'refused'
  readonly reason: RefusalReason
  readonly status: number
  /** For developers and logs. It is not for visitors, and contains nothing that the visitor typed. */
  readonly detail: string
  /** Messages beside the fields that caused the refusal. */
  readonly issues: readonly Issue[] = noIssues

  constructor(reason: RefusalReason, status: number, detail = '') {
    this.reason = reason
    this.status = status
    this.detail = detail
  }

  /** Returns the same refusal with messages beside fields. */
  withIssues(issues: readonly Issue[]): Refused {
    return Object.assign(new Refused(this.reason, this.status, this.detail), { issues })
  }
}

/** The outcome of an action that threw: `500`. */
export class Failed {
  readonly kind = 'failed'
  readonly status = 500
  readonly error: unknown
  /** The visitor sees it, and the log has it: it leads from a visitor's report to the log entry. */
  readonly reference: string
  /** Whether the action took longer than its `timeout`, so that its result is not known. */
  readonly timedOut: boolean

  constructor(error: unknown, reference: string, timedOut = false) {
    this.error = error
    this.reference = reference
    this.timedOut = timedOut
  }
}

/** The outcome of a submission that the app's code has answered by the framework's own means, such as a download. */
export class Answered {
  readonly kind = 'answered'
  /** The status of that answer. */
  readonly status: number

  constructor(status: number) {
    this.status = status
  }
}

/** The result of a submission. */
export type Outcome = Redirect | Invalid | Done | Refused | Failed | Answered

/** Options of `redirect(to, options)`. */
export interface RedirectOptions {
  /**
   * The target may have any origin, such as that of a payment page. For targets that your code chose, never for what a
   * visitor sent: such a redirect leads wherever an attacker wants. @default false
   */
  readonly external?: boolean
}

/**
 * Sends the visitor to another page with `303 See Other`. After that, a reload does not send the form again.
 *
 * @param to a relative URL (`/lists/3`, `?page=2`), or an absolute one whose origin is the app's own or listed in
 *   `allowedOrigins`. With any other target, such as `//evil.example` or `javascript:`, the visitor gets a page with
 *   status 400 that says what was done, and the app's error handler gets `ERR_REDIRECT_TARGET`
 * @param options `external: true` allows an absolute URL of any origin whose scheme is http or https. @default false
 * @throws SealformError `ERR_OPTION_INVALID` without a target, and on other options
 * @example
 * ```ts
 * return redirect(`/lists/${listId}`)
 * ```
 * @see RFC 9110, section 15.4.4
 */
export function redirect(...given: [to: string, options?: RedirectOptions]): Redirect {
  const [to, options] = given
  checkTarget('redirect()', to, given.length > 0)
  return options === undefined ? new Redirect(to) : new Redirect(to, checkRedirect(options))
}

function checkRedirect(options: RedirectOptions): RedirectOptions {
  checkOptions('redirect()', options, ['external'])
  const external: unknown = options.external ?? false
  if (typeof external === 'boolean') return { external }
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `redirect(): "external" must be true or false, not ${typeof external}.`,
  )
}

/**
 * Shows the page again with status 422, the visitor's input in its fields, and each message beside its field.
 *
 * @param issues `{ title: 'Enter a title' }`, a list of `{ name, message }`, or one message for the whole form. A list may
 *   also have `{ path, message }`: the path leads to a part of `submission.input`, such as `['items', 0, 'qty']`
 * @param options `status`: 400–499, such as 429 for too many attempts. @default 422
 * @throws SealformError `ERR_OPTION_INVALID` when there are no issues or they have another form, or the status is another
 * @example
 * ```ts
 * if (await db.has(title)) return invalid({ title: 'Already on the list' })
 * ```
 */
export function invalid(issues: Issues, options: { readonly status?: number } = {}): Invalid {
  checkOptions('invalid()', options, ['status'])
  return new Invalid(issues, options.status === 200 ? Number.NaN : options.status)
}

/**
 * Shows the page again with a new state. The page reads it from `form.state`. Returning a plain value does the same.
 *
 * @param state any value that a seal can carry
 * @param options `status`: 200–299 or 400–599. @default 200
 * @throws SealformError `ERR_OPTION_INVALID` when the status is another, or allows no body
 * @example
 * ```ts
 * return done({ title }, { status: 202 })
 * ```
 */
export function done(state?: unknown, options: { readonly status?: number } = {}): Done {
  checkOptions('done()', options, ['status'])
  return new Done(state, options.status)
}

/**
 * Redirects, and keeps `state` for the next page that reads `ctx.forms.flash` or makes the form that was sent. That page
 * shows it once. The state travels in an encrypted cookie, so no session is needed.
 *
 * @param state any value that a seal can carry, small enough for a cookie (about 2.7 kB)
 * @param to the target, as in `redirect()`
 * @throws SealformError `ERR_OPTION_INVALID` without a target
 * @example
 * ```ts
 * return flash({ title }, `/lists/${listId}`)
 * ```
 */
export function flash(...given: [state: unknown, to: string]): Redirect {
  const [state, to] = given
  checkTarget('flash()', to, given.length > 1)
  return new Redirect(to, { flash: { state } })
}

/**
 * Shows the page with status 404 and keeps the visitor's input. Use it when the thing that a form is about does not exist.
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
 * Shows the page with status 401 and keeps the visitor's input. Use it when the visitor has to sign in first.
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
 * Shows the page with status 403 and keeps the visitor's input. Use it when this visitor may not do this.
 *
 * @example
 * ```ts
 * if (user !== list.owner) return forbidden()
 * ```
 */
export function forbidden(): Refused {
  return new Refused('forbidden', 403)
}

/** Returns the messages of an outcome that stand beside fields. */
export function issuesOf(outcome: Outcome): readonly Issue[] {
  return outcome.kind === 'invalid' || outcome.kind === 'refused' ? outcome.issues : noIssues
}

/** Says whether the action has run and did what the visitor asked for. */
export function isCarriedOut(outcome: Outcome): boolean {
  return outcome.kind === 'done' || (outcome.kind === 'refused' && outcome.reason === 'done-unsafe-redirect')
}

/** Says whether the visitor asked for validation only, and all fields are valid. */
export function isValid(outcome: Outcome): boolean {
  return outcome.kind === 'invalid' && outcome.status === 200
}

/** Says whether a value is an outcome. It must be an instance of a class above; an object of the same shape is none. */
export function isOutcome(value: unknown): value is Outcome {
  try {
    return (
      value instanceof Redirect ||
      value instanceof Invalid ||
      value instanceof Done ||
      value instanceof Refused ||
      value instanceof Failed ||
      value instanceof Answered
    )
  } catch {
    // `instanceof` throws a TypeError for a revoked proxy.
    return false
  }
}

/**
 * Refuses a call without a target. A target that is not text may come from a field that the visitor left out, so it is judged
 * with the request, as an unsafe one is.
 */
function checkTarget(where: string, to: unknown, isGiven: boolean): void {
  if (isGiven && !(to instanceof URL)) return
  const instead = isGiven ? 'a URL; pass its "href"' : 'nothing'
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `${where} needs the target as text, such as '/lists', not ${instead}.`,
  )
}
