import { inspect } from 'node:util'
import type { FailureDetails } from '../lib/page/page-host.js'

/** What is thrown, as the Error that the handlers of frameworks want. */
export function asError(thrown: unknown, { action }: FailureDetails): Error {
  try {
    if (thrown instanceof Error) return thrown
    return new Error(`"${action}" threw ${inspect(thrown)}, which is no Error.`, { cause: thrown })
  } catch {
    // Not the cause either, since no log could print it.
    return new Error(`"${action}" threw something that cannot be looked at.`)
  }
}

/** Brings the reference that a visitor was shown together with the error in the log. */
export function failureLine({ action, reference }: FailureDetails): string {
  return `sealform: ${action === undefined ? 'a part of a page' : `"${action}"`} failed, reference ${reference}`
}
