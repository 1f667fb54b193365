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

/** With a status of the 400s on its error a page says that it is not there for this visitor; nothing has failed. */
export function saysMissing(error: unknown): boolean {
  if (!(error instanceof Error) || !('status' in error)) return false
  return typeof error.status === 'number' && error.status >= 400 && error.status < 500
}
