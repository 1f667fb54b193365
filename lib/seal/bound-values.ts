import { SealformError } from '../base/errors.js'
import { lazyPackage } from '../base/lazy-package.js'
import type { ActionReferences } from './action-references.js'
import { checkBoundValues, type ValueTerms } from './check-bound-values.js'

const devalue = lazyPackage<typeof import('devalue')>('devalue')

/**
 * Writes the values that a page binds to an action, as `encodeValues` does. An invalid Date is refused: it comes from a
 * mistake in the page, and its action would fail only when the form is sent.
 *
 * @throws SealformError `ERR_VALUE_UNSUPPORTED`, `ERR_SEAL_TOO_LARGE`
 */
export function encodeBoundValues(
  values: readonly unknown[],
  where: string,
  references: ActionReferences,
): string {
  return encode(values, { where, references, validDates: true })
}

/**
 * Writes values as text. `decodeValues` returns equal values, with the same types and shared references.
 *
 * A list of strings, booleans, `null` and ordinary numbers is written as plain JSON. For all other values devalue
 * writes the text. It then starts with `[[`, which no list of such primitives does.
 *
 * @param where the name of the action, for error messages, such as `todos.add`
 * @returns `''` when there are no values
 * @throws SealformError `ERR_VALUE_UNSUPPORTED` when a value would come back changed, `ERR_SEAL_TOO_LARGE` when it
 *   cannot fit into any seal
 */
export function encodeValues(
  values: readonly unknown[],
  where: string,
  references: ActionReferences,
): string {
  return encode(values, { where, references, validDates: false })
}

function encode(values: readonly unknown[], terms: ValueTerms): string {
  if (values.length === 0) return ''
  if (values.every(isJsonPrimitive)) return JSON.stringify(values)
  checkBoundValues(values, terms)
  const operations = { isThenable: () => false }
  return devalue().stringify(values, reducers(terms.references), { operations })
}

/**
 * Reads the text that `encodeValues` wrote.
 *
 * @throws SealformError `ERR_ACTION_UNKNOWN` from `references` when a value is an action that is no longer registered.
 * Text that `encodeValues` did not write leads to errors of any kind
 */
export function decodeValues(text: string, references: ActionReferences): unknown[] {
  if (text === '') return []
  const parsed: unknown = JSON.parse(text)
  if (!Array.isArray(parsed)) throw corruptText()
  if (!Array.isArray(parsed[0])) return parsed
  const values: unknown = devalue().unflatten(parsed, revivers(references))
  if (!Array.isArray(values)) throw corruptText()
  return values
}

function isJsonPrimitive(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true
  return typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0)
}

/**
 * Returns the writers of types that devalue does not know. Each returns a list, because devalue takes a falsy result
 * such as an empty string as "not my type".
 */
function reducers(references: ActionReferences): Record<string, (value: unknown) => unknown> {
  return {
    Symbol: (value) => typeof value === 'symbol' && [Symbol.keyFor(value)],
    Action(value) {
      const action = typeof value === 'function' && references.describe(value)
      return action && [action.name, ...action.values]
    },
    Buffer: (value) => Buffer.isBuffer(value) && [value.toString('base64')],
    FormData: (value) => value instanceof FormData && [...value].flat(),
  }
}

function revivers(references: ActionReferences): Record<string, (list: unknown) => unknown> {
  return {
    Symbol: (list) => Symbol.for(asTexts(list)[0] ?? ''),
    Action(list) {
      if (!Array.isArray(list) || typeof list[0] !== 'string') throw corruptText()
      return references.restore(list[0], list.slice(1))
    },
    Buffer: (list) => Buffer.from(asTexts(list)[0] ?? '', 'base64'),
    FormData(list) {
      const formData = new FormData()
      const entries = asTexts(list)
      for (let i = 0; i + 1 < entries.length; i += 2) formData.append(entries[i]!, entries[i + 1]!)
      return formData
    },
  }
}

function asTexts(list: unknown): string[] {
  if (Array.isArray(list) && list.every((item) => typeof item === 'string')) return list
  throw corruptText()
}

function corruptText(): Error {
  return new SealformError('ERR_VALUE_UNSUPPORTED', 'This text does not hold bound values.')
}
