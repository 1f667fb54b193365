import { SealformError } from './errors.js'

/**
 * Throws when an options object has an unknown property. Without this check, a misspelt security option would silently
 * keep its default.
 *
 * @param where the function that took the options, for the message, such as `createActions()`
 * @throws SealformError `ERR_OPTION_INVALID`
 */
export function checkOptions(where: string, options: unknown, known: readonly string[]): void {
  if (options === undefined) return
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `${where}: the options must be an object, not ${kindOf(options)}.`,
    )
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    const near = nearest(name, known)
    const hint = near
      ? `did you mean "${near}"?`
      : `its options are ${known.map((option) => `"${option}"`).join(', ')}.`
    throw new SealformError('ERR_OPTION_INVALID', `${where} has no option "${name}"; ${hint}`)
  }
}

/** Names the kind of a value for a message: `typeof`, with `null` and arrays told apart from objects. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : typeof value
}

function nearest(name: string, known: readonly string[]): string | undefined {
  const best = closest(name, known)
  return best && best.distance <= Math.max(2, Math.floor(best.candidate.length / 3))
    ? best.candidate
    : undefined
}

/** Finds the known name that the fewest changes of letters lead to, whatever their case. */
export function closest(
  name: string,
  known: readonly string[],
): { readonly candidate: string; readonly distance: number } | undefined {
  return known
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0]
}

/** Computes the Levenshtein distance, one row at a time. The inputs are option names, so they are short. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(previous[j]! + 1, row[j - 1]! + 1, substitution))
    }
    previous = row
  }
  return previous[b.length]!
}
