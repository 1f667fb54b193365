import { randomBytes } from 'node:crypto'
import { SealformError } from './errors.js'
import { Failed } from './outcome.js'

/** A failure with a reference that a visitor can read out over the telephone. */
export function failed(error: unknown): Failed {
  const letters = Array.from(randomBytes(8), (byte) => referenceAlphabet[byte & 31]).join('')
  const timedOut = error instanceof SealformError && error.code === 'ERR_ACTION_TIMEOUT'
  return new Failed(error, `${letters.slice(0, 4)}-${letters.slice(4)}`, timedOut)
}

/** Crockford's base 32: no I, L, O or U to mistake for something else. */
const referenceAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
