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
  | 'storage-down'
  | 'unsupported'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  /** The target of a redirect was refused before the action ran. */
  | 'unsafe-redirect'
  /** The action has run, and the target of its redirect was refused. */
  | 'done-unsafe-redirect'

/** The outcome that sends the visitor to another page with `303 See Other`. */
export class Redirect<State = unknown> {
  readonly kind = 'redirect'
  readonly to: string
  /** A state that the next page shows once. */
  readonly flash: { readonly state: State } | undefined
  /** The target may have any origin. */
  readonly external: boolean

  constructor(
    to: string,
    { flash, external = false }: Partial<Pick<Redirect<State>, 'flash' | 'external'>> = {},
  ) {
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

  /** Returns the same outcome, with `words` for each issue whose text is empty and would show nothing. */
  worded(words: () => string): Invalid {
    const isEmpty = ({ message }: Issue) => message.trim() === ''
    if (!this.issues.some(isEmpty)) return this
    const issues = this.issues.map((issue) => (isEmpty(issue) ? { ...issue, message: words() } : issue))
    return new Invalid(issues, this.status)
  }
}

/** The outcome that shows the page again with a new state. */
export class Done<State = unknown> {
  readonly kind = 'done'
  readonly state: State
  readonly status: number
  /** The files that were sent wait for the next submission of the form. */
  readonly keepsFiles: boolean

  constructor(state: State, status = 200, keepsFiles = false) {
    const hasPage = Number.isInteger(status) && status >= 200 && status <= 599 && !bodiless.has(status)
    if (!hasPage || (status >= 300 && status < 400)) {
      throw new SealformError(
        'ERR_OPTION_INVALID',
        `done() got the status ${String(status)}. Use one from 200 to 299 or 400 to 599 that allows a body.`,
      )
    }
    this.state = state
    this.status = status
    this.keepsFiles = keepsFiles
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

/** Returns the messages of an outcome that stand beside fields. */
export function issuesOf(outcome: Outcome): readonly Issue[] {
  return outcome.kind === 'invalid' || outcome.kind === 'refused' ? outcome.issues : noIssues
}

/** Says whether the action has run and did what the visitor asked for. */
export function isCarriedOut(outcome: Outcome): boolean {
  return outcome.kind === 'done' || (outcome.kind === 'refused' && outcome.reason === 'done-unsafe-redirect')
}

/** Says whether the files that were sent wait for the next submission of the form. */
export function keepsFiles(outcome: Outcome): boolean {
  return outcome.kind !== 'done' || outcome.keepsFiles
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
