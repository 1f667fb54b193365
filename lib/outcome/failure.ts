import { randomBytes } from 'node:crypto'
import { SealformError } from '../base/errors.js'
import { Failed } from './outcome.js'

/** Makes a failure with a new reference, which a visitor can read out over the telephone. */
export function failed(error: unknown): Failed {
  const letters = Array.from(randomBytes(8), (byte) => referenceAlphabet[byte & 31]).join('')
  return new Failed(error, `${letters.slice(0, 4)}-${letters.slice(4)}`, isTimeout(error))
}

/** Crockford's base 32, without I, L, O and U: they are easily mistaken for other characters. */
const referenceAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

// A program can throw any value. Some throw an error themselves when a property is read: a revoked proxy, or a getter.

function isTimeout(error: unknown): boolean {
  try {
    return error instanceof SealformError && error.code === 'ERR_ACTION_TIMEOUT'
  } catch {
    return false
  }
}

/**
 * Says whether a page threw an error with a status of 400–499: the page is not there for this visitor, and nothing
 * failed.
 */
export function saysMissing(error: unknown): boolean {
  try {
    if (!(error instanceof Error) || !('status' in error)) return false
    return typeof error.status === 'number' && error.status >= 400 && error.status < 500
  } catch {
    return false
  }
}
