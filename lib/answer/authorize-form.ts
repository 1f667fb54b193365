import { authorize } from '../action/run-action.js'
import { staged } from '../base/trace.js'
import type { Outcome } from '../outcome/outcome.js'
import type { Admitted } from './admit.js'
import type { PendingSubmission } from './pending-submission.js'
import { changeOwnFields, giveBack } from './take-fields.js'

/**
 * Runs the `authorize` of the form's action before more of the body is read. Returns the outcome when it refuses, after
 * reading the text fields so that the page can show them again.
 */
export async function authorizeForm(
  pending: PendingSubmission,
  form: Admitted,
): Promise<Outcome | undefined> {
  const { trace, submission } = pending
  const refusal = await staged(trace, 'authorize', () => authorize(form, submission))
  // An own answer holds no input, so the rest of the body is not read.
  if (!refusal || refusal.kind === 'answered') return refusal
  await giveBack(pending, refusal)
  await changeOwnFields(pending, form)
  return refusal
}
