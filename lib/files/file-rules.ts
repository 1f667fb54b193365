import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { parseSize } from '../base/units.js'
import { aliasesOf, claimedTypes, type FileKind } from './type-aliases.js'

/** Options of one file field. */
export interface FileOptions {
  /** The largest size of one file, in bytes or as `'10MiB'`. @default '5MiB' */
  readonly maxSize?: number | string | undefined
  /** The most files that the field may hold. @default 1 */
  readonly maxFiles?: number | undefined
  /**
   * The accepted types, written as in the `accept` attribute: `'image/png'`, `'image/*'` or `'.pdf'`. Without `sniff`,
   * only the name and type that the sender claims are checked.
   * @default any type
   */
  readonly types?: readonly string[] | undefined
  /** Whether a file must be chosen. @default false */
  readonly required?: boolean | undefined
  /**
   * Whether an upload that breaks off can go on where it was, with the script `sealform/client/resume`. Not for files that `onFile`
   * takes. @default false
   */
  readonly resumable?: boolean | undefined
  /** Whether the content must match one of the `types` too. Needs the package `file-type`. @default false */
  readonly sniff?: boolean | undefined
}

/** The options of one file field with their defaults, sizes in bytes. */
export interface FileRule {
  readonly field: string
  /** The most bytes of one file. Exactly this many are allowed. */
  readonly maxSize: number
  readonly maxFiles: number
  /** In lower case. Empty when any type is accepted. */
  readonly types: readonly string[]
  readonly required: boolean
  readonly sniff: boolean
  readonly resumable: boolean
}

/** The rules by field name. Empty when the action takes no files. */
export type FileRules = ReadonlyMap<string, FileRule>

const defaultMaxSize = 5 * 1024 * 1024
const noRules: FileRules = new Map()

/**
 * Reads the `files` option of an action.
 *
 * @param where the name of the option in messages, for example `actions.define('upload') "files"`
 * @throws SealformError `ERR_OPTION_INVALID`
 * @example resolveFileRules({ avatar: { types: ['image/*'] } }, 'files').get('avatar')?.maxSize // 5242880
 */
export function resolveFileRules(
  options: Readonly<Record<string, FileOptions>> | undefined,
  where: string,
): FileRules {
  if (options === undefined) return noRules
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    throw invalid(`${where} must be an object with a property for each file field, such as { avatar: {} }.`)
  }
  return new Map(
    Object.entries(options).map(([field, given]) => [field, resolveRule(field, given, `${where}: ${field}`)]),
  )
}

function resolveRule(field: string, options: FileOptions, where: string): FileRule {
  if (field === '' || field.startsWith('sealform')) {
    throw invalid(
      `${where}: the name of a file field must not be empty or start with "sealform", which is reserved.`,
    )
  }
  if (options === undefined) throw invalid(`${where} is undefined; write {} for the defaults.`)
  checkOptions(where, options, ['maxSize', 'maxFiles', 'types', 'required', 'sniff', 'resumable'])
  const rule: FileRule = {
    field,
    maxSize: maxSize(options.maxSize, `${where}: maxSize`),
    maxFiles: maxFiles(options.maxFiles, `${where}: maxFiles`),
    types: acceptedTypes(options.types, `${where}: types`),
    required: flag(options.required, `${where}: required`),
    sniff: flag(options.sniff, `${where}: sniff`),
    resumable: flag(options.resumable, `${where}: resumable`),
  }
  if (rule.sniff && rule.types.length === 0) {
    throw invalid(`${where}: "sniff" compares the content with "types"; list some types, or remove "sniff".`)
  }
  return Object.freeze(rule)
}

/**
 * Bytes for the headers of one file part: a delimiter of 74 bytes, the longest field name and file name, and the rest.
 */
const framing = 1024

/**
 * Returns how many bytes a body may exceed `limits.body` by because of its files: the largest size of each file, and 1
 * KiB for its headers.
 */
export function fileBytes(rules: FileRules): number {
  let sum = 0
  for (const { maxSize, maxFiles } of rules.values()) sum += maxFiles * (maxSize + framing)
  return Math.min(sum, Number.MAX_SAFE_INTEGER)
}

/** Tells whether a file matches one of the types of a rule. A rule without types accepts any file. */
export function matchesTypes(rule: Pick<FileRule, 'types'>, file: FileKind): boolean {
  return rule.types.length === 0 || rule.types.some((type) => matchesType(type, file))
}

/** Tells whether a file matches a type in the syntax of `accept`, in lower case, under any name that its type has. */
export function matchesType(type: string, file: FileKind): boolean {
  if (type.startsWith('.')) return file.name.length > type.length && file.name.toLowerCase().endsWith(type)
  const claimed = claimedTypes(file)
  // Aliases can be of another kind: `image/pdf` is one of `application/pdf`, which `image/*` must not take.
  return type.endsWith('/*')
    ? claimed.some((name) => name.startsWith(type.slice(0, -1)))
    : aliasesOf(type).some((name) => claimed.includes(name))
}

/**
 * A media type with the names of RFC 6838, section 4.2, or a dot and an extension. An extension may hold any character
 * of a file name, but no comma, as in HTML.
 */
const acceptedType = /^(?:[a-z\d][\w!#$&^.+-]*\/(?:\*|[a-z\d][\w!#$&^.+-]*)|\.[^\s,/\\*]+)$/i

function acceptedTypes(value: unknown, what: string): readonly string[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw invalid(`${what} must be an array, such as ['image/*', '.pdf'].`)
  if (value.length === 0)
    throw invalid(`${what} is empty, so no file can match; remove it to accept any type.`)
  const types = value.map((type: unknown) => {
    if (typeof type === 'string' && acceptedType.test(type)) return type.toLowerCase()
    throw invalid(
      `${what} holds ${JSON.stringify(type)}; write 'image/png', 'image/*' or '.pdf', each as a separate entry.`,
    )
  })
  return Object.freeze([...new Set(types)])
}

function maxSize(value: number | string | undefined, what: string): number {
  const bytes = value === undefined ? defaultMaxSize : parseSize(value, what)
  if (bytes > 0) return bytes
  throw invalid(`${what} is 0, so no file can be sent; remove the field from "files" instead.`)
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
