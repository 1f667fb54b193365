import type { StandardSchemaV1 } from '@standard-schema/spec'
import { arktypeOptions } from './arktype.js'
import { isKeywords } from './json-schema.js'
import { valibotOptions } from './valibot.js'
import { zodOptions } from './zod.js'

const target = 'draft-2020-12'

/**
 * Gives the JSON Schema of what a schema accepts, or `undefined` when its library cannot. Marks with `marks` what JSON
 * Schema cannot say: dates, bigints, the flags of patterns.
 *
 * @see https://standardschema.dev/json-schema
 */
export function inputJsonSchema(schema: StandardSchemaV1): unknown {
  const standard = schema['~standard']
  const { vendor } = standard
  try {
    // The standard method of arktype leaves out which properties have a default.
    if (vendor === 'arktype' || !hasConverter(standard)) return ownJsonSchema(schema, vendor)
    const libraryOptions = vendor === 'zod' ? zodOptions : vendor === 'valibot' ? valibotOptions : undefined
    return standard.jsonSchema.input({ target, ...(libraryOptions && { libraryOptions }) })
  } catch {
    // The library cannot describe this schema in JSON Schema.
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

/** Asks by the method of arktype, or of zod before 4.2. */
function ownJsonSchema(schema: object, vendor: string): unknown {
  if (vendor === 'zod' && 'toJSONSchema' in schema && typeof schema.toJSONSchema === 'function') {
    return schema.toJSONSchema({ target, io: 'input', ...zodOptions })
  }
  if (vendor === 'arktype' && 'toJsonSchema' in schema && typeof schema.toJsonSchema === 'function') {
    return schema.toJsonSchema(arktypeOptions)
  }
  return undefined
}
