import { SealformError } from '../base/errors.js'
import { drainAfterAnswer } from '../body/drain-rest.js'
import type { Host } from './answer.js'

/** What an answer from elsewhere left undone. */
interface EarlyAnswer {
  /** Names of the middlewares that are mounted before Sealform. Empty where the framework does not tell. */
  readonly earlier: readonly string[]
  /** `before` the action ran, `after` it ran, or while a `page` was made. */
  readonly when: 'before' | 'after' | 'page'
}

/**
 * Reports a response that other code has sent although the request was handed to Sealform. It cannot be answered again. A
 * guard may have answered it, so an action that has not run must not run.
 */
export function reportEarlyAnswer(
  host: Pick<Host, 'req' | 'res' | 'reportError'>,
  { earlier, when }: EarlyAnswer,
): void {
  if (when === 'before') drainAfterAnswer(host.req, host.res)
  const list = earlier.length > 0 ? ` Mounted before it are: ${earlier.join(', ')}.` : ''
  const error = new SealformError(
    'ERR_ALREADY_ANSWERED',
    `${consequences[when]}: the response was sent before sealform(actions) could answer. A middleware in front of it does not wait for next() (on Koa, write await next() or return next()), or answers and calls next() as well (write return after the answer).${list}`,
  )
  host.reportError(error, { reference: '', action: undefined })
}

const consequences = {
  before: 'This form was not processed',
  after: 'The action of this form has run, but the visitor does not see its outcome',
  page: 'This page was sent before it was complete, without the headers that it needs for caches',
} as const
