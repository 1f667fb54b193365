import { inspect } from 'node:util'
import type { FailureDetails } from '../lib/page/page-host.js'

/** Converts a thrown value to an Error that the error handlers of frameworks can read. */
export function asError(thrown: unknown, { action }: FailureDetails): Error {
  try {
    if (thrown instanceof Error) return readable(thrown)
    return new Error(`"${action}" threw a value that is not an Error: ${inspect(thrown)}`, { cause: thrown })
  } catch {
    // No `cause` here, because no log could print it.
    return new Error(`"${action}" threw a value that cannot be inspected.`)
  }
}

/** Returns the error. Throws when a property does that the handlers of Koa and Express read: they catch nothing. */
function readable(error: Error): Error {
  for (const property of readByHandlers) Reflect.get(error, property)
  return error
}

const readByHandlers = [
  'name',
  'message',
  'stack',
  'cause',
  'code',
  'status',
  'statusCode',
  'expose',
  'headers',
]

/** Formats the log line that connects the reference on the visitor's page with the error in the log. */
export function failureLine({ action, reference }: FailureDetails): string {
  return `sealform: ${action === undefined ? 'a part of a page' : `"${action}"`} failed, reference ${reference}`
}
