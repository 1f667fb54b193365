import type { Definition } from '../action/action.js'
import { changeFields } from '../action/migrate.js'
import { isSecret, withSent } from '../action/secrets.js'
import type { ActionField } from '../base/action-field.js'
import type { Reading } from '../body/reading.js'
import { isOutcome, type Outcome, type Refused } from '../outcome/outcome.js'
import type { SubmittedForm } from '../page/submitted-form.js'
import { openFormState } from '../seal/form-state.js'
import type { Admitted } from './admit.js'
import { takenError } from './consumed-error.js'
import type { PendingSubmission } from './pending-submission.js'
import { keptFiles } from './receive-uploads.js'
import { shortenInput } from './shorten-input.js'

/** Stores the fields, the form's state and the kept files for the action and the page. */
export function takeFields(pending: PendingSubmission, reading: Reading): void {
  const { registry, session, submission, submitted, owner } = pending
  pending.aborted = reading.aborted
  submission.fill(reading.entries)
  submitted.entries = reading.entries
  submitted.secretNames = reading.secrets
  submitted.formId = reading.own.form
  submitted.hook = hookOf(reading.own.named?.form)
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

/** Returns the hook that has sent a field of a React page. A field without a state is of none. */
export function hookOf(field: ActionField | undefined): SubmittedForm['hook'] {
  return field?.state === undefined ? undefined : { key: field.key }
}

/** Reads the text fields of a refused submission, so that the page can show them again. */
export async function giveBack(pending: PendingSubmission, refusal: Outcome): Promise<Outcome> {
  const { registry, body, submitted } = pending
  const limits = submitted.definition?.limits ?? registry.limits
  const reading = await body.read(limits, { mode: 'give-back', shutdown: registry.shutdown })
  takeFields(pending, reading)
  if (reading.taken) pending.submission.report(takenError(submitted.definition?.name ?? 'an unknown action'))
  return refusal
}

/** Does the same for a submission whose seal did not open: reads little of it, and shows little again. */
export async function giveBackUnopened(pending: PendingSubmission, refusal: Refused): Promise<Refused> {
  const { registry, body } = pending
  const reading = await body.read(registry.limits, { mode: 'unopened', shutdown: registry.shutdown })
  const { entries, shortened } = shortenInput(reading.entries, reading.cut)
  takeFields(pending, { ...reading, entries })
  return shortened ? refusal.withIssues([{ name: '', message: pending.messages().malformedLong }]) : refusal
}

/**
 * Migrates the fields of another version to this one, for the action and for the page. Returns an outcome when that is
 * not possible.
 */
export async function changeOwnFields(
  pending: PendingSubmission,
  form: Admitted,
): Promise<Outcome | undefined> {
  if (!form.changeFields) return undefined
  const changed = await changeFields(form.definition.name, form.changeFields, pending.submitted.entries)
  if (isOutcome(changed)) return changed
  const { submitted } = pending
  submitted.secretNames = followSecrets(submitted, form.definition, changed)
  submitted.entries = changed
  pending.allowSealing(form)
  return undefined
}

/**
 * Returns the names of secrets after a migration. A field of the old version that was printed as a password can have a new
 * name now, which nothing else declares: so a field counts as secret that the migration gave the value of one.
 */
function followSecrets(
  { entries, secretNames }: SubmittedForm,
  definition: Definition,
  changed: SubmittedForm['entries'],
): ReadonlySet<string> | undefined {
  const owner = withSent(definition, secretNames)
  const values = new Set(entries.flatMap(([name, value]) => (isSecret(owner, name) ? [value] : [])))
  values.delete('')
  if (values.size === 0) return secretNames
  const sent = new Set(entries.map((entry) => JSON.stringify(entry)))
  const moved = changed.filter((entry) => values.has(entry[1]) && !sent.has(JSON.stringify(entry)))
  return new Set([...(secretNames ?? []), ...moved.map(([name]) => name)])
}
