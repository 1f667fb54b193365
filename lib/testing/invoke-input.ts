import { SealformError } from '../base/errors.js'
import type { FormEntry } from './entry-list.js'
import type { TestFile } from './fill.js'

type InvokeValue = string | number | boolean | TestFile | File | null | undefined

/**
 * The fields of a form: a `FormData`, or values by name. A list repeats a name; `true` is a ticked checkbox, and
 * `false`, `null` and `undefined` leave the name out, as a checkbox without a tick does.
 */
export type InvokeInput =
  | FormData
  | URLSearchParams
  | Readonly<Record<string, InvokeValue | readonly InvokeValue[]>>

/**
 * Lists the entries that a form with these fields would send.
 *
 * @throws SealformError `ERR_OPTION_INVALID` on a value that no form could send
 */
export function fieldsOf(input: InvokeInput = {}): FormEntry[] {
  if (input instanceof FormData || input instanceof URLSearchParams) {
    return [...input].map(([name, value]): FormEntry => [name, value as string | File])
  }
  if (input === null || typeof input !== 'object') {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `invoke() takes a FormData or an object of fields, not ${String(input)}.`,
    )
  }
  return Object.entries(input).flatMap(([name, value]) =>
    [value].flat().flatMap((each): FormEntry[] => {
      const entry = entryOf(name, each)
      return entry === undefined ? [] : [[name, entry]]
    }),
  )
}

function entryOf(name: string, value: InvokeValue): string | File | undefined {
  if (value === undefined || value === null || value === false) return undefined
  if (value === true) return 'on'
  if (typeof value === 'string' || value instanceof File) return value
  if (typeof value === 'number') return String(value)
  if (typeof value === 'object' && typeof value.name === 'string' && 'content' in value) {
    return new File([value.content], value.name, { type: value.type ?? '' })
  }
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `invoke(): the field "${name}" holds what no form could send. Give a text, a number, true or false, a File, or a list of these.`,
  )
}
