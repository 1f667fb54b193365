import { Readable } from 'node:stream'
import { isDeepStrictEqual } from 'node:util'
import type { Definition } from '../action/action.js'
import type { Call } from '../action/run-action.js'
import type { CurrentSubmission } from '../action/submission.js'
import type { Entry, FormFile } from '../base/entry.js'
import type { Reading } from '../body/reading.js'
import { type FileRule, type FileRules, matchesTypes } from '../files/file-rules.js'
import { handOver, type OnFile, streamed } from '../files/hand-over.js'
import { matchesContent } from '../files/sniff.js'
import type { FileProblem } from '../files/uploads.js'
import { failed } from '../outcome/failure.js'
import { isOutcome, type Outcome, Refused } from '../outcome/outcome.js'
import { type Files, outcomeOf, refuseText } from './receive-uploads.js'

/** The submission of a button whose action has file fields of its own. */
interface ButtonSubmission {
  /** The button's action. */
  readonly chosen: Call
  /** The files that the form's action has taken. */
  readonly files: Files | undefined
  readonly submission: CurrentSubmission
  readonly reading: Reading
}

/** The fields as the action of a button gets them, and what is wrong with the files among them. */
interface ButtonFiles {
  readonly entries: readonly Entry[]
  readonly problems: readonly FileProblem[]
}

/**
 * Judges files by the rules of a button's action, and gives them to its `onFile`. The files were taken by the rules of the
 * form's action, because a button is known only when they have arrived.
 *
 * @param entries the fields, with the files of the form's action
 */
export async function filesForButton(
  { chosen, files, submission, reading }: ButtonSubmission,
  entries: readonly Entry[],
): Promise<ButtonFiles | Outcome> {
  const { definition, values } = chosen
  const { files: rules, onFile } = definition
  const unfit = refuseText(definition, reading) ?? refuseConsumed(definition, files)
  if (unfit) return unfit
  const receive =
    onFile &&
    ((...file: Parameters<OnFile>) => Reflect.apply(onFile, undefined, [...file, submission, ...values]))
  const problems = [...(files ? files.uploads.judge(rules) : missing(rules))]
  const taken: Entry[] = []
  try {
    for (const entry of entries) {
      const [field, value] = entry
      const rule = rules.get(field)
      if (!rule) taken.push(entry)
      else if (typeof value === 'string') {
        // Either `onFile` of the form's action has returned it, or it is the empty text of a control without a file.
        if (files?.definition.files.has(field)) taken.push(entry)
      } else {
        const kind = await fault(rule, value)
        if (kind) problems.push({ field, kind })
        else if (!receive) taken.push(entry)
        else if (!problems.some((problem) => problem.field === field)) {
          const result = await receiveFile(receive, field, value)
          if (result !== undefined) taken.push([field, result])
        }
      }
    }
  } catch (thrown) {
    const verdict = outcomeOf({ thrown })
    return isOutcome(verdict) ? verdict : failed(verdict.thrown)
  }
  return { entries: taken, problems }
}

/**
 * Refuses a file that `onFile` of the form's action has consumed, when the button's action has other rules for it or would
 * make something else of it.
 */
function refuseConsumed(
  { name, files: rules, givenOnFile }: Definition,
  files: Files | undefined,
): Refused | undefined {
  if (!files || files.definition.storage) return undefined
  const { definition, uploads } = files
  for (const [field, rule] of rules) {
    if (!uploads.hasArrived(field)) continue
    if (givenOnFile === definition.givenOnFile && isAsStrict(definition.files.get(field), rule)) continue
    const detail = `a file of the field "${field}" went to onFile() of "${definition.name}", so "${name}" cannot have it; give both actions the same onFile and the same file options, or leave the field out of "files" of "${name}", which then finds what onFile() returned`
    return new Refused('unsupported', 415, detail)
  }
  return undefined
}

function isAsStrict(given: FileRule | undefined, wanted: FileRule): boolean {
  return isDeepStrictEqual({ ...given, required: false }, { ...wanted, required: false })
}

/** The problems of a form that has no files at all. */
function missing(rules: FileRules): readonly FileProblem[] {
  return [...rules.values()]
    .filter(({ required }) => required)
    .map(({ field }) => ({ field, kind: 'missing' }))
}

async function fault(rule: FileRule, file: FormFile): Promise<FileProblem['kind'] | undefined> {
  if (file.size > rule.maxSize) return 'size'
  if (!matchesTypes(rule, file)) return 'type'
  return rule.sniff && !(await matchesContent(rule, file, file)) ? 'type' : undefined
}

function receiveFile(onFile: OnFile, field: string, file: FormFile): Promise<string | undefined> {
  const { name, type } = file
  const stream = Readable.from(file.stream(), { objectMode: false, highWaterMark: streamed })
  return handOver(onFile, { field, name, type }, stream)
}
