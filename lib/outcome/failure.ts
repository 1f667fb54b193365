import { randomBytes } from 'node:crypto'
import { SealformError } from '../base/errors.js'
import { Failed } from './outcome.js'

/** A failure with a reference that a visitor can read out over the telephone. */
export function failed(error: unknown): Failed {
  const letters = Array.from(randomBytes(8), (byte) => referenceAlphabet[byte & 31]).join('')
  return new Failed(error, `${letters.slice(0, 4)}-${letters.slice(4)}`, isTimeout(error))
}

/** Crockford's base 32: no I, L, O or U to mistake for something else. */
const referenceAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

// What is thrown can be anything, and some of it throws in turn when it is looked at: a revoked proxy, or a getter.

function isTimeout(error: unknown): boolean {
  try {
    return error instanceof SealformError && error.code === 'ERR_ACTION_TIMEOUT'
  } catch {
    return false
  }
}

/** With a status of the 400s on its error a page says that it is not there for this visitor; nothing has failed. */
export function saysMissing(error: unknown): boolean {
  try {
    if (!(error instanceof Error) || !('status' in error)) return false
    return typeof error.status === 'number' && error.status >= 400 && error.status < 500
  } catch {
    return false
  }
}
