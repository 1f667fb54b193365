import type { StandardSchemaV1 } from '@standard-schema/spec'
import { arktypeOptions, withArktypeDetails } from './arktype.js'
import { isKeywords } from './json-schema.js'
import { valibotOptions } from './valibot.js'
import { zodOptions } from './zod.js'

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
    return standard.vendor === 'arktype' ? withArktypeDetails(json, schema) : json
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

const optionsFor: Readonly<Record<string, object | undefined>> = Object.assign(Object.create(null), {
  zod: zodOptions,
  valibot: valibotOptions,
  arktype: arktypeOptions,
})
