import { authorize } from '../action/run-action.js'
import { staged } from '../base/trace.js'
import type { Outcome } from '../outcome/outcome.js'
import type { Admitted } from './admit.js'
import type { PendingSubmission } from './pending-submission.js'
import { changeOwnFields, giveBack } from './take-fields.js'

/** Asks the action's own `authorize`, before more of the body is read. An outcome refuses, the fields given back. */
export async function authorizeForm(
  pending: PendingSubmission,
  form: Admitted,
): Promise<Outcome | undefined> {
  const { trace, submission } = pending
  const refusal = await staged(trace, 'authorize', () => authorize(form, submission))
  if (!refusal) return undefined
  await giveBack(pending, refusal)
  await changeOwnFields(pending, form)
  return refusal
}
