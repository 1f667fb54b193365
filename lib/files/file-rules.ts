import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { parseSize } from '../base/units.js'

/** What an action takes in one of its file fields. */
export interface FileOptions {
  /** Bytes of one file, or a string such as `'10MiB'`. @default '5MiB' */
  readonly maxSize?: number | string | undefined
  /** How many files the field may hold. @default 1 */
  readonly maxFiles?: number | undefined
  /**
   * What is accepted, written as in the `accept` attribute: `'image/png'`, `'image/*'` or `'.pdf'`. Judged by what the
   * sender says of the file, unless `sniff` is set.
   * @default any type
   */
  readonly types?: readonly string[] | undefined
  /** Whether a file must be chosen. @default false */
  readonly required?: boolean | undefined
  /** Whether the content must be of one of the `types` too; needs the package `file-type`. @default false */
  readonly sniff?: boolean | undefined
}

/** The options of one file field with their defaults, sizes in bytes. */
export interface FileRule {
  readonly field: string
  /** Bytes of one file; that many are allowed. */
  readonly maxSize: number
  readonly maxFiles: number
  /** In lower case; empty when any type is taken. */
  readonly types: readonly string[]
  readonly required: boolean
  readonly sniff: boolean
}

/** By field name. Empty when the action takes no files. */
export type FileRules = ReadonlyMap<string, FileRule>

/** What a sender says of a file, or what its content tells. */
export interface FileKind {
  readonly type: string
  readonly name: string
}

const defaultMaxSize = 5 * 1024 * 1024
const noRules: FileRules = new Map()

/**
 * Reads the `files` option of an action.
 *
 * @param where how a message calls the option, for example `actions.define('upload') "files"`
 * @throws SealformError `ERR_OPTION_INVALID`
 * @example resolveFileRules({ avatar: { types: ['image/*'] } }, 'files').get('avatar')?.maxSize // 5242880
 */
export function resolveFileRules(
  options: Readonly<Record<string, FileOptions>> | undefined,
  where: string,
): FileRules {
  if (options === undefined) return noRules
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    throw invalid(`${where} takes an object with a property for each file field, such as { avatar: {} }.`)
  }
  return new Map(
    Object.entries(options).map(([field, given]) => [field, resolveRule(field, given, `${where}: ${field}`)]),
  )
}

function resolveRule(field: string, options: FileOptions, where: string): FileRule {
  if (field === '' || field.startsWith('sealform')) {
    throw invalid(
      `${where}: a file field needs a name that does not start with "sealform", which is reserved.`,
    )
  }
  if (options === undefined) throw invalid(`${where} is undefined; write {} for the defaults.`)
  checkOptions(where, options, ['maxSize', 'maxFiles', 'types', 'required', 'sniff'])
  const rule: FileRule = {
    field,
    maxSize: maxSize(options.maxSize, `${where}: maxSize`),
    maxFiles: maxFiles(options.maxFiles, `${where}: maxFiles`),
    types: acceptedTypes(options.types, `${where}: types`),
    required: flag(options.required, `${where}: required`),
    sniff: flag(options.sniff, `${where}: sniff`),
  }
  if (rule.sniff && rule.types.length === 0) {
    throw invalid(`${where}: "sniff" compares the content with "types"; list them, or leave "sniff" out.`)
  }
  return Object.freeze(rule)
}

/** A delimiter of 74 bytes, a field name and a file name at their longest, and the words around them. */
const framing = 1024

/**
 * How many bytes larger than `limits.body` a body may be because of its files: each at its largest, and 1 KiB for the
 * headers of each.
 */
export function fileBytes(rules: FileRules): number {
  let sum = 0
  for (const { maxSize, maxFiles } of rules.values()) sum += maxFiles * (maxSize + framing)
  return Math.min(sum, Number.MAX_SAFE_INTEGER)
}

/** Whether a file is of one of the types of a rule. A rule without types takes any. */
export function matchesTypes(rule: Pick<FileRule, 'types'>, file: FileKind): boolean {
  return rule.types.length === 0 || rule.types.some((type) => matchesType(type, file))
}

/** Whether a file is of a type as `accept` writes it, in lower case. */
export function matchesType(type: string, file: FileKind): boolean {
  if (type.startsWith('.')) return file.name.length > type.length && file.name.toLowerCase().endsWith(type)
  const claimed = file.type.split(';', 1)[0]!.trim().toLowerCase()
  return type.endsWith('/*') ? claimed.startsWith(type.slice(0, -1)) : claimed === type
}

/** RFC 6838 section 4.2 names around the slash; after a dot whatever a name may hold, but no comma, as in HTML. */
const acceptedType = /^(?:[a-z\d][\w!#$&^.+-]*\/(?:\*|[a-z\d][\w!#$&^.+-]*)|\.[^\s,/\\*]+)$/i

function acceptedTypes(value: unknown, what: string): readonly string[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw invalid(`${what} takes a list, such as ['image/*', '.pdf'].`)
  if (value.length === 0)
    throw invalid(`${what} is empty, which no file would match; leave it out to take any.`)
  const types = value.map((type: unknown) => {
    if (typeof type === 'string' && acceptedType.test(type)) return type.toLowerCase()
    throw invalid(
      `${what} holds ${JSON.stringify(type)}; write 'image/png', 'image/*' or '.pdf', each an entry of its own.`,
    )
  })
  return Object.freeze([...new Set(types)])
}

function maxSize(value: number | string | undefined, what: string): number {
  const bytes = value === undefined ? defaultMaxSize : parseSize(value, what)
  if (bytes > 0) return bytes
  throw invalid(`${what} is 0, which takes no file; leave the field out of "files" instead.`)
}

function maxFiles(value: unknown, what: string): number {
  if (value === undefined) return 1
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  throw invalid(`${what} must be a whole number, 1 or more.`)
}

function flag(value: unknown, what: string): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false
  throw invalid(`${what} must be true or false.`)
}

function invalid(message: string): SealformError {
  return new SealformError('ERR_OPTION_INVALID', message)
}
