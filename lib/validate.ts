import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Issue } from './outcome.js'
import type { StoredFile } from './stored-file.js'

export type Validation =
  | { readonly valid: true; readonly input: unknown }
  | { readonly valid: false; readonly issues: readonly Issue[] }

/**
 * Validates the fields of a form with a schema: a name that occurs once is a string, one that occurs
 * several times an array of strings. Files, where the action takes some, are among them.
 *
 * @see https://standardschema.dev
 */
export async function validate(
  schema: StandardSchemaV1,
  entries: readonly (readonly [string, string | StoredFile])[],
): Promise<Validation> {
  const checked = schema['~standard'].validate(fieldsOf(entries))
  const result = checked instanceof Promise ? await checked : checked
  if (!result.issues) return { valid: true, input: result.value }
  return {
    valid: false,
    issues: result.issues.map(({ message, path }) => ({ name: fieldName(path), message })),
  }
}

type Value = string | StoredFile

function fieldsOf(entries: readonly (readonly [string, Value])[]): Record<string, Value | Value[]> {
  const fields: Record<string, Value | Value[]> = Object.create(null)
  for (const [name, value] of entries) {
    const present = fields[name]
    if (present === undefined) fields[name] = value
    else if (Array.isArray(present)) present.push(value)
    else fields[name] = [present, value]
  }
  return fields
}

/** The field that an issue belongs to: the outermost key, since the fields themselves are flat. */
function fieldName(path: StandardSchemaV1.Issue['path']): string {
  const first = path?.[0]
  if (first === undefined) return ''
  return String(typeof first === 'object' ? first.key : first)
}
