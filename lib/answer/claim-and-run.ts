import { type Checked, type Ran, run } from '../action/run-action.js'
import { staged } from '../base/trace.js'
import { isOutcome, type Outcome } from '../outcome/outcome.js'
import { idOf } from '../seal/seal.js'
import type { Admitted } from './admit.js'
import type { PendingSubmission } from './pending-submission.js'
import { findEarlier, type OneTime, runOnce, type Settlement } from './run-once.js'

/**
 * Runs the action. A one-time submission runs only when this copy of it can be claimed. A validation error of this copy
 * is the answer only when no earlier copy exists.
 */
export function claimAndRun(
  pending: PendingSubmission,
  chosen: Admitted,
  checked: Checked | Outcome,
): Pick<Ran, 'outcome'> | Promise<Pick<Ran, 'outcome'>> {
  const once = oneTime(pending, chosen)
  if (isOutcome(checked)) return once ? earlierOr(pending, once, checked) : { outcome: checked }
  const { submission, trace } = pending
  submission.input = checked.input
  const act = () => staged(trace, 'run', () => run(chosen, submission, checked.nameOf))
  return once ? runOnce(once, act, trace).then((settlement) => settled(pending, settlement)) : act()
}

/** Returns the outcome of an earlier copy, or else the validation error of this one. */
async function earlierOr(
  pending: PendingSubmission,
  once: OneTime,
  wrong: Outcome,
): Promise<Pick<Ran, 'outcome'>> {
  const earlier = await findEarlier(once)
  return earlier ? settled(pending, earlier) : { outcome: wrong }
}

function settled(pending: PendingSubmission, settlement: Settlement): Settlement {
  // A copy that waits for another run stops when its visitor leaves. An outcome of this copy's own run is always
  // answered and reported.
  pending.aborted = settlement.run !== 'own' && pending.submission.left.aborted
  pending.repeated = settlement.run === 'earlier'
  return settlement
}

function oneTime(pending: PendingSubmission, { definition, opened }: Admitted): OneTime | undefined {
  if (!definition.store) return undefined
  const { registry, submission } = pending
  const id = `${registry.audience}:${idOf(opened)}`
  return { store: definition.store, id, expires: opened.content.expires, registry, submission }
}
