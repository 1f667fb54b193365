import { traceRefusal } from '../base/trace.js'
import { explainRefusal } from '../origin/explain-origin.js'
import type { Refused } from '../outcome/outcome.js'
import type { FailureDetails } from '../page/page-host.js'
import type { SuspectOrigin } from './pending-submission.js'
import type { Received } from './receive.js'
import type { Refusal } from './refusal.js'
import type { Settings } from './settings.js'

interface Reporter {
  readonly context: unknown
  reportError(error: unknown, details: FailureDetails): void
}

/** Tells the app of a refusal, and in `report` mode of one that would have been. */
export function reportRefusal<Context>(
  settings: Settings<Context>,
  host: Reporter,
  { outcome, action, suspect }: Received,
): void {
  if (outcome.kind === 'refused') {
    const { reason, status } = outcome
    const detail = detailOf(outcome, suspect)
    notify({ reason, status, detail, action: action?.name, enforced: true })
  }
  if (suspect && settings.mode === 'report') {
    const status = suspect.verdict === 'refuse' ? suspect.status : 403
    const detail = explainRefusal(suspect)
    notify({ reason: 'origin', status, detail, action: action?.name, enforced: false })
  }

  /** Calls `onRefused`. An error or a rejected promise of it is reported and does not change the answer. */
  function notify(refusal: Refusal): void {
    traceRefusal(refusal)
    const report = (error: unknown) => host.reportError(error, { reference: '', action: refusal.action })
    try {
      const result: unknown = settings.onRefused(refusal, host.context as Context)
      if (result instanceof Promise) result.catch(report)
    } catch (error) {
      report(error)
    }
  }
}

/** Says for developers why a submission was refused, and what to change. */
export function detailOf({ reason, detail }: Refused, suspect: SuspectOrigin | undefined): string {
  return suspect && reason === 'origin' ? explainRefusal(suspect) : detail
}
