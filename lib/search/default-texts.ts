/** The texts that a control can have for a value, the one that is sent by default first. */
export type Spellings = readonly string[]

/** What the controls of a name show: the spellings of each value. */
export type DefaultTexts = ReadonlyMap<string, readonly Spellings[]>

const on = ['on', 'true', '1']
const off = ['off', 'false', '0']

/**
 * Writes the output of a schema as the texts of controls, by name: numbers, booleans, dates and texts, in objects and arrays
 * as deep as names may lead. Leaves out everything else, such as what a schema has made of a text.
 *
 * @param depth how many steps may follow the first one in a name
 */
export function defaultTexts(output: unknown, depth: number): DefaultTexts {
  const found = new Map<string, readonly Spellings[]>()
  if (!isPlain(output)) return found
  for (const [key, value] of Object.entries(output)) collect(found, { name: key, value, depth })
  return found
}

interface Part {
  readonly name: string
  readonly value: unknown
  readonly depth: number
}

function collect(found: Map<string, readonly Spellings[]>, { name, value, depth }: Part): void {
  if (found.size >= mostNames) return
  const single = spellingsOf(value)
  if (single) {
    if (single[0] !== '') found.set(name, [single])
    return
  }
  if (Array.isArray(value)) {
    const items = value.map(spellingsOf)
    if (items.length > 0 && items.every((item) => item !== undefined)) found.set(name, items)
    else if (depth > 0) {
      for (const [i, item] of value.entries()) {
        collect(found, { name: `${name}[${i}]`, value: item, depth: depth - 1 })
      }
    }
  } else if (depth > 0 && isPlain(value)) {
    for (const [key, inner] of Object.entries(value)) {
      collect(found, { name: `${name}.${key}`, value: inner, depth: depth - 1 })
    }
  }
}

/** A schema may put anything into its output, a whole database included. */
const mostNames = 1000

/** Returns the texts that stand for a value in a control, or `undefined` when none can. */
export function spellingsOf(value: unknown): Spellings | undefined {
  switch (typeof value) {
    case 'string':
      return [value]
    case 'number':
      return Number.isFinite(value) ? [String(value)] : undefined
    case 'bigint':
      return [String(value)]
    case 'boolean':
      return value ? on : off
    default:
      return value instanceof Date && !Number.isNaN(value.getTime()) ? [dateText(value)] : undefined
  }
}

/** Writes midnight as `type="date"` does, and any other time as `type="datetime-local"` does, in UTC. */
function dateText(date: Date): string {
  const text = date.toISOString()
  if (text.endsWith('T00:00:00.000Z')) return text.slice(0, -14)
  return text.endsWith(':00.000Z') ? text.slice(0, -8) : text.slice(0, -1)
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
