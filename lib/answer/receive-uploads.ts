import type { ServerResponse } from 'node:http'
import type { Definition } from '../action/action.js'
import type { Checked } from '../action/checked.js'
import type { Registry } from '../action/registry.js'
import type { Call } from '../action/run-action.js'
import type { CurrentSubmission } from '../action/submission.js'
import type { Entry } from '../base/entry.js'
import { formatSize } from '../base/units.js'
import type { BodyRefusal, KeptFields, KeptReference, Reading } from '../body/reading.js'
import { type KeptFile, openKept } from '../files/kept-file-token.js'
import { fullRefusal, storageRefusal } from '../files/storage-fault.js'
import type { StoredFile } from '../files/stored-file.js'
import { type FileConsumer, FileTaking } from '../files/take-files.js'
import { type FileProblem, type ShownFile, Uploads } from '../files/uploads.js'
import type { Messages } from '../outcome/messages.js'
import { Invalid, type Issue, isOutcome, type Outcome, Refused } from '../outcome/outcome.js'

/** The files of one submission that is being received. */
export interface Files {
  /** The action that takes the files. */
  readonly definition: Definition
  readonly uploads: Uploads
  readonly taking: FileTaking
}

/** The visitor who refers to kept files. */
export interface Visit {
  readonly registry: Registry
  readonly session: string | undefined
}

interface TakingTerms {
  readonly submission: CurrentSubmission
  readonly res: ServerResponse
  /** Whether the files are digested while they arrive. */
  readonly digests: boolean
}

/** Prepares to take the files of an admitted submission. Returns `undefined` for an action that takes no files. */
export function takeFiles(
  { definition, values }: Call,
  { submission, res, digests }: TakingTerms,
): Files | undefined {
  const { files: rules, storage, onFile } = definition
  if (rules.size === 0) return undefined
  const consumer: FileConsumer | undefined = storage
    ? { storage }
    : onFile && {
        onFile: (file, stream) => Reflect.apply(onFile, undefined, [file, stream, submission, ...values]),
      }
  if (!consumer) return undefined
  const uploads = new Uploads(rules, storage, res)
  const taking = new FileTaking(rules, consumer, uploads)
  if (digests) taking.digests = []
  return { definition, uploads, taking }
}

/** Lists the kept files that a submission refers to. Skips references that are not valid for this action and visitor. */
export function keptFiles(
  visit: Visit,
  definition: Definition,
  { references }: KeptFields,
): readonly ShownFile[] {
  const files: ShownFile[] = []
  for (const reference of references) {
    const file = open(visit, definition, reference)
    if (file) files.push({ ...file, field: reference.field })
  }
  return files
}

/** Loads the kept files and merges all files into the fields. Returns an outcome when that is not possible. */
export async function joinFiles(
  visit: Visit,
  { definition, uploads, taking }: Files,
  reading: Reading,
): Promise<readonly Entry[] | Outcome | { readonly thrown: unknown }> {
  if (taking.verdict) return outcomeOf(taking.verdict)
  const text = refuseText(definition, reading)
  if (text) return text
  try {
    if (reading.kept) {
      await uploads.refer(reading.kept, (reference) => open(visit, definition, reference))
    }
  } catch (thrown) {
    return storageRefusal(thrown) ?? { thrown }
  }
  const { values } = uploads
  const entries: Entry[] = []
  let next = 0
  for (const [position, entry] of reading.entries.entries()) {
    for (; next < values.length && values[next]!.position <= position; next++)
      entries.push(entryOf(values[next]!))
    if (!definition.files.has(entry[0])) entries.push(entry)
  }
  for (; next < values.length; next++) entries.push(entryOf(values[next]!))
  return entries
}

/** Refuses text in a field that takes files. */
export function refuseText({ files }: Definition, { entries }: Reading): Refused | undefined {
  const text = entries.find(([name, value]) => value !== '' && files.has(name))
  if (!text) return undefined
  const detail = `the field "${text[0]}" takes files, and text was sent; print form.attributes in the form tag, so that it has the enctype for files`
  return new Refused('unsupported', 415, detail)
}

/** Makes issues of the problems with files, one for each kind of problem and field. */
export function fileIssues(
  { files }: Definition,
  problems: readonly FileProblem[],
  messages: Messages,
): readonly Issue[] {
  const seen = new Set<string>()
  const issues: Issue[] = []
  for (const { field, kind } of problems) {
    if (seen.has(`${kind} ${field}`)) continue
    seen.add(`${kind} ${field}`)
    const rule = files.get(field)
    const message = {
      missing: () => messages.fileMissing,
      gone: () => messages.fileGone,
      'too-many': () => messages.tooManyFiles(rule?.maxFiles ?? 0),
      type: () => messages.fileType(rule?.types.join(', ') ?? ''),
      size: () => messages.fileTooLarge(formatSize(rule?.maxSize ?? 0)),
    }[kind]()
    issues.push({ name: field, message })
  }
  return issues
}

/** Makes issues of a refused body when files are the reason. Returns `undefined` for other reasons. */
export function refusalIssues(
  { files }: Definition,
  { reason, field, limit = 0 }: BodyRefusal,
  messages: Messages,
): readonly Issue[] | undefined {
  if (reason === 'body' && files.size > 0) return [{ name: '', message: messages.filesTooLarge }]
  if (reason === 'file-size')
    return [{ name: field ?? '', message: messages.fileTooLarge(formatSize(limit)) }]
  if (reason !== 'files' || files.size === 0) return undefined
  const message = field === undefined ? messages.unexpectedFile : messages.tooManyFiles(limit)
  return [{ name: field ?? '', message }]
}

/** Joins issues of files with the schema's issues of other fields. */
export function joinIssues(issues: readonly Issue[], checked: Checked | Outcome, status = 422): Outcome {
  if (!isOutcome(checked)) return new Invalid(issues, status)
  if (checked.kind !== 'invalid') return checked
  const others = checked.issues.filter((other) => !issues.some(({ name }) => name === other.name))
  return new Invalid([...others, ...issues], status)
}

function open(
  { registry, session }: Visit,
  { name: action, files }: Definition,
  { field, token }: KeptReference,
): KeptFile | undefined {
  return files.has(field) ? openKept(registry, token, { action, field, session }) : undefined
}

function entryOf({ field, value }: { readonly field: string; readonly value: string | StoredFile }): Entry {
  return [field, value]
}

/** Turns an error of a consumer of files into an outcome. A full disk becomes a refusal with status 507, not a failure. */
export function outcomeOf(verdict: { readonly thrown: unknown }): Outcome | { readonly thrown: unknown } {
  const { thrown } = verdict
  return isOutcome(thrown) ? thrown : (fullRefusal(thrown) ?? verdict)
}
