import { marks } from './json-schema.js'
import { markDate, type Writable } from './json-schema-marks.js'

/**
 * Options for the method `toJsonSchema` of arktype: keep what JSON Schema can say, and mark dates and bigints.
 *
 * A type is described before its transformations. Its JSON Schema does not tell the flags of patterns.
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
  }): object | undefined {
    const { code, base, domain, after, before } = context
    // A default that is not JSON, such as a date.
    if (code === 'defaultValue') return undefined
    if (code === 'domain' && domain === 'bigint') return { ...base, [marks.type]: 'bigint' }
    if (code !== 'date') return base
    const json: Writable = { ...base, [marks.type]: 'date' }
    markDate(json, { check: 'greater_than', value: after })
    markDate(json, { check: 'less_than', value: before })
    return json
  },
} as const
