import type { StandardSchemaV1 } from '@standard-schema/spec'
import { isKeywords, marks, type Pattern } from './json-schema.js'

type Writable = Record<string, unknown>

const target = 'draft-2020-12'

/**
 * The JSON Schema of what a schema takes, or `undefined` when its library cannot say. What JSON Schema has no words for
 * is marked with `marks`: dates, bigints, the flags of patterns.
 *
 * @see https://standardschema.dev/json-schema
 */
export function inputJsonSchema(schema: StandardSchemaV1): unknown {
  const standard = schema['~standard']
  const libraryOptions = optionsFor[standard.vendor]
  try {
    const json = hasConverter(standard)
      ? standard.jsonSchema.input({ target, ...(libraryOptions && { libraryOptions }) })
      : ownJsonSchema(schema, standard.vendor)
    return standard.vendor === 'arktype' ? withArkDetails(json, schema) : json
  } catch {
    // A library says so when a schema cannot be told in JSON Schema.
    return undefined
  }
}

interface Converter {
  input(options: { readonly target: string; readonly libraryOptions?: object }): unknown
}

function hasConverter(
  standard: StandardSchemaV1['~standard'],
): standard is StandardSchemaV1['~standard'] & { readonly jsonSchema: Converter } {
  return (
    'jsonSchema' in standard &&
    isKeywords(standard.jsonSchema) &&
    typeof standard.jsonSchema.input === 'function'
  )
}

/** What zod and arktype have as a method of their own, in versions before the common one. */
function ownJsonSchema(schema: object, vendor: string): unknown {
  if (vendor === 'zod' && 'toJSONSchema' in schema && typeof schema.toJSONSchema === 'function') {
    return schema.toJSONSchema({ target, io: 'input', ...zodOptions })
  }
  const input = vendor === 'arktype' && 'in' in schema ? schema.in : undefined
  if (typeof input === 'function' && 'toJsonSchema' in input && typeof input.toJsonSchema === 'function') {
    return input.toJsonSchema(arktypeOptions)
  }
  return undefined
}

interface ZodDefinition {
  readonly type?: string
  /** `z.coerce`: takes anything. */
  readonly coerce?: boolean
  readonly check?: string
  readonly format?: string
  readonly pattern?: RegExp
  readonly value?: unknown
  readonly inclusive?: boolean
  readonly in?: { readonly _zod: { readonly def: ZodDefinition } }
  readonly checks?: readonly { readonly _zod: { readonly def: ZodDefinition } }[]
}

const zodOptions = {
  unrepresentable: 'any',
  override(context: {
    readonly zodSchema: { readonly _zod: { readonly def: ZodDefinition } }
    readonly jsonSchema: Writable
  }): void {
    const { jsonSchema: json } = context
    const { def } = context.zodSchema._zod
    // What z.preprocess() and z.coerce take is whatever they make something of.
    if (def.coerce || (def.type === 'pipe' && def.in?._zod.def.type === 'transform')) {
      for (const keyword of Object.keys(json)) delete json[keyword]
      return
    }
    const checks = (def.checks ?? []).map((check) => check._zod.def)
    if (def.type === 'date' || def.type === 'bigint') json[marks.type] = def.type
    if (def.type === 'date')
      for (const { check, value, inclusive } of checks) markDate(json, check, value, inclusive)
    if (def.type !== 'string') return
    // JSON Schema's own `time` has a zone; that of a form, and zod's, has none.
    if (def.format === 'time') json.format = 'time'
    const patterns = [def, ...checks].map(({ pattern }) => pattern).filter((pattern) => pattern !== undefined)
    if (patterns.length > 0) markPatterns(json, patterns)
    const change = checks.findIndex(({ check }) => check === 'overwrite')
    if (change !== -1 && checks.slice(change).some(({ check }) => check !== 'overwrite'))
      json[marks.rewritten] = true
  },
} as const

interface ValibotAction {
  readonly kind: string
  readonly type: string
  readonly requirement?: unknown
}

/** A transformation has come, and nothing was asked of its result yet. */
const changed = 'sealform:changed'

const valibotOptions = {
  errorMode: 'ignore',
  overrideSchema(context: {
    readonly valibotSchema: { readonly type: string }
    readonly jsonSchema: Writable
  }): Writable | undefined {
    const { type } = context.valibotSchema
    return type === 'date' || type === 'bigint' ? { ...context.jsonSchema, [marks.type]: type } : undefined
  },
  overrideAction(context: {
    readonly valibotAction: ValibotAction
    readonly jsonSchema: Writable
  }): Writable | undefined {
    const { kind, type, requirement } = context.valibotAction
    const json = { ...context.jsonSchema }
    if (kind === 'transformation') return { ...json, [changed]: true }
    if (kind !== 'validation') return undefined
    if (json[changed] === true) json[marks.rewritten] = true
    if (requirement instanceof RegExp) markPatterns(json, [...markedPatterns(json), requirement])
    const [, side, exclusive] = /^(?:(min|max)|(gt|lt))_value$/.exec(type) ?? []
    if (side) markDate(json, side === 'min' ? 'greater_than' : 'less_than', requirement, true)
    else if (exclusive) markDate(json, exclusive === 'gt' ? 'greater_than' : 'less_than', requirement, false)
    return json
  },
} as const

const arktypeOptions = {
  fallback(context: {
    readonly code: string
    readonly base: object
    readonly domain?: string
    readonly after?: Date
    readonly before?: Date
  }): object {
    const { code, base, domain, after, before } = context
    if (code === 'domain' && domain === 'bigint') return { ...base, [marks.type]: 'bigint' }
    if (code !== 'date') return base
    const json: Writable = { ...base, [marks.type]: 'date' }
    markDate(json, 'greater_than', after, true)
    markDate(json, 'less_than', before, true)
    return json
  },
} as const

const optionsFor: Readonly<Record<string, object | undefined>> = Object.assign(Object.create(null), {
  zod: zodOptions,
  valibot: valibotOptions,
  arktype: arktypeOptions,
})

function markDate(json: Writable, check: string | undefined, value: unknown, inclusive = true): void {
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) return
  const step = inclusive ? 0 : 1
  if (check === 'greater_than') json[marks.earliest] = new Date(value.getTime() + step).toJSON()
  if (check === 'less_than') json[marks.latest] = new Date(value.getTime() - step).toJSON()
}

function markPatterns(json: Writable, patterns: readonly Pattern[]): void {
  delete json.pattern
  if (Array.isArray(json.allOf))
    json.allOf = json.allOf.filter((part) => !(isKeywords(part) && 'pattern' in part))
  json[marks.patterns] = patterns.map(({ source, flags }) => ({ source, flags }))
}

function markedPatterns(json: Writable): readonly Pattern[] {
  const marked = json[marks.patterns]
  return Array.isArray(marked) ? marked : []
}

/** What arktype's JSON Schema of an input leaves out, and its own description of a type has: defaults, flags of patterns. */
function withArkDetails(json: unknown, schema: object): unknown {
  const own: unknown = 'json' in schema ? schema.json : undefined
  const copy: unknown = structuredClone(json)
  const flagged = new Set<string>()
  collectFlagged(own, flagged)
  if (flagged.size > 0) dropPatterns(copy, flagged)
  addDefaults(copy, own)
  return copy
}

function collectFlagged(own: unknown, flagged: Set<string>): void {
  if (typeof own !== 'object' || own === null) return
  const { rule, flags } = 'rule' in own && 'flags' in own ? own : {}
  if (typeof rule === 'string' && typeof flags === 'string' && flags !== '') flagged.add(rule)
  for (const value of Object.values(own)) collectFlagged(value, flagged)
}

function dropPatterns(json: unknown, flagged: ReadonlySet<string>): void {
  if (typeof json !== 'object' || json === null) return
  if ('pattern' in json && typeof json.pattern === 'string' && flagged.has(json.pattern)) delete json.pattern
  for (const value of Object.values(json)) dropPatterns(value, flagged)
}

function addDefaults(json: unknown, own: unknown): void {
  if (!isWritable(json) || !isKeywords(own)) return
  const properties = isKeywords(json.properties) ? json.properties : {}
  for (const entry of [own.required, own.optional].flat()) {
    if (!isKeywords(entry) || typeof entry.key !== 'string' || !Object.hasOwn(properties, entry.key)) continue
    const property = properties[entry.key]
    if ('default' in entry && isWritable(property)) property.default = entry.default
    addDefaults(property, entry.value)
  }
  addDefaults(json.items, own.sequence)
}

function isWritable(node: unknown): node is Writable {
  return isKeywords(node)
}
