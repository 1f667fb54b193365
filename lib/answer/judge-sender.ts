import { stagedSync } from '../base/trace.js'
import { judgeOrigin } from '../origin/judge-origin.js'
import { readOriginFacts } from '../origin/origin-headers.js'
import type { OriginVerdict } from '../origin/origin-verdict.js'
import { Refused } from '../outcome/outcome.js'
import type { PendingSubmission } from './pending-submission.js'

/** Judges the origin of a submission from its headers. In `mode: 'report'` the submission always continues. */
export function judgeSender(pending: PendingSubmission): OriginVerdict | Refused {
  const { exchange, rules, trace } = pending
  const origin = stagedSync(trace, 'origin', () =>
    judgeOrigin(readOriginFacts(exchange.req), exchange, rules.origin),
  )
  if (origin.verdict !== 'refuse') return origin
  pending.suspect = origin
  return rules.mode === 'enforce' ? new Refused('origin', origin.status, origin.reason) : origin
}
