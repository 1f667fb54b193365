import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { FieldNames } from '../action/field-names.js'
import { type Labels, resolveLabels } from '../action/labels.js'
import { resolveSecrets } from '../action/secrets.js'
import { checkOptions } from '../base/check-options.js'
import type { Entry } from '../base/entry.js'
import { SealformError } from '../base/errors.js'
import { plainName } from '../base/field-path.js'
import { parseSize } from '../base/units.js'
import { fieldNames } from '../base/wire-names.js'
import { checkCount, checkDepth } from '../body/limits.js'
import type { Plan } from '../input/coerce.js'
import { Constraints } from '../input/constraints.js'
import { alternatives } from '../input/json-schema.js'
import { planCoercion } from '../input/plan-coercion.js'
import { inputJsonSchema } from '../input/to-json-schema.js'
import { validate } from '../input/validate.js'

/** Options of `defineSearch()`. */
export interface SearchOptions<Schema extends StandardSchemaV1, Depth extends number = number> {
  /**
   * A schema of any Standard Schema library. Its properties are the parameters that the search reads; its output is
   * `search.query`.
   */
  input: Schema
  /** Limits on the query string. @default those of `SearchLimitOptions` */
  limits?: SearchLimitOptions<Depth>
  /** What the parameters are called for people, by name, for `search.field()`. @default none */
  labels?: Readonly<Record<string, string>>
}

/** Limits on the query string of a search. Exactly the value of a limit is still allowed. */
export interface SearchLimitOptions<Depth extends number = number> {
  /** Bytes of the whole query string, such as `'8KiB'`. @default '8KiB' */
  readonly query?: number | string | undefined
  /** The number of parameters of the search, with those that it keeps. Others do not count. @default 200 */
  readonly fields?: number | undefined
  /**
   * How many steps a name may have after the first one: `price.min` has 1. At most 8. With 0, names stay flat. @default 0
   */
  readonly depth?: Depth | undefined
}

declare const shows: unique symbol

/**
 * A search that `ctx.forms.search()` reads from the query string.
 *
 * @typeParam Input the type of `search.query`
 * @typeParam Name the names of its parameters
 */
export interface Search<Input = unknown, Name extends string = string> {
  /** The name from `defineSearch()`: the id of its form. */
  readonly name: string
  readonly [shows]?: { readonly query: Input; readonly name: Name } | undefined
}

/**
 * Defines what a page reads from its query string, for `ctx.forms.search()`. Call it once, outside of the page: it reads the
 * schema.
 *
 * @param name becomes the id of the form: `[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}`
 * @throws SealformError `ERR_OPTION_INVALID` on a malformed name, misspelt options and bad values
 * @example
 * ```ts
 * import { z } from 'zod'
 *
 * const catalog = defineSearch('catalog', {
 *   input: z.object({ q: z.string().max(80).optional(), page: z.int().min(1).default(1) }),
 * })
 * const search = await ctx.forms.search(catalog)
 * ```
 */
export function defineSearch<Schema extends StandardSchemaV1, Depth extends number = 0>(
  name: string,
  options: SearchOptions<Schema, Depth>,
): Search<StandardSchemaV1.InferOutput<Schema>, FieldNames<StandardSchemaV1.InferInput<Schema>, Depth>> {
  return new DefinedSearch(name, options)
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$/
const defaults = { query: 8 * 1024, fields: 200, depth: 0 }
const noFiles = new Map<string, never>()

/** A search with its resolved options. */
export class DefinedSearch implements Search<never, never> {
  readonly name: string
  readonly #schema: StandardSchemaV1
  readonly coercion: Plan | undefined
  readonly constraints: Constraints | undefined
  readonly limits: { readonly query: number; readonly fields: number; readonly depth: number }
  readonly secrets: ReadonlySet<string>
  readonly labels: Labels
  /** A query string brings no files. */
  readonly files: ReadonlyMap<string, never> = noFiles
  /** The first keys of the names that the schema lists; `undefined` when it takes any name. */
  readonly keys: ReadonlySet<string> | undefined

  constructor(name: string, options: SearchOptions<StandardSchemaV1>) {
    if (typeof name !== 'string' || !namePattern.test(name)) {
      throw invalid(
        `defineSearch(): ${JSON.stringify(name)} is not a valid name: start with a letter or digit, then use letters, digits, "_", ".", ":" or "-", at most 128 characters.`,
      )
    }
    const where = `defineSearch('${name}')`
    checkOptions(where, options, ['input', 'limits', 'labels'])
    if (typeof options?.input?.['~standard']?.validate !== 'function') {
      throw invalid(
        `${where}: "input" must be a schema of a Standard Schema library, such as zod 3.24+, valibot 1+ or arktype 2+.`,
      )
    }
    this.name = name
    this.#schema = options.input
    this.limits = resolveLimits(options.limits, `${where} "limits"`)
    const { depth } = this.limits
    const schema = inputJsonSchema(options.input)
    this.coercion = schema === undefined ? undefined : planCoercion(schema, depth, 'filled')
    this.constraints = schema === undefined ? undefined : new Constraints(schema, depth)
    this.secrets = resolveSecrets({ names: undefined, schema, files: noFiles, depth }, where)
    this.labels = resolveLabels(options.labels, where)
    this.keys = schema === undefined ? undefined : listedKeys(schema)
    for (const key of this.keys ?? []) {
      if (!key.startsWith(fieldNames.seal)) continue
      throw invalid(`${where}: the parameter "${key}" starts with "${fieldNames.seal}", which is reserved.`)
    }
  }

  /**
   * Validates parameters.
   *
   * @param fresh the query has none of this search, so that boxes keep their defaults
   */
  validate(entries: readonly Entry[], fresh = false): ReturnType<typeof validate> {
    const { coercion, limits } = this
    return validate({ schema: this.#schema, depth: limits.depth, coercion, fresh }, entries)
  }

  /** One spelling for all names of the same value. */
  plain(name: string): string {
    return this.limits.depth > 0 ? plainName(name) : name
  }
}

/**
 * Gives the argument of `ctx.forms.search()` as what it is.
 *
 * @throws SealformError `ERR_FORM_INVALID`
 */
export function asSearch(search: unknown): DefinedSearch {
  if (search instanceof DefinedSearch) return search
  throw new SealformError('ERR_FORM_INVALID', 'forms.search() needs a search that defineSearch() returned.')
}

function resolveLimits(options: SearchLimitOptions = {}, where: string): DefinedSearch['limits'] {
  checkOptions(where, options, Object.keys(defaults))
  const { query = defaults.query, fields = defaults.fields, depth = defaults.depth } = options
  return {
    query: parseSize(query, `${where}: query`),
    fields: checkCount(fields, `${where}: fields`),
    depth: checkDepth(depth, `${where}: depth`),
  }
}

/** Lists the properties of a schema. */
function listedKeys(schema: unknown): ReadonlySet<string> | undefined {
  const keys = new Set<string>()
  for (const { type, properties, otherProperties } of alternatives(schema, schema)) {
    // JSON Schema of zod and arktype says nothing of other properties where these are dropped.
    const takesOthers = otherProperties === true || isSchema(otherProperties)
    if (type !== 'object' || takesOthers) return undefined
    for (const key of properties.keys()) keys.add(key)
  }
  return keys
}

function isSchema(part: unknown): boolean {
  return typeof part === 'object' && part !== null && !('not' in part)
}

function invalid(message: string): SealformError {
  return new SealformError('ERR_OPTION_INVALID', message)
}
