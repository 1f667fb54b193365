import type { ServerResponse } from 'node:http'
import { CurrentSubmission } from '../lib/action/submission.js'
import { SealformError } from '../lib/base/errors.js'
import { forbidden, notFound, unauthorized } from '../lib/outcome/make-outcome.js'
import { type Outcome, Refused } from '../lib/outcome/outcome.js'

/** The `authorize` that `guard()` makes. It fits `createActions()` and every action. */
export type Guard = (submission: { readonly context: unknown }) => Promise<Outcome | undefined>

/** Returns the submission that a guard was called with, which knows whether it has been answered. */
export function guardedSubmission(submission: unknown): CurrentSubmission {
  if (submission instanceof CurrentSubmission) return submission
  throw new SealformError(
    'ERR_OPTION_INVALID',
    'guard() makes an "authorize": pass it to createActions() or actions.define(), which call it with the submission.',
  )
}

/**
 * Returns the outcome of a guard that did not call `next()`. Returns nothing when it has answered by itself, because that is
 * the answer then. A status without a body becomes the outcome that says the same, because that keeps the visitor's input.
 */
export function outcomeOfGuard({ ownAnswer }: CurrentSubmission, status: number): Outcome | undefined {
  if (ownAnswer === 'none') return notAdmitted()
  return ownAnswer === 'status' && isClientError(status) ? outcomeOfStatus(status) : undefined
}

/** The outcome of a guard that did nothing, or that has skipped the rest of its route. */
export function notAdmitted(): Outcome {
  return new Refused(
    'not-found',
    404,
    'The guard neither answered nor admitted the visitor. It admits by calling next() without an argument.',
  )
}

/**
 * Returns the outcome of a guard that did call `next()`. A status is no answer then, since what comes later may set another
 * one. With a status of the 400s the guard has refused all the same.
 */
export function outcomeOfAdmitting(submission: CurrentSubmission, status: number): Outcome | undefined {
  if (submission.ownAnswer !== 'status') return undefined
  if (isClientError(status)) return outcomeOfStatus(status)
  submission.takeBackAnswer()
  return undefined
}

/**
 * Returns the outcome for an error that a guard has thrown or passed to `next()`. Errors with a status of the 400s are how
 * frameworks refuse: `ctx.throw(401)`, http-errors. The headers that such an error names go along, such as WWW-Authenticate.
 *
 * @throws the error itself when it has no such status: the guard has failed
 */
export function outcomeOfError(error: unknown, res: ServerResponse): Outcome {
  const status = statusOf(error)
  if (status === undefined) throw error
  const headers: unknown = Reflect.get(Object(error), 'headers')
  if (typeof headers === 'object' && headers !== null && !res.headersSent) {
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  }
  return outcomeOfStatus(status)
}

/** Reads the status where Koa and the last handler of Express read it: in `status`, then in `statusCode`. */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  for (const name of ['status', 'statusCode']) {
    const status: unknown = Reflect.get(error, name)
    if (typeof status === 'number' && isClientError(status)) return status
  }
  return undefined
}

function outcomeOfStatus(status: number): Outcome {
  if (status === 401) return unauthorized()
  if (status === 404) return notFound()
  return status === 403 ? forbidden() : new Refused('forbidden', status)
}

function isClientError(status: number): boolean {
  return Number.isInteger(status) && status >= 400 && status < 500
}
