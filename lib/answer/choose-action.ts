import { authorize } from '../action/run-action.js'
import type { Reading } from '../body/reading.js'
import { isOutcome, type Outcome } from '../outcome/outcome.js'
import { matchesSession, open } from '../seal/seal.js'
import { type Admitted, admit } from './admit.js'
import type { PendingSubmission } from './pending-submission.js'

/** Chooses the action to run: the form's, or the button's. The seal of a button is opened and admitted on its own. */
export function chooseAction(
  pending: PendingSubmission,
  form: Admitted,
  reading: Reading,
): Admitted | Promise<Admitted | Outcome> {
  const button = reading.own.submit
  return button === undefined ? form : admitButton(pending, button)
}

async function admitButton(pending: PendingSubmission, token: string): Promise<Admitted | Outcome> {
  const { registry, exchange, session, submission } = pending
  const opened = open(registry.keys, 'action', token)
  const sessionMatches = opened !== undefined && matchesSession(registry.keys, opened, session)
  const button = await admit(registry, exchange, { token, opened, sessionMatches })
  if (isOutcome(button)) return button
  const refusal = await authorize(button, submission)
  if (refusal) return refusal
  pending.action = button.definition
  submission.outlivesVisitor = button.definition.store !== undefined
  return button
}
