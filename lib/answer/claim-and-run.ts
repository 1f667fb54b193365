import { type Checked, type Ran, run } from '../action/run-action.js'
import { staged } from '../base/trace.js'
import { isOutcome, type Outcome } from '../outcome/outcome.js'
import { idOf } from '../seal/seal.js'
import type { Admitted } from './admit.js'
import type { PendingSubmission } from './pending-submission.js'
import { type OneTime, runOnce, type Settlement, whatBecame } from './run-once.js'

/**
 * Runs the action, a one-time submission only when this copy of it can be claimed. What is wrong with a copy counts only
 * when there was none before it.
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

/** What became of an earlier copy, or else what is wrong with this one. */
async function earlierOr(
  pending: PendingSubmission,
  once: OneTime,
  wrong: Outcome,
): Promise<Pick<Ran, 'outcome'>> {
  const earlier = await whatBecame(once)
  return earlier ? settled(pending, earlier) : { outcome: wrong }
}

function settled(pending: PendingSubmission, settlement: Settlement): Settlement {
  // Whoever waits for another's run can leave; what comes of an own run has to be told, whoever is still there.
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
