/**
 * A value that the fields of a form can carry, so that a schema of the action reads the same value: a list as a repeated
 * field, an object as names with dots, when the action allows the `depth`.
 */
export type FieldValue =
  | string
  | number
  | bigint
  | boolean
  | Date
  | Blob
  | null
  | undefined
  | readonly FieldValue[]
  | ReadonlySet<FieldValue>
  | { readonly [key: string]: FieldValue }

/**
 * Adds a value to what is sent, in the words that `submission.input` reads: a date in UTC, `true` or `false`, an empty text for
 * `null`, nothing for `undefined`.
 *
 * @throws TypeError on a value that the server could not read as it was
 */
export const writeField = (data: FormData, name: string, value: unknown): void => {
  if (value === undefined) return
  if (value instanceof Blob) data.append(name, value)
  else if (value instanceof Date) data.append(name, value.toISOString())
  else if (Array.isArray(value) || value instanceof Set) writeList(data, name, [...value])
  else if (isPlain(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (/[.[\]]|^$/.test(key)) throw unsupported(`${name}: the key "${key}"`)
      writeField(data, `${name}.${key}`, item)
    }
  } else data.append(name, textOf(name, value))
}

/** Repeats the name for texts, as a form does, and gives an index to each where one has parts of its own. */
const writeList = (data: FormData, name: string, items: readonly unknown[]): void => {
  const nested = items.some((item) => Array.isArray(item) || item instanceof Set || isPlain(item))
  for (const [i, item] of items.entries()) writeField(data, nested ? `${name}[${i}]` : name, item)
}

const textOf = (name: string, value: unknown): string => {
  if (value === null) return ''
  if (Object.is(value, -0)) return '-0'
  if (/^(string|boolean|bigint)$/.test(typeof value) || Number.isFinite(value)) return String(value)
  throw unsupported(`${name}: ${String(value)}`)
}

const isPlain = (value: unknown): value is Record<string, unknown> => {
  const prototype: unknown = typeof value === 'object' && value ? Object.getPrototypeOf(value) : 0
  return prototype === null || prototype === Object.prototype
}

const unsupported = (what: string) => new TypeError(`${what} cannot be sent as a field.`)
