import type { Checked } from '../action/checked.js'
import { type Ran, run } from '../action/run-action.js'
import { staged } from '../base/trace.js'
import type { Reading } from '../body/reading.js'
import { isOutcome, issuesOf, type Outcome, Refused } from '../outcome/outcome.js'
import { explainUnopened } from '../seal/explain-unopened.js'
import { idOf } from '../seal/seal.js'
import type { Admitted } from './admit.js'
import { digestCopy } from './digest-copy.js'
import type { PendingSubmission } from './pending-submission.js'
import { findEarlier, type OneTime, runOnce, type Settlement } from './run-once.js'

/** What was sent, and the action that it is for. */
interface ChosenSubmission {
  readonly chosen: Admitted
  readonly reading: Reading
}

/**
 * Runs the action. A one-time submission runs only when this copy of it can be claimed. A validation error of this copy
 * is the answer only when no earlier copy exists.
 */
export function claimAndRun(
  pending: PendingSubmission,
  sent: ChosenSubmission,
  checked: Checked | Outcome,
): Ran | Promise<Ran> {
  const once = oneTime(pending, sent)
  if (once instanceof Refused) return { outcome: once, ran: false }
  if (isOutcome(checked)) return once ? earlierOr(pending, once, checked) : { outcome: checked, ran: false }
  const { submission, trace } = pending
  submission.input = checked.input
  const act = () => staged(trace, 'run', () => run(sent.chosen, submission, checked.nameOf))
  return once ? runOnce(once, act, trace).then((settlement) => settled(pending, settlement)) : act()
}

/** Returns the outcome of an earlier copy, or else the validation error of this one. */
async function earlierOr(pending: PendingSubmission, once: OneTime, wrong: Outcome): Promise<Ran> {
  const earlier = await findEarlier(once)
  if (!earlier) return { outcome: wrong, ran: false }
  const settlement = settled(pending, earlier)
  const { outcome } = settlement
  const issues = issuesOf(wrong)
  if (!(outcome instanceof Refused) || outcome.reason !== 'sent-before' || issues.length === 0)
    return settlement
  // The page says what is wrong with these fields as well, because the visitor corrects and sends them next.
  const message = pending.messages().sentBefore
  return { ...settlement, outcome: outcome.withIssues([{ name: '', message }, ...issues]) }
}

function settled(pending: PendingSubmission, settlement: Settlement): Settlement {
  // A copy that waits for another run stops when its visitor leaves. An outcome of this copy's own run is always
  // answered and reported.
  pending.aborted = settlement.run !== 'own' && pending.submission.left.aborted
  pending.repeated = settlement.run === 'earlier'
  return settlement
}

function oneTime(
  pending: PendingSubmission,
  { chosen, reading }: ChosenSubmission,
): OneTime | Refused | undefined {
  const { definition, opened } = chosen
  if (!definition.store) return undefined
  const { registry, submission } = pending
  const digest = digestCopy(pending, chosen, reading)
  // The keys were replaced while the body was read.
  if (digest === undefined) return new Refused('malformed', 400, explainUnopened(registry.keys, opened.token))
  const { issued, expires } = opened.content
  const id = `${registry.audience}:${idOf(opened)}`
  return { store: definition.store, id, digest, issued, expires, registry, submission }
}
