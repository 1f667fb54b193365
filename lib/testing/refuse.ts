import { SealformError } from '../base/errors.js'

/** Throws because a browser, or the person in front of it, could not do this. */
export function refuse(message: string): never {
  throw new SealformError('ERR_BROWSER_REFUSED', message)
}

/** Lists names for a message, at most twenty. */
export function listed(names: readonly string[], none = 'none'): string {
  const unique = [...new Set(names)]
  if (unique.length === 0) return none
  const shown = unique.slice(0, 20).map((name) => `"${name}"`)
  return unique.length > 20 ? `${shown.join(', ')} and ${unique.length - 20} more` : shown.join(', ')
}
