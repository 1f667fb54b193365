import { inspect } from 'node:util'
import type { FailureDetails } from '../lib/page/page-host.js'

/** Converts a thrown value to an Error, which the error handlers of frameworks expect. */
export function asError(thrown: unknown, { action }: FailureDetails): Error {
  try {
    if (thrown instanceof Error) return thrown
    return new Error(`"${action}" threw a value that is not an Error: ${inspect(thrown)}`, { cause: thrown })
  } catch {
    // No `cause` here, because no log could print it.
    return new Error(`"${action}" threw a value that cannot be inspected.`)
  }
}

/** Formats the log line that connects the reference on the visitor's page with the error in the log. */
export function failureLine({ action, reference }: FailureDetails): string {
  return `sealform: ${action === undefined ? 'a part of a page' : `"${action}"`} failed, reference ${reference}`
}
