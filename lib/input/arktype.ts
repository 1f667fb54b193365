import { isKeywords, marks } from './json-schema.js'
import { markDate, markPatterns, type Writable } from './json-schema-marks.js'

/**
 * Marks what JSON Schema cannot say of a type.
 *
 * @see https://arktype.io/docs/configuration#tojsonschema
 */
export const arktypeOptions = {
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

/** What arktype's JSON Schema of an input leaves out, and its own description of a type has: flags of patterns, defaults. */
export function withArktypeDetails(json: unknown, schema: object): unknown {
  const own: unknown = 'json' in schema ? schema.json : undefined
  const copy: unknown = structuredClone(json)
  const flags = new Map<string, Set<string>>()
  collectFlags(own, flags)
  if (flags.size > 0) addFlags(copy, flags)
  addDefaults(copy, own)
  return copy
}

/** The flags that each pattern of a type has, or has had at different places. */
function collectFlags(type: unknown, flags: Map<string, Set<string>>): void {
  if (typeof type !== 'object' || type === null) return
  if ('pattern' in type && Array.isArray(type.pattern)) {
    for (const entry of type.pattern) {
      const [rule, own] = isKeywords(entry) ? [entry.rule, entry.flags] : [entry, '']
      if (typeof rule !== 'string') continue
      flags.set(rule, (flags.get(rule) ?? new Set<string>()).add(typeof own === 'string' ? own : ''))
    }
  }
  for (const value of Object.values(type)) collectFlags(value, flags)
}

function addFlags(json: unknown, flags: ReadonlyMap<string, ReadonlySet<string>>): void {
  if (Array.isArray(json)) for (const part of json) addFlags(part, flags)
  if (!isWritable(json)) return
  const { pattern: source } = json
  const known = typeof source === 'string' ? flags.get(source) : undefined
  if (typeof source === 'string' && known) {
    // One text with and without a flag: which is meant here cannot be told.
    const [only = '', another] = known
    markPatterns(json, another === undefined ? [{ source, flags: only }] : [])
  }
  for (const value of Object.values(json)) addFlags(value, flags)
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
