import { kindOf } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'

/** A message about one field. With an empty `name`, it is about the whole form. */
export interface Issue {
  readonly name: string
  readonly message: string
}

/** A message about a part of `submission.input`, such as `['items', 0, 'qty']`. The library finds the field's name. */
export interface PathIssue {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** What `invalid()` takes: one message, messages by field name, or a list of issues. */
export type Issues =
  | string
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | readonly (Issue | PathIssue)[]

/**
 * Lists the issues that `invalid()` takes in one of its forms.
 *
 * @throws SealformError `ERR_OPTION_INVALID`
 */
export function checkIssues(issues: Issues): readonly (Issue | PathIssue)[] {
  const list = listIssues(issues)
  for (const issue of list) checkIssue(issue)
  return list
}

function listIssues(issues: Issues): readonly (Issue | PathIssue)[] {
  if (typeof issues === 'string') return [{ name: '', message: issues }]
  if (issues === null || typeof issues !== 'object') {
    throw wrong(
      `invalid() needs what is wrong, such as { title: 'Enter a title' } or one text for the whole form, not ${kindOf(issues)}.`,
    )
  }
  if (issues instanceof Error) {
    throw wrong(
      'invalid() got an Error, whose text may not be for visitors. Pass the text that they should read.',
    )
  }
  if (isIssueList(issues)) return issues
  const list: Issue[] = []
  const names = Object.keys(issues)
  // The entries of a Map, a FormData or a promise are not its properties, so its messages would be lost.
  const type = Object.prototype.toString.call(issues).slice('[object '.length, -1)
  if (names.length === 0 && type !== 'Object') {
    throw wrong(
      `invalid() got a ${type}. Await a promise, and write the messages like { title: 'Enter a title' }.`,
    )
  }
  for (const name of names) {
    const messages = issues[name]
    if (messages === undefined) continue
    if (typeof messages !== 'string' && !Array.isArray(messages)) {
      throw wrong(`invalid() got ${kindOf(messages)} for "${name}". Write a text, or an array of texts.`)
    }
    for (const message of typeof messages === 'string' ? [messages] : messages) list.push({ name, message })
  }
  return list
}

function checkIssue(issue: Issue | PathIssue): void {
  if (issue === null || typeof issue !== 'object' || typeof issue.message !== 'string') {
    throw wrong(
      "invalid() got an issue without a text. Write it like { name: 'title', message: 'Enter a title' }.",
    )
  }
  if ('path' in issue) checkPath(issue.path)
  else if (typeof issue.name !== 'string') {
    throw wrong(
      "invalid() got an issue without a name. Write it like { name: 'title', message: 'Enter a title' }, with the name '' for the whole form.",
    )
  }
}

function checkPath(path: unknown): void {
  const steps: readonly unknown[] | undefined = Array.isArray(path) ? path : undefined
  if (steps?.every((step) => typeof step === 'string' || typeof step === 'number')) return
  throw wrong(
    "invalid() got an issue whose path is not a list of keys and indexes. Write it like ['items', 0, 'qty'].",
  )
}

function wrong(message: string): SealformError {
  return new SealformError('ERR_OPTION_INVALID', message)
}

/** Gives each issue the name of a field, in place of a path. */
export function nameIssues(
  issues: readonly (Issue | PathIssue)[],
  nameOf: (path: readonly PropertyKey[]) => string,
): readonly Issue[] {
  return issues.map((issue) => ({
    name: 'path' in issue ? nameOf(issue.path) : issue.name,
    message: issue.message,
  }))
}

function isIssueList(issues: Exclude<Issues, string>): issues is readonly (Issue | PathIssue)[] {
  return Array.isArray(issues)
}
