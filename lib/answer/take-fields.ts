import { changeFields } from '../action/migrate.js'
import type { Reading } from '../body/reading.js'
import { isOutcome, type Outcome } from '../outcome/outcome.js'
import { openFormState } from '../seal/form-state.js'
import type { Admitted } from './admit.js'
import type { PendingSubmission } from './pending-submission.js'
import { keptFiles } from './receive-uploads.js'

/** Puts what was read where the action and the page find it. */
export function takeFields(pending: PendingSubmission, reading: Reading): void {
  const { registry, session, submission, submitted, stateOwner: owner } = pending
  pending.aborted = reading.aborted
  submission.fill(reading.entries)
  submitted.entries = reading.entries
  submitted.formId = reading.own.form
  const token = reading.own.state
  const carried = token === undefined ? undefined : openFormState(registry, token, { owner, session })
  if (carried) {
    submitted.hasState = true
    submitted.state = carried.state
    submission.previous = carried.state
    pending.stale = !carried.current
  }
  const { definition } = submitted
  if (reading.kept && definition) {
    submitted.files = { definition, list: keptFiles(pending, definition, reading.kept) }
  }
}

/** Reads the text fields of a refused submission, so that the page can give them back. */
export async function giveBack(pending: PendingSubmission, refusal: Outcome): Promise<Outcome> {
  const { registry, body, submitted } = pending
  const limits = submitted.definition?.limits ?? registry.limits
  takeFields(pending, await body.read(limits, { mode: 'give-back', shutdown: registry.shutdown }))
  return refusal
}

/**
 * Makes of the fields of another version what this one has in their place, for the action and for the page. An outcome
 * when that is not possible.
 */
export async function changeOwnFields(
  pending: PendingSubmission,
  form: Admitted,
): Promise<Outcome | undefined> {
  if (!form.changeFields) return undefined
  const changed = await changeFields(form.definition.name, form.changeFields, pending.submitted.entries)
  if (isOutcome(changed)) return changed
  pending.submitted.entries = changed
  pending.allowSealing(form)
  return undefined
}
