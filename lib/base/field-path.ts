/** A field's name as the way to a value. */
export interface FieldPath {
  /** Keys of objects, and indexes of arrays as numbers. The first is a key. */
  readonly keys: readonly (string | number)[]
  /** The name ends in `[]`: each field of it is one more element of the array. */
  readonly appends: boolean
}

/** Why a name cannot be read as a path. */
export interface NameFault {
  readonly fault: 'malformed' | 'reserved'
}

/** What these lead to is there on every object. No form needs them, and programs that copy objects must not meet them. */
const reserved = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Reads names such as `address.street`, `address[street]`, `items[0].qty`, `tags[]`:
 *
 * - the first step is a key, up to the first `.` or `[`
 * - `.key` and `[key]` are keys; digits in brackets are an index, digits after a dot a key
 * - `[]` comes last, and appends
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
      key = end === -1 ? undefined : inBrackets(name.slice(from, end))
      at = end + 1
    } else return { fault: 'malformed' }
  }
}

/** Where a key ends that is not in brackets. At a `]`, too, which is then found to be out of place. */
function endOfKey(name: string, from: number): number {
  for (let i = from; i < name.length; i++) {
    const character = name[i]
    if (character === '.' || character === '[' || character === ']') return i
  }
  return name.length
}

function inBrackets(content: string): string | number | undefined {
  if (content.includes('[')) return undefined
  if (!/^\d+$/.test(content)) return content
  const index = Number(content)
  return Number.isSafeInteger(index) ? index : undefined
}

/** The name that leads on from another along a path: `('items[7]', ['qty'])` is `items[7].qty`. */
export function joinName(start: string, path: readonly PropertyKey[]): string {
  let name = start
  for (const step of path) {
    if (typeof step === 'number') name += `[${step}]`
    else name += name === '' ? String(step) : `.${String(step)}`
  }
  return name
}

/** One spelling for all names that lead to the same value: `address[street]` is `address.street`, and `tags[]` is `tags`. */
export function plainName(name: string): string {
  if (!name.includes('[')) return name
  const path = parseFieldName(name)
  return 'fault' in path ? name : joinName('', path.keys)
}
