import { marks } from './json-schema.js'
import { markDate, markedPatterns, markPatterns, type Writable } from './json-schema-marks.js'

interface ValibotAction {
  readonly kind: string
  readonly type: string
  readonly requirement?: unknown
}

/** Set after a transformation, as long as no check follows it. */
const changed = 'sealform:changed'

/**
 * Marks what JSON Schema cannot say of a valibot schema.
 *
 * @see https://github.com/open-circle/valibot/tree/main/packages/to-json-schema
 */
export const valibotOptions = {
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
    const check = side === 'min' || exclusive === 'gt' ? 'greater_than' : 'less_than'
    if (side || exclusive) markDate(json, { check, value: requirement, inclusive: side !== undefined })
    return json
  },
} as const
