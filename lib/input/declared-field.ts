import { parseFieldName } from '../base/field-path.js'
import { matches } from './html-pattern.js'
import { alternatives, type Declared } from './json-schema.js'

/** What a schema declares about one field of a form. */
export interface DeclaredField {
  /** The only way that the field may look, apart from `null` and the empty text; `undefined` when there are several. */
  readonly way: Declared | undefined
  /** The way that the elements of an array look. */
  readonly item: Declared | undefined
  /** The schema refuses an empty text, or a missing choice. */
  readonly required: boolean
}

/**
 * Finds what a schema declares about the field with this name.
 *
 * @param depth how deep names may lead; with 0 a name is a key
 * @returns `undefined` when it says nothing
 */
export function findField(schema: unknown, name: string, depth: number): DeclaredField | undefined {
  const path = depth > 0 ? parseFieldName(name) : { keys: [name], appends: false }
  if ('fault' in path || path.keys.length > depth + (path.appends ? 0 : 1)) return undefined
  let node = schema
  // An optional object is absent when all of its fields are left empty, even required ones.
  let required = true
  for (const key of path.keys) {
    const way = only(waysOf(node))
    if (typeof key === 'number') {
      if (way?.type !== 'array' || way.firstItems.length > 0) return undefined
      node = way.items
      required = true
    } else {
      if (way?.type !== 'object') return undefined
      const listed = way.properties.has(key)
      node = listed ? way.properties.get(key) : way.otherProperties
      required &&= !listed || way.required.has(key)
    }
  }
  if (path.appends) {
    const way = only(waysOf(node))
    if (way?.type !== 'array' || way.firstItems.length > 0) return undefined
    return describe(waysOf(way.items), true)
  }
  return describe(waysOf(node), required)

  function waysOf(part: unknown): readonly Declared[] {
    return alternatives(part, schema)
  }

  function describe(ways: readonly Declared[], isRequired: boolean): DeclaredField | undefined {
    if (ways.some(({ type }) => type === 'any')) return undefined
    const way = only(ways)
    const items = way?.type === 'array' && way.firstItems.length === 0 ? waysOf(way.items) : []
    const itemRefuses = way?.type === 'array' && items.every(refusesEmpty)
    return {
      way,
      item: only(items),
      required:
        isRequired &&
        !takesNull(ways) &&
        ways.every((one) => (one.type === 'array' ? itemRefuses : refusesEmpty(one))),
    }
  }
}

/** Gives the only way that is left without `null` and the empty text. */
function only(ways: readonly Declared[]): Declared | undefined {
  const [way, another] = ways.filter(
    ({ type, values }) => type !== 'null' && !values?.every((value) => value === ''),
  )
  return another ? undefined : way
}

/** Whether an empty text becomes `null`. */
function takesNull(ways: readonly Declared[]): boolean {
  return (
    ways.some(({ type }) => type === 'null') &&
    !ways.some(({ type, values }) => type === 'string' && values === undefined)
  )
}

/** Formats whose texts are never empty. */
const textual = new Set([
  'email',
  'uri',
  'date',
  'time',
  'date-time',
  'duration',
  'uuid',
  'hostname',
  'ipv4',
  'ipv6',
])

function refusesEmpty(way: Declared): boolean {
  const { type, values, minLength, format, patterns } = way
  if (type === 'null') return true
  if (type !== 'string') return type !== 'any' && type !== 'array' && type !== 'object'
  if (values) return !values.includes('')
  if (minLength > 0 || (format !== undefined && textual.has(format))) return true
  return !way.rewritten && patterns.some((pattern) => matches(pattern, '') === false)
}
