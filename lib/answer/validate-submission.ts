import { changeFields } from '../action/migrate.js'
import { type Checked, check, noInput } from '../action/run-action.js'
import type { Entry } from '../base/entry.js'
import { staged } from '../base/trace.js'
import type { Reading } from '../body/reading.js'
import { failed } from '../outcome/failure.js'
import { isOutcome, type Outcome } from '../outcome/outcome.js'
import type { Admitted } from './admit.js'
import type { PendingSubmission } from './pending-submission.js'
import { type Files, fileIssues, joinFiles, joinIssues } from './receive-uploads.js'

/** A submission whose body has been read. */
interface ReadSubmission {
  /** The form that was submitted. */
  readonly form: Admitted
  /** The action to run: the form's own, or the button's. */
  readonly chosen: Admitted
  readonly reading: Reading
}

/** Validates the fields with the action's schema, and the files with the rules of the form's action. */
export function validateSubmission(
  pending: PendingSubmission,
  read: ReadSubmission,
): Checked | Outcome | Promise<Checked | Outcome> {
  const { definition, changeFields } = read.chosen
  const { files, trace } = pending
  if (!files && !changeFields && !definition.input) return noInput
  const messages = () => pending.messages()
  return staged(trace, 'validate', () =>
    files || changeFields
      ? validateChanged(pending, read)
      : check(definition, read.reading.entries, messages),
  )
}

/** Validates fields that include files, or that come from a form of another version. */
async function validateChanged(pending: PendingSubmission, read: ReadSubmission): Promise<Checked | Outcome> {
  const { files } = pending
  const joined = files ? await bringInFiles(pending, files, read.reading) : read.reading.entries
  if (isOutcome(joined)) return joined
  const entries = await changeChosenFields(pending, read, joined)
  if (isOutcome(entries)) return entries
  const checked = await check(read.chosen.definition, entries, () => pending.messages())
  if (!files) return checked
  // When a button runs another action, the file rules of the form's action do not apply.
  if (read.chosen.definition === files.definition) files.uploads.judge()
  const issues = fileIssues(files.definition, files.uploads.problems, pending.messages())
  return issues.length > 0 ? joinIssues(issues, checked) : checked
}

async function bringInFiles(
  pending: PendingSubmission,
  files: Files,
  reading: Reading,
): Promise<readonly Entry[] | Outcome> {
  const joined = await joinFiles(pending, files, reading)
  if ('thrown' in joined) return failed(joined.thrown)
  if (isOutcome(joined)) return joined
  // From here on the page shows only the kept files that the visitor did not remove. Before, it shows all of them.
  pending.submitted.files = undefined
  pending.submission.fill(joined)
  return joined
}

/** Migrates the fields for the chosen action. For the form's own action `takeFields` and `changeOwnFields` did that. */
async function changeChosenFields(
  { submitted, submission }: PendingSubmission,
  { form, chosen, reading }: ReadSubmission,
  joined: readonly Entry[],
): Promise<readonly Entry[] | Outcome> {
  if (!chosen.changeFields) return joined
  const texts =
    chosen.definition === form.definition
      ? submitted.entries
      : await changeFields(chosen.definition.name, chosen.changeFields, reading.entries)
  if (isOutcome(texts)) return texts
  const entries = [...texts, ...joined.filter(([, value]) => typeof value !== 'string')]
  submission.fill(entries)
  return entries
}
