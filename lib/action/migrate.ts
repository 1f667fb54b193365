import { SealformError } from '../base/errors.js'
import { failed } from '../outcome/failure.js'
import { isOutcome, type Outcome, Refused } from '../outcome/outcome.js'
import type { ActionReferences } from '../seal/action-references.js'
import { encodeValues } from '../seal/bound-values.js'
import type { Definition } from './action.js'
import type { Migration } from './migration.js'

/** A migrated submission: the new bound values, and how to convert the fields. */
interface Migrated {
  readonly values: readonly unknown[]
  /** The bound values, encoded as in a seal. The page finds its form again by this text. */
  readonly boundText: string
  readonly changeFields: Migration['formData']
}

/** The version and bound values in the seal of a page of another version. */
interface OtherVersion {
  readonly version: string | undefined
  readonly values: readonly unknown[]
}

/**
 * Calls the action's `migrate` for a page of another version. Returns a refusal when it does not convert that version.
 */
export async function migrate(
  { name, version, migrate }: Definition,
  { version: from, values }: OtherVersion,
  references: ActionReferences,
): Promise<Migrated | Outcome> {
  try {
    const result: unknown = migrate && (await Reflect.apply(migrate, undefined, [from, ...values]))
    if (result === undefined) {
      const detail = `migrate() of "${name}", which has version ${version ?? 'none'} here, does not accept pages of version ${from ?? 'none'}.`
      return new Refused('other-version', 409, detail)
    }
    if (isOutcome(result)) return result
    if (!isMigration(result)) throw misused(name, 'migrate() returned a value that is not a migration')
    const bound = result.bound ?? values
    return {
      values: bound,
      boundText: encodeValues(bound, `${name} (migrated)`, references),
      changeFields: result.formData?.bind(result),
    }
  } catch (thrown) {
    return isOutcome(thrown) ? thrown : failed(thrown)
  }
}

type Texts = readonly (readonly [name: string, value: string])[]

/** Converts the fields to those that this version expects. */
export async function changeFields(
  name: string,
  change: NonNullable<Migration['formData']>,
  fields: Texts,
): Promise<Texts | Outcome> {
  const formData = new FormData()
  for (const [field, value] of fields) formData.append(field, value)
  try {
    const changed: unknown = (await change(formData)) ?? formData
    if (!(changed instanceof FormData))
      throw misused(name, 'formData() of a migration returned a value that is not a FormData')
    return [...changed].map(([field, value]) => {
      if (typeof value === 'string') return [field, value] as const
      throw misused(name, `formData() of a migration put a file into "${field}"`)
    })
  } catch (thrown) {
    return isOutcome(thrown) ? thrown : failed(thrown)
  }
}

function isMigration(value: unknown): value is Migration {
  if (typeof value !== 'object' || value === null) return false
  const { bound, formData }: { bound?: unknown; formData?: unknown } = value
  return (
    (bound === undefined || Array.isArray(bound)) &&
    (formData === undefined || typeof formData === 'function') &&
    Object.keys(value).every((key) => key === 'bound' || key === 'formData')
  )
}

function misused(name: string, what: string): SealformError {
  return new SealformError(
    'ERR_MIGRATE_RESULT',
    `"${name}": ${what}. Return { bound, formData } or one of the two: bound is an array, formData a function that changes the FormData that it receives. Return nothing to refuse.`,
  )
}
