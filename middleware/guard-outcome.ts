import { forbidden, notFound, type Outcome, Refused, unauthorized } from '../lib/outcome/outcome.js'

/** What a guard made of a request for a page: a status that it has set, or an error with a status that it has thrown. */

/** Returns the outcome that says the same as a guard that answered with this status, and keeps the visitor's input. */
export function outcomeOfStatus(status: number): Outcome {
  if (status === 401) return unauthorized()
  if (status === 404) return notFound()
  return status > 403 && status < 500 ? new Refused('forbidden', status) : forbidden()
}

/**
 * Returns the outcome for what a guard has thrown or passed to `next()`. Errors with a status of the 400s are how frameworks
 * refuse: `ctx.throw(401)`, http-errors.
 *
 * @throws the error itself when it has no such status: the guard has failed
 */
export function outcomeOfError(error: unknown): Outcome {
  const status = statusOf(error)
  if (status === undefined) throw error
  return outcomeOfStatus(status)
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined
  const { status } = error
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined
}
