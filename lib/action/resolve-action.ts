import type { StandardSchemaV1 } from '@standard-schema/spec'
import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { parseDuration, parseTimer } from '../base/units.js'
import { deepest, type Limits, resolveLimits } from '../body/limits.js'
import type { ClaimStore } from '../claims/claim-store.js'
import { type FileRules, resolveFileRules } from '../files/file-rules.js'
import type { FileStorage } from '../files/file-storage.js'
import { requireSniffing } from '../files/sniff.js'
import { Constraints } from '../input/constraints.js'
import { neededDepth } from '../input/needed-depth.js'
import { planCoercion } from '../input/plan-coercion.js'
import { inputJsonSchema } from '../input/to-json-schema.js'
import { parseSealLife } from '../seal/seal-life.js'
import type { ActionOptions, Definition } from './action.js'
import { type Hooks, hookNames, resolveHooks } from './hooks.js'
import { resolveLabels } from './labels.js'
import { resolveSecrets } from './secrets.js'

/** The defaults that an action takes from its registry. */
interface ActionDefaults {
  /** Seconds. */
  readonly ttl: number
  readonly limits: Limits
  openStorage(): FileStorage
  openStore(): ClaimStore
  readonly authorizeAll: Definition['authorizeAll']
  readonly hooks: Hooks | undefined
  readonly advises: boolean
  /** Finds the definition of an action of this registry. */
  find(action: unknown): Definition | undefined
}

/** Option of the library alone: a function that validates in place of a schema. */
export const validates: unique symbol = Symbol('validates')

const actionOptions = [
  'run',
  'input',
  'authorize',
  'files',
  'onFile',
  'version',
  'migrate',
  'secrets',
  'ttl',
  'limits',
  'stateOf',
  'path',
  'once',
  'history',
  'timeout',
  'minFillTime',
  'onSpam',
  'labels',
  ...hookNames,
] as const

/**
 * Checks the options of `actions.define()` and fills in the defaults.
 *
 * @throws SealformError `ERR_OPTION_INVALID`
 */
export function describeAction(name: string, runOrOptions: unknown, defaults: ActionDefaults): Definition {
  const where = `actions.define('${name}')`
  const options = typeof runOrOptions === 'function' ? { run: runOrOptions } : runOrOptions
  checkOptions(where, options, actionOptions)
  const given = options as Partial<ActionOptions<StandardSchemaV1, unknown, never[], unknown>>
  if (typeof given?.run !== 'function') {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `${where} needs a function: pass it as the second argument or as "run".`,
    )
  }
  for (const name of ['authorize', 'onFile', 'migrate', 'onSpam'] as const) {
    if (given[name] === undefined || typeof given[name] === 'function') continue
    throw new SealformError('ERR_OPTION_INVALID', `${where}: "${name}" must be a function.`)
  }
  if (given.input !== undefined && typeof given.input?.['~standard']?.validate !== 'function') {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `${where}: "input" must be a schema of a Standard Schema library, such as zod 3.24+, valibot 1+ or arktype 2+.`,
    )
  }
  for (const name of ['path', 'once'] as const) {
    if (given[name] === undefined || typeof given[name] === 'boolean') continue
    throw new SealformError('ERR_OPTION_INVALID', `${where}: "${name}" must be true or false.`)
  }
  const files = resolveFileRules(given.files, `${where} "files"`)
  if (given.onFile && files.size === 0) {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `${where}: "onFile" is called for the fields in "files", and there are none.`,
    )
  }
  checkFiles(files, given.onFile, where)
  const limits = resolveLimits(given.limits, defaults.limits, `${where} "limits"`)
  const schema = given.input && inputJsonSchema(given.input)
  if (schema !== undefined) checkDepth(schema, limits.depth, where)
  return {
    name,
    files,
    onFile: given.onFile?.bind(options),
    givenOnFile: given.onFile,
    storage: files.size > 0 && !given.onFile ? defaults.openStorage() : undefined,
    run: given.run.bind(options),
    authorizeAll: defaults.authorizeAll,
    authorize: given.authorize?.bind(options),
    input: given.input,
    validates: Reflect.get(Object(options), validates),
    coercion: schema === undefined ? undefined : planCoercion(schema, limits.depth),
    constraints: schema === undefined ? undefined : new Constraints(schema, limits.depth),
    version: inputVersion(given.version, where),
    migrate: given.migrate?.bind(options),
    ttl: timeToLive(given, defaults, where),
    limits,
    path: given.path ?? true,
    stateOf: stateOwner(given.stateOf, defaults, where),
    forgotten: isForgotten(given.history, where),
    store: given.once ? defaults.openStore() : undefined,
    timeout: given.timeout === undefined ? undefined : parseTimer(given.timeout, `${where} "timeout"`),
    spam: {
      minFillTime: minFillTime(given.minFillTime, where),
      onSpam: given.onSpam?.bind(options),
    },
    labels: resolveLabels(given.labels, where),
    hooks: resolveHooks(given, defaults.hooks, where),
    advises: defaults.advises,
    secrets: resolveSecrets({ names: given.secrets, schema, files, depth: limits.depth }, where),
  }
}

/** Checks what the files of an action need: a package that sniffs them, a storage for those that are resumed. */
function checkFiles(files: FileRules, onFile: unknown, where: string): void {
  for (const { field, sniff, resumable } of files.values()) {
    if (sniff) requireSniffing(`${where} "files": ${field}`)
    if (!resumable || onFile === undefined) continue
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `${where} "files": ${field} is resumable, which needs a storage, and "onFile" takes the files in its place; remove one of the two.`,
    )
  }
}

function stateOwner(
  action: unknown,
  { find }: Pick<ActionDefaults, 'find'>,
  where: string,
): Definition | undefined {
  if (action === undefined) return undefined
  const definition = find(action)
  if (definition) return definition
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `${where}: "stateOf" must be an action that this registry has defined before.`,
  )
}

/**
 * Seconds. The claim of a one-time submission is kept for as long as its form is valid, so a flood of submissions with the
 * 24 hours of other forms would fill a store 24 times as far. Most forms are sent within an hour, and a later one comes back
 * with its input and a fresh seal.
 */
export const oneTimeTtl = 3600

function timeToLive(
  { ttl, once }: Pick<ActionOptions<undefined, unknown, never[], unknown>, 'ttl' | 'once'>,
  defaults: ActionDefaults,
  where: string,
): number {
  if (ttl !== undefined) return parseSealLife(ttl, `${where} "ttl"`)
  return once ? Math.min(defaults.ttl, oneTimeTtl) : defaults.ttl
}

/** Whole seconds, since a seal knows its time to the second. */
function minFillTime(value: number | string | undefined, where: string): number {
  return value === undefined || value === 0 ? 0 : Math.ceil(parseDuration(value, `${where} "minFillTime"`))
}

function isForgotten(history: unknown, where: string): boolean {
  if (history === undefined || history === 'keep' || history === 'forget') return history === 'forget'
  throw new SealformError('ERR_OPTION_INVALID', `${where}: "history" must be 'keep' or 'forget'.`)
}

/** Refuses a schema with parts that no field can reach: they would be empty, whatever the visitor sends. */
function checkDepth(schema: unknown, depth: number, where: string): void {
  const needed = neededDepth(schema)
  if (needed.depth <= depth) return
  const deep = `${where}: "input" has ${needed.name}, a name with ${steps(needed.depth)} after the first key`
  throw new SealformError(
    'ERR_OPTION_INVALID',
    needed.depth > deepest
      ? `${deep}. The largest "limits.depth" is ${deepest}; make the schema flatter.`
      : `${deep}, but "limits.depth" is ${depth}, so what is sent there would not reach the schema. Set limits: { depth: ${needed.depth} }.`,
  )
}

function steps(count: number): string {
  return count === 1 ? '1 step' : `${count} steps`
}

function inputVersion(version: unknown, where: string): string | undefined {
  if (version === undefined) return undefined
  const text = typeof version === 'number' && Number.isFinite(version) ? String(version) : version
  if (typeof text === 'string' && text !== '' && Buffer.byteLength(text) <= 64) return text
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `${where}: "version" must be a number or a string of 1 to 64 bytes.`,
  )
}
