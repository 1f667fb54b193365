import type { GivenInput } from '../lib/page/given-input.js'
import type { Attributes } from './attributes.js'

/**
 * Picks the value of the nth control of a name: what was sent, or else the value of the page. A browser does not send a
 * disabled control, so that keeps the value of the page.
 */
export function nthValue(
  sent: readonly string[] | undefined,
  n: number,
  { value, disabled }: Attributes,
): Attributes[string] {
  return disabled ? value : (sent?.[n] ?? value)
}

/** Finds the indexes of rows whose fields were sent under names such as `items[3].qty`, in ascending order. */
export function sentIndexes(given: GivenInput, name: string): readonly number[] {
  const start = `${name}[`
  const found = new Set<number>()
  for (const sent of given.keys()) {
    const digits = sent.startsWith(start) ? /^\d+(?=\])/.exec(sent.slice(start.length))?.[0] : undefined
    const index = Number(digits ?? Number.NaN)
    if (Number.isSafeInteger(index)) found.add(index)
  }
  return [...found].sort((a, b) => a - b)
}
