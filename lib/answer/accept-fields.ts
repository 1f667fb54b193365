import type { Reading } from '../body/reading.js'
import { failed } from '../outcome/failure.js'
import { type Outcome, Refused } from '../outcome/outcome.js'
import type { Admitted } from './admit.js'
import { takenError } from './consumed-error.js'
import type { PendingSubmission } from './pending-submission.js'
import { refusedBody } from './refused-body.js'
import { changeOwnFields, takeFields } from './take-fields.js'

/**
 * Takes the fields from the body, migrated to the version of the action. Returns an outcome when they cannot be used.
 */
export function acceptFields(
  pending: PendingSubmission,
  form: Admitted,
  reading: Reading,
): Outcome | undefined | Promise<Outcome | undefined> {
  takeFields(pending, reading)
  if (reading.aborted) return new Refused('malformed', 400, 'aborted')
  if (reading.taken) return failed(takenError(form.definition.name))
  if (reading.refusal) return refusedBody(form.definition, reading.refusal, () => pending.messages())
  if (!form.changeFields) return judgeCarried(pending, reading)
  return changeOwnFields(pending, form).then((fault) => fault ?? judgeCarried(pending, reading))
}

/** Judges what the form carries besides its seal: its state, and references to kept files. */
function judgeCarried({ submitted, stale, files }: PendingSubmission, reading: Reading): Refused | undefined {
  if (reading.own.state !== undefined && !submitted.hasState) {
    return new Refused('malformed', 400, 'The state of the form did not open.')
  }
  if (stale) return new Refused('expired', 409, 'The state of the form has expired.')
  if (reading.kept && !files) {
    const detail = 'The form refers to kept files, but the action takes no files.'
    return new Refused('malformed', 400, detail)
  }
  return undefined
}
