import { SealformError } from '../base/errors.js'
import { lazyPackage } from '../base/lazy-package.js'
import type { ActionReferences } from './action-references.js'
import { checkBoundValues } from './check-bound-values.js'

const devalue = lazyPackage<typeof import('devalue')>('devalue')

/**
 * Writes bound values as text from which `decodeValues` makes equal ones, types and shared references included.
 *
 * Strings, booleans, `null` and ordinary numbers are plain JSON. Anything else is what devalue makes of it, which
 * starts with `[[` as no list of such primitives does.
 *
 * @param where how an error calls the place, for example `todos.add`
 * @returns `''` for no values
 * @throws SealformError `ERR_VALUE_UNSUPPORTED` when a value would come back changed, `ERR_SEAL_TOO_LARGE` when it
 *   cannot fit into any seal
 */
export function encodeValues(
  values: readonly unknown[],
  where: string,
  references: ActionReferences,
): string {
  if (values.length === 0) return ''
  if (values.every(isJsonPrimitive)) return JSON.stringify(values)
  checkBoundValues(values, where, references)
  return devalue().stringify(values, reducers(references), { operations: { isThenable: () => false } })
}

/**
 * Reads what `encodeValues` wrote.
 *
 * @throws SealformError `ERR_ACTION_UNKNOWN` from `references` when a value is an action that is gone, and
 *   errors of other kinds on text that `encodeValues` never wrote
 */
export function decodeValues(text: string, references: ActionReferences): unknown[] {
  if (text === '') return []
  const parsed: unknown = JSON.parse(text)
  if (!Array.isArray(parsed)) throw corrupt()
  if (!Array.isArray(parsed[0])) return parsed
  const values: unknown = devalue().unflatten(parsed, revivers(references))
  if (!Array.isArray(values)) throw corrupt()
  return values
}

function isJsonPrimitive(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true
  return typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0)
}

/** For the types that devalue leaves to others. Each gives a list, because an empty string would count as "not mine". */
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
    Symbol: (list) => Symbol.for(texts(list)[0] ?? ''),
    Action(list) {
      if (!Array.isArray(list) || typeof list[0] !== 'string') throw corrupt()
      return references.restore(list[0], list.slice(1))
    },
    Buffer: (list) => Buffer.from(texts(list)[0] ?? '', 'base64'),
    FormData(list) {
      const formData = new FormData()
      const entries = texts(list)
      for (let i = 0; i + 1 < entries.length; i += 2) formData.append(entries[i]!, entries[i + 1]!)
      return formData
    },
  }
}

function texts(list: unknown): string[] {
  if (Array.isArray(list) && list.every((item) => typeof item === 'string')) return list
  throw corrupt()
}

function corrupt(): Error {
  return new SealformError('ERR_VALUE_UNSUPPORTED', 'This text does not hold bound values.')
}
