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
  if (hasParts(value)) {
    const list = value instanceof Set ? [...value] : value
    const listed = Array.isArray(list)
    // The name of a list is repeated for texts, as a form does. It gets an index where an item has parts of its own.
    const indexed = listed && list.some(hasParts)
    for (const [key, item] of Object.entries(list)) {
      if (!listed && /[.[\]]|^$/.test(key)) throw unsupported(name, `the key "${key}"`)
      writeField(data, indexed ? `${name}[${key}]` : listed ? name : `${name}.${key}`, item)
    }
  } else if (value !== undefined) data.append(name, textOf(name, value) as string)
}

const hasParts = (value: unknown): value is object => {
  if (Object(value) !== value) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return [null, Object.prototype, Array.prototype, Set.prototype].includes(prototype as null)
}

const textOf = (name: string, value: unknown): string | Blob => {
  if (value === null) return ''
  if (value instanceof Blob) return value
  if (value instanceof Date) return value.toISOString()
  if (Object.is(value, -0)) return '-0'
  if (/^(string|boolean|bigint)$/.test(typeof value) || Number.isFinite(value)) return String(value)
  throw unsupported(name, value)
}

const unsupported = (name: string, what: unknown) =>
  new TypeError(`${name}: ${String(what)} cannot be sent as a field.`)
