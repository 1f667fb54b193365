import { SealformError } from '../base/errors.js'
import { failed } from '../outcome/failure.js'
import { isOutcome, type Outcome, Refused } from '../outcome/outcome.js'
import type { ActionReferences } from '../seal/action-references.js'
import { encodeValues } from '../seal/bound-values.js'
import type { Definition } from './action.js'
import type { Migration } from './migration.js'

/** An action that takes a submission of another version, with what has become of the bound values. */
export interface Migrated {
  readonly values: readonly unknown[]
  /** The values as a seal would hold them, so that the page finds the form again. */
  readonly boundText: string
  readonly changeFields: Migration['formData']
}

/** A page of another version, as its seal tells of it. */
export interface OtherVersion {
  readonly version: string | undefined
  readonly values: readonly unknown[]
}

/** Asks an action whether it takes what was rendered for another version; when it does not, that is a refusal. */
export async function migrate(
  { name, version, migrate }: Definition,
  { version: from, values }: OtherVersion,
  references: ActionReferences,
): Promise<Migrated | Outcome> {
  try {
    const result: unknown = migrate && (await Reflect.apply(migrate, undefined, [from, ...values]))
    if (result === undefined) {
      const detail = `migrate() of "${name}", which has version ${version ?? 'none'} here, took no page of version ${from ?? 'none'}.`
      return new Refused('other-version', 409, detail)
    }
    if (isOutcome(result)) return result
    if (!isMigration(result)) throw misused(name, 'migrate() returned what is no migration')
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

/** The fields as this version expects them. */
export async function changeFields(
  name: string,
  change: NonNullable<Migration['formData']>,
  fields: Texts,
): Promise<Texts | Outcome> {
  const formData = new FormData()
  for (const [field, value] of fields) formData.append(field, value)
  try {
    const changed: unknown = (await change(formData)) ?? formData
    if (!(changed instanceof FormData)) throw misused(name, 'formData() of a migration returned no FormData')
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
    `"${name}": ${what}. Return { bound, formData } or a part of it, where bound is a list and formData a function that changes the FormData it is given; return nothing to refuse.`,
  )
}
