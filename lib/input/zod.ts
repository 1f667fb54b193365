import { isMarkedSecret, marks } from './json-schema.js'
import { markDate, markPatterns, type Writable } from './json-schema-marks.js'

interface ZodDefinition {
  readonly type?: string
  /** `z.coerce`: takes anything. */
  readonly coerce?: boolean
  readonly check?: string
  readonly format?: string
  readonly pattern?: RegExp
  readonly value?: unknown
  readonly inclusive?: boolean
  /** Of an `overwrite`, such as `trim()`. */
  readonly tx?: (text: string) => unknown
  readonly in?: { readonly _zod: { readonly def: ZodDefinition } }
  readonly checks?: readonly { readonly _zod: { readonly def: ZodDefinition } }[]
}

/**
 * Marks what JSON Schema cannot say about a zod schema, and removes what does not hold for schemas that accept
 * anything.
 *
 * @see https://zod.dev/json-schema
 */
export const zodOptions = {
  unrepresentable: 'any',
  override(context: {
    readonly zodSchema: { readonly _zod: { readonly def: ZodDefinition } }
    readonly jsonSchema: Writable
  }): void {
    const { jsonSchema: json } = context
    const { def } = context.zodSchema._zod
    // A secret stays one, whatever the lines below remove.
    if (isMarkedSecret(json)) json.writeOnly = true
    // z.preprocess() and z.coerce accept anything.
    if (def.coerce || (def.type === 'pipe' && def.in?._zod.def.type === 'transform')) {
      for (const keyword of Object.keys(json)) if (keyword !== 'writeOnly') delete json[keyword]
      return
    }
    const checks = (def.checks ?? []).map((check) => check._zod.def)
    if (def.type === 'date' || def.type === 'bigint') json[marks.type] = def.type
    if (def.type === 'date') for (const check of checks) markDate(json, check)
    if (def.type !== 'string') return
    // The format `time` of JSON Schema has a zone. The time of a form, and that of zod, has none.
    if (def.format === 'time') json.format = 'time'
    const patterns = [def, ...checks].map(({ pattern }) => pattern).filter((pattern) => pattern !== undefined)
    if (patterns.length > 0) markPatterns(json, patterns)
    if (checks.some(({ tx }) => tx && !keepsEmpty(tx))) {
      delete json.minLength
      delete json.format
      markPatterns(json, [])
    }
    const change = checks.findIndex(({ check }) => check === 'overwrite')
    if (change !== -1 && checks.slice(change).some(({ check }) => check !== 'overwrite'))
      json[marks.rewritten] = true
  },
} as const

/** Whether a change keeps an empty text empty. Otherwise no constraint holds for the text that was sent. */
function keepsEmpty(change: (text: string) => unknown): boolean {
  try {
    return change('') === ''
  } catch {
    return false
  }
}
