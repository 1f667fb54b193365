import type { IncomingHttpHeaders } from 'node:http'
import { plainName } from '../base/field-path.js'
import { fieldOf, validateHeaders } from '../base/wire-names.js'
import { Invalid, isOutcome, type Outcome } from '../outcome/outcome.js'

/** A submission that asks for validation only; its action does not run. */
interface AskedValidation {
  /** The names of the fields to validate, in the form that `plainName()` returns. Empty means all fields. */
  readonly names: ReadonlySet<string>
}

/**
 * Tells whether a submission asks for validation only. Two ways exist: a header of Sealform's client or of Unpoly,
 * whose value names the changed fields, or a button.
 *
 * @param button the value that the validation button sends
 * @see https://unpoly.com/X-Up-Validate
 */
export function askedValidation(
  headers: IncomingHttpHeaders,
  button: string | undefined,
): AskedValidation | undefined {
  for (const name of headerNames) {
    const value = headers[name]
    if (typeof value === 'string') return { names: namesIn(value) }
  }
  return button === undefined ? undefined : { names: noNames }
}

/** Answers with the issues of the requested fields. No issues give status 200. */
export function answerValidation(
  checked: { readonly input: unknown } | Outcome,
  { names }: AskedValidation,
): Outcome {
  if (!isOutcome(checked)) return new Invalid([], 200)
  if (checked.kind !== 'invalid' || names.size === 0) return checked
  const issues = checked.issues.filter(({ name }) => names.has(plainName(name)))
  return new Invalid(issues, issues.length === 0 ? 200 : checked.status)
}

/** Lowercase, as in Node's `headers`. */
const headerNames = validateHeaders.map((name) => name.toLowerCase())

const noNames: ReadonlySet<string> = new Set()

/**
 * Parses names separated by spaces. Unpoly takes the names from the controls, and sends `:unknown` when too many fields
 * have changed to name them.
 */
function namesIn(value: string): ReadonlySet<string> {
  const names = value.split(' ').filter((name) => name !== '')
  return names.includes(':unknown') ? noNames : new Set(names.map((name) => plainName(fieldOf(name))))
}
