import { SealformError } from '../base/errors.js'
import { parseDuration } from '../base/units.js'

/** Days. An entry must end before the shared tier forgets the version of its tags. */
const longest = 30

/**
 * Reads how long an entry may be kept.
 *
 * @returns seconds
 * @throws SealformError `ERR_OPTION_INVALID`
 */
export function lifetime(option: number | string, what: string): number {
  const seconds = parseDuration(option, what)
  if (seconds <= longest * 86_400) return seconds
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `${what} is more than ${longest} days, the longest that anything is kept.`,
  )
}
