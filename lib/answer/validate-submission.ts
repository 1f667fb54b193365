import type { Definition } from '../action/action.js'
import { check, noInput } from '../action/check-input.js'
import type { Checked } from '../action/checked.js'
import { changeFields } from '../action/migrate.js'
import type { Entry } from '../base/entry.js'
import { staged } from '../base/trace.js'
import type { Reading } from '../body/reading.js'
import type { FileProblem } from '../files/uploads.js'
import { failed } from '../outcome/failure.js'
import { isOutcome, type Outcome } from '../outcome/outcome.js'
import type { Admitted } from './admit.js'
import { filesForButton } from './button-files.js'
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

/** Validates the fields with the action's schema, and the files with the rules of the form's action and the chosen one. */
export function validateSubmission(
  pending: PendingSubmission,
  read: ReadSubmission,
): Checked | Outcome | Promise<Checked | Outcome> {
  const { definition, changeFields } = read.chosen
  const { files, trace } = pending
  const otherFiles = hasOtherFiles(read)
  if (!files && !changeFields && !otherFiles && !definition.input && !definition.validates) return noInput
  return staged(trace, 'validate', () =>
    files || changeFields || otherFiles
      ? validateChanged(pending, read)
      : checkChosen(pending, definition, read.reading.entries),
  )
}

/** Validates fields that include files, or that come from a form of another version. */
async function validateChanged(pending: PendingSubmission, read: ReadSubmission): Promise<Checked | Outcome> {
  const { files, submission } = pending
  const { chosen, reading } = read
  const joined = files ? await bringInFiles(pending, files, reading) : reading.entries
  if (isOutcome(joined)) return joined
  const other = hasOtherFiles(read)
    ? await filesForButton({ chosen, files, submission, reading }, joined)
    : { entries: joined, problems: [] }
  if (isOutcome(other)) return other
  const entries = await changeChosenFields(pending, read, other.entries)
  if (isOutcome(entries)) return entries
  submission.fill(entries)
  const checked = await checkChosen(pending, chosen.definition, entries)
  const messages = pending.messages()
  const own = files ? fileIssues(files.definition, problemsOf(files, chosen), messages) : []
  const others = fileIssues(chosen.definition, other.problems, messages)
  const issues = [...own, ...others.filter(({ name }) => !own.some((issue) => issue.name === name))]
  const beyondLimit = other.problems.some(({ kind }) => kind === 'size' || kind === 'too-many')
  return issues.length > 0 ? joinIssues(issues, checked, beyondLimit ? 413 : 422) : checked
}

function checkChosen(
  pending: PendingSubmission,
  definition: Definition,
  entries: readonly Entry[],
): Checked | Outcome | Promise<Checked | Outcome> {
  const messages = () => pending.messages()
  if (!definition.validates) return check(definition, entries, messages)
  return definition.validates({ entries, previous: pending.submission.previous }, messages)
}

/** Tells whether a button was chosen whose action has file fields of its own. */
function hasOtherFiles({ form, chosen }: ReadSubmission): boolean {
  return chosen.definition !== form.definition && chosen.definition.files.size > 0
}

/** Lists what is wrong with the files by the rules of the form's action. A button's action need not have its required files. */
function problemsOf({ definition, uploads }: Files, chosen: Admitted): readonly FileProblem[] {
  const counted = uploads.judge(definition.files)
  const isOwn = chosen.definition === definition
  return [...uploads.problems, ...counted.filter(({ kind }) => isOwn || kind !== 'missing')]
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
  return joined
}

/** Migrates the fields for the chosen action. For the form's own action `takeFields` and `changeOwnFields` did that. */
async function changeChosenFields(
  { submitted }: PendingSubmission,
  { form, chosen, reading }: ReadSubmission,
  joined: readonly Entry[],
): Promise<readonly Entry[] | Outcome> {
  if (!chosen.changeFields) return joined
  const texts =
    chosen.definition === form.definition
      ? submitted.entries
      : await changeFields(chosen.definition.name, chosen.changeFields, reading.entries)
  if (isOutcome(texts)) return texts
  const takesFiles = (name: string) => form.definition.files.has(name) || chosen.definition.files.has(name)
  return [
    ...texts.filter(([name]) => !takesFiles(name)),
    ...joined.filter(([name, value]) => typeof value !== 'string' || takesFiles(name)),
  ]
}
