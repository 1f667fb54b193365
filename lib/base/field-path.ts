/** A field's name, read as the path to a value. */
export interface FieldPath {
  /** Object keys as strings, array indexes as numbers. The first is always a key. */
  readonly keys: readonly (string | number)[]
  /** Whether the name ends in `[]`: each field with this name appends one element to the array. */
  readonly appends: boolean
}

/** Why a name cannot be read as a path. */
interface NameFault {
  readonly fault: 'malformed' | 'reserved'
}

/**
 * Keys that exist on every object. They lead to prototype pollution in code that copies objects, and no form needs
 * them.
 */
const reserved = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Reads a field name such as `address.street`, `address[street]`, `items[0].qty` or `tags[]`:
 *
 * - the first step is a key, up to the first `.` or `[`
 * - `.key` and `[key]` are keys; digits in brackets are an index, digits after a dot are a key
 * - `[]` must come last, and appends
 *
 * @example parseFieldName('items[0].qty') // { keys: ['items', 0, 'qty'], appends: false }
 */
export function parseFieldName(name: string): FieldPath | NameFault {
  const keys: (string | number)[] = []
  let at = endOfKey(name, 0)
  let key: string | number | undefined = name.slice(0, at)
  for (;;) {
    if (key === undefined || key === '') return { fault: 'malformed' }
    if (typeof key === 'string' && reserved.has(key)) return { fault: 'reserved' }
    keys.push(key)
    if (at === name.length) return { keys, appends: false }
    const from = at + 1
    if (name[at] === '.') {
      at = endOfKey(name, from)
      key = name.slice(from, at)
    } else if (name[at] === '[') {
      const end = name.indexOf(']', from)
      if (end === from && from + 1 === name.length) return { keys, appends: true }
      key = end === -1 ? undefined : readBrackets(name.slice(from, end))
      at = end + 1
    } else return { fault: 'malformed' }
  }
}

/**
 * Finds the end of a key that is not in brackets. It stops at a `]` too, which the caller then reports as malformed.
 */
function endOfKey(name: string, from: number): number {
  for (let i = from; i < name.length; i++) {
    const character = name[i]
    if (character === '.' || character === '[' || character === ']') return i
  }
  return name.length
}

/** Reads what stands between brackets: an index, a key, or `undefined` when it is neither. */
function readBrackets(content: string): string | number | undefined {
  if (content.includes('[')) return undefined
  if (!/^\d+$/.test(content)) return content
  const index = Number(content)
  return Number.isSafeInteger(index) ? index : undefined
}

/** Extends a name by a path: `joinName('items[7]', ['qty'])` is `items[7].qty`. */
export function joinName(start: string, path: readonly PropertyKey[]): string {
  let name = start
  for (const step of path) {
    if (typeof step === 'number') name += `[${step}]`
    else name += name === '' ? String(step) : `.${String(step)}`
  }
  return name
}

/**
 * Returns one spelling for all names of the same value: `address.street` for `address[street]`, `tags` for `tags[]`.
 */
export function plainName(name: string): string {
  if (!name.includes('[')) return name
  const path = parseFieldName(name)
  return 'fault' in path ? name : joinName('', path.keys)
}
