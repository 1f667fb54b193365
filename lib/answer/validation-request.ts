import type { IncomingHttpHeaders } from 'node:http'
import { plainName } from '../base/field-path.js'
import { fieldOf, validateHeaders } from '../base/wire-names.js'
import { Invalid, isOutcome, type Outcome } from '../outcome/outcome.js'

/** A submission that asks what is wrong with it, and for nothing else. */
export interface AskedValidation {
  /** The fields that are asked about, as `plainName()` spells them; all when empty. */
  readonly names: ReadonlySet<string>
}

/**
 * Tells whether a submission asks for validation only: by a header of our own client or of Unpoly, whose value names the
 * fields that have changed, or by a button.
 *
 * @param button the value of the field that such a button sends
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

/** Says what is wrong with the fields that are asked about; that nothing is, is an answer with status 200. */
export function answerValidation(
  checked: { readonly input: unknown } | Outcome,
  { names }: AskedValidation,
): Outcome {
  if (!isOutcome(checked)) return new Invalid([], 200)
  if (checked.kind !== 'invalid' || names.size === 0) return checked
  const issues = checked.issues.filter(({ name }) => names.has(plainName(name)))
  return new Invalid(issues, issues.length === 0 ? 200 : checked.status)
}

/** As Node writes them. */
const headerNames = validateHeaders.map((name) => name.toLowerCase())

const noNames: ReadonlySet<string> = new Set()

/**
 * Names are separated by spaces. Unpoly takes them from the controls, and says `:unknown` when too many have changed to be
 * named.
 */
function namesIn(value: string): ReadonlySet<string> {
  const names = value.split(' ').filter((name) => name !== '')
  return names.includes(':unknown') ? noNames : new Set(names.map((name) => plainName(fieldOf(name))))
}
