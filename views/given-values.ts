import type { FormRecord } from '../lib/page/page.js'
import type { Attributes } from './attributes.js'

/** What the visitor sent under a name, when it is to be given back. */
export function sentValues({ given, definition }: FormRecord, name: string): readonly string[] | undefined {
  return isSecret(name, definition.secrets) ? undefined : given?.get(name)
}

/**
 * The value of the nth control of a name: what was sent, or else what the page says. A disabled control was not sent,
 * so it keeps the page's value, and a field whose name starts with `_` comes back empty.
 */
export function nthValue(
  record: FormRecord,
  name: string,
  n: number,
  { value, disabled }: Attributes,
): Attributes[string] {
  if (name.startsWith('_')) return record.given ? undefined : value
  return disabled ? value : (sentValues(record, name)?.[n] ?? value)
}

/** The indexes of rows whose fields were sent under names such as `items[3].qty`, in ascending order. */
export function sentIndexes(given: ReadonlyMap<string, unknown>, name: string): readonly number[] {
  const start = `${name}[`
  const found = new Set<number>()
  for (const sent of given.keys()) {
    const digits = sent.startsWith(start) ? /^\d+(?=\])/.exec(sent.slice(start.length))?.[0] : undefined
    const index = Number(digits ?? Number.NaN)
    if (Number.isSafeInteger(index)) found.add(index)
  }
  return [...found].sort((a, b) => a - b)
}

/** Secrets are never given back: what a page rendered as a password, and names that start with `_`. */
export function isSecret(name: string, secrets: ReadonlySet<string>): boolean {
  return name.startsWith('_') || secrets.has(name)
}
