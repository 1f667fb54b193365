import type { DefaultState, Middleware } from 'koa'
import { SealformError } from '../lib/base/errors.js'
import type { Outcome } from '../lib/outcome/outcome.js'
import {
  type Guard,
  guardedSubmission,
  outcomeOfAdmitting,
  outcomeOfError,
  outcomeOfGuard,
} from './guard-outcome.js'

type KoaContext = Parameters<Middleware>[0]

/**
 * Makes an `authorize` of a Koa middleware, so that what guards a page guards its actions. When the middleware calls `next()`,
 * the submission is admitted. What it answers otherwise is the answer: a redirect, a page. A status without a body, and an error
 * with a status of the 400s such as `ctx.throw(401)`, refuse with that status and keep the visitor's input.
 *
 * The middleware sees the request as it was sent: a POST, with its body not yet read. It runs before the action; what it does
 * after `await next()` happens before the action, too.
 *
 * @param middleware what `router.use()` takes
 * @throws SealformError `ERR_OPTION_INVALID` when it is not a function
 * @example
 * ```ts
 * const requireUser: Koa.Middleware = (ctx, next) => (ctx.session?.user ? next() : ctx.redirect('/sign-in'))
 * const actions = createActions<Koa.Context>({ authorize: guard(requireUser) })
 * ```
 */
export function guard<State extends DefaultState, Own>(middleware: Middleware<State, Own>): Guard {
  if (typeof middleware !== 'function') {
    throw new SealformError('ERR_OPTION_INVALID', `guard() needs a Koa middleware, not ${typeof middleware}.`)
  }
  return async function guard(given): Promise<Outcome | undefined> {
    const submission = guardedSubmission(given)
    const ctx = asKoaContext(submission.context)
    let admitted = false
    const next = async () => {
      admitted = true
    }
    try {
      await Reflect.apply(middleware, undefined, [ctx, next])
    } catch (error) {
      return outcomeOfError(error, ctx.res)
    }
    return admitted ? outcomeOfAdmitting(submission, ctx.status) : outcomeOfGuard(submission, ctx.status)
  }
}

function asKoaContext(context: unknown): KoaContext {
  if (typeof context === 'object' && context !== null && 'app' in context && 'response' in context) {
    return context as KoaContext
  }
  throw new SealformError(
    'ERR_OPTION_INVALID',
    'guard() from sealform/koa works with the middleware from sealform/koa only. Import the guard() of your framework.',
  )
}
