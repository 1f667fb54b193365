import { SealformError } from '../base/errors.js'
import { parseDuration } from '../base/units.js'

/** The last second that a seal can hold, which is in the year 2106. */
const lastSecond = 0xffff_ffff

/**
 * Reads how long a seal stays valid.
 *
 * @param what the name of the option, for the message
 * @returns seconds
 * @throws SealformError `ERR_OPTION_INVALID`
 */
export function parseSealLife(value: number | string, what: string): number {
  const seconds = parseDuration(value, what)
  if (secondsNow() + Math.ceil(seconds) <= lastSecond) return seconds
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `${what} is ${typeof value === 'string' ? `'${value}'` : value}, and a seal can hold times up to the year 2106 only. Choose a shorter time.`,
  )
}

/** When a seal begins and ends to be valid, in whole seconds since the epoch. */
export interface SealLife {
  readonly issued: number
  readonly expires: number
}

/**
 * Returns the life of a seal that is made now.
 *
 * @param ttl seconds, from `parseSealLife()`
 * @throws SealformError `ERR_OPTION_INVALID` when the clock of this machine shows a time that no seal can hold
 */
export function sealLife(ttl: number): SealLife {
  const issued = secondsNow()
  if (issued < 0 || issued >= lastSecond) throw wrongClock(issued)
  // The option was checked when the process started; with a very long one, that second has come nearer since then.
  return { issued, expires: Math.min(issued + Math.ceil(ttl), lastSecond) }
}

function wrongClock(seconds: number): SealformError {
  return new SealformError(
    'ERR_OPTION_INVALID',
    `The clock of this machine says ${new Date(seconds * 1000).toISOString()}. A seal can hold times from 1970 up to the year 2106: set the clock.`,
  )
}

function secondsNow(): number {
  return Math.floor(Date.now() / 1000)
}
