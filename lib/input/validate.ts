import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Entry } from '../base/entry.js'
import { type Issue, Refused } from '../outcome/outcome.js'
import { coerce, type Plan } from './coerce.js'
import { type Fields, nestFields } from './nested-fields.js'

type Validation =
  | { readonly valid: true; readonly input: unknown; readonly nameOf: NameOf }
  | { readonly valid: false; readonly issues: readonly Issue[] }

/** The name that the form has for a part of the input. */
export type NameOf = (path: readonly PropertyKey[]) => string

/** What an action expects of its fields. */
export interface Expectation {
  readonly schema: StandardSchemaV1
  /** How deep names may lead; 0 takes them as they are. */
  readonly depth: number
  /** How texts are read; without it they stay texts. */
  readonly coercion: Plan | undefined
  /** The form was not sent: what it would send is read from the defaults of the schema. @default false */
  readonly fresh?: boolean
}

/**
 * Validates the fields of a form with a schema. A name that occurs once gives a string, one that occurs several times
 * an array of strings, unless the schema declares another type that can be read from them. Files are among the fields
 * where the action takes some.
 *
 * @see https://standardschema.dev
 */
export async function validate(
  { schema, depth, coercion, fresh }: Expectation,
  entries: readonly Entry[],
): Promise<Validation | Refused> {
  const fields = depth > 0 ? nestFields(entries, depth) : flatFields(entries)
  if (fields instanceof Refused) return fields
  const { values, nameOf } = fields
  if (coercion) coerce(coercion, values, fresh)
  const checked = schema['~standard'].validate(values)
  const result = checked instanceof Promise ? await checked : checked
  if (!result.issues) return { valid: true, input: result.value, nameOf }
  return {
    valid: false,
    issues: result.issues.map(({ message, path = [] }) => ({ name: nameOf(path.map(keyOf)), message })),
  }
}

function keyOf(step: PropertyKey | StandardSchemaV1.PathSegment): PropertyKey {
  return typeof step === 'object' ? step.key : step
}

function flatFields<Value>(entries: readonly (readonly [string, Value])[]): Fields<Value> {
  const values: Record<string, Value | Value[]> = Object.create(null)
  for (const [name, value] of entries) {
    const present = values[name]
    if (present === undefined) values[name] = value
    else if (Array.isArray(present)) present.push(value)
    else values[name] = [present, value]
  }
  return { values, nameOf: flatName }
}

/** Names the field that a path belongs to: its first step, since the fields themselves are flat. */
function flatName([first = '']: readonly PropertyKey[]): string {
  return String(first)
}
