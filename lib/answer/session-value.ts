import { SealformError } from '../base/errors.js'

/** Requests with a form in a row, from the first on, without a session value before a developer is warned. */
const requestsBeforeWarning = 10

/**
 * Makes the function that reads the session value of a request with the `session` option. Outside of production it warns once when
 * the option never gives a value: it may read a property that the session package does not have, and then binds nothing.
 */
export function readSession<Context>(
  session: ((context: Context) => unknown) | undefined,
  advises: boolean,
): (context: Context) => string | undefined {
  if (!session) return () => undefined
  const read = (context: Context) => sessionValue(session(context))
  return advises ? watched(read) : read
}

function watched<Context>(
  read: (context: Context) => string | undefined,
): (context: Context) => string | undefined {
  let watching = true
  let requests = 0
  let last: Context | undefined
  return (context) => {
    const value = read(context)
    if (!watching || context === last) return value
    last = context
    requests++
    if (value !== undefined || requests === requestsBeforeWarning) {
      watching = false
      last = undefined
      if (value === undefined) warn()
    }
    return value
  }
}

function warn(): void {
  process.emitWarning(
    `sealform({ session }) has returned nothing for the first ${requestsBeforeWarning} requests with a form, so no form is bound to a session. If you were signed in meanwhile, it reads a property that the session does not have: with koa-session, ctx.session.id is undefined. Put a random value into the session at sign-in and return that. See docs/guide/authorization-and-sessions.md.`,
    { type: 'SealformWarning', code: 'SEALFORM_SESSION' },
  )
}

function sessionValue(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'string') return value
  throw new SealformError(
    'ERR_SESSION_INVALID',
    `sealform({ session }) must return a string or undefined synchronously, not ${value instanceof Promise ? 'a promise' : `a ${typeof value}`}.`,
  )
}
