import type { NextFunction, Request, RequestHandler, Response } from 'express'
import type { CurrentSubmission } from '../lib/action/submission.js'
import { SealformError } from '../lib/base/errors.js'
import type { Outcome } from '../lib/outcome/outcome.js'
import { type Guard, guardedSubmission, notAdmitted, outcomeOfError } from './guard-outcome.js'

/** What an Express middleware has done. */
type Verdict =
  | { readonly kind: 'next' }
  /** It called `next('route')` or `next('router')`: this route is not for the request. */
  | { readonly kind: 'skipped' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'answered' }

/**
 * Makes an `authorize` of an Express middleware, so that what guards a page guards its actions. When the middleware calls
 * `next()`, the submission is admitted. What it answers otherwise is the answer: `res.redirect()`, `res.status(403).json()`. An
 * error with a status of the 400s that it throws or passes to `next()` refuses with that status and keeps the visitor's input.
 *
 * The middleware sees the request as it was sent: a POST, with its body not yet read.
 *
 * @param middleware what `router.use()` takes
 * @throws SealformError `ERR_OPTION_INVALID` when it is not a function
 * @example
 * ```ts
 * const requireUser: express.RequestHandler = (req, res, next) =>
 *   req.signedCookies.user ? next() : res.redirect('/sign-in')
 * const actions = createActions<{ req: express.Request }>({ authorize: guard(requireUser) })
 * ```
 */
export function guard(middleware: RequestHandler): Guard {
  if (typeof middleware !== 'function') {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `guard() needs an Express middleware, not ${typeof middleware}.`,
    )
  }
  return async function guard(given): Promise<Outcome | undefined> {
    const submission = guardedSubmission(given)
    const run = new GuardRun()
    await run.start(middleware, submission)
    const { verdict } = run
    if (verdict?.kind === 'failed')
      return outcomeOfError(verdict.error, asExpressContext(submission.context).res)
    return verdict?.kind === 'skipped' ? notAdmitted() : undefined
  }
}

/** One call of a middleware. */
class GuardRun {
  verdict: Verdict | undefined

  /** Runs a middleware until it calls `next()` or begins to answer. A visitor who leaves meanwhile gets no answer. */
  start(middleware: RequestHandler, submission: CurrentSubmission): Promise<void> {
    const { req, res } = asExpressContext(submission.context)
    return new Promise((resolve) => {
      const settle = (verdict: Verdict) => {
        // Whoever throws right after next() has refused: nothing has run yet.
        if (this.verdict === undefined || (verdict.kind === 'failed' && this.verdict.kind === 'next')) {
          this.verdict = verdict
        }
        resolve()
      }
      const fail = (error: unknown) => settle({ kind: 'failed', error })
      const next: NextFunction = (error?: unknown) => {
        // Express goes on after every falsy value.
        if (!error) settle({ kind: 'next' })
        else if (error === 'route' || error === 'router') settle({ kind: 'skipped' })
        else fail(error)
      }
      submission.left.addEventListener('abort', () => fail(submission.left.reason), { once: true })
      try {
        const result: unknown = Reflect.apply(middleware, undefined, [req, res, next])
        if (result instanceof Promise) result.catch(fail)
      } catch (error) {
        fail(error)
      }
      submission.whenAnswered().then(() => settle({ kind: 'answered' }))
    })
  }
}

function asExpressContext(context: unknown): { readonly req: Request; readonly res: Response } {
  if (typeof context === 'object' && context !== null && 'req' in context && 'res' in context) {
    const { req, res } = context
    if (isExpress(req) && isExpress(res)) return { req: req as Request, res: res as Response }
  }
  throw new SealformError(
    'ERR_OPTION_INVALID',
    'guard() from sealform/express works with the middleware from sealform/express only. Import the guard() of your framework.',
  )
}

/** Tells whether Express has made this request or response: both have the app. */
function isExpress(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'app' in value
}
