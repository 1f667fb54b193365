import { kindOf } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'

/** `base64-value` of Content Security Policy Level 3, section 2.3.1. */
const base64Value = /^[A-Za-z0-9+/_-]+={0,2}$/

/**
 * Makes the function that reads the nonce of a page with the `nonce` option. The function throws on a nonce that no policy can
 * have: the browser would not run the script, and only its console says why.
 */
export function readNonce<Context>(
  nonce: ((context: Context) => unknown) | undefined,
): (context: Context) => string | undefined {
  return (context) => {
    const value = nonce?.(context)
    if (value === undefined || value === null) return undefined
    if (typeof value === 'string' && base64Value.test(value)) return value
    const given = typeof value === 'string' ? 'another text' : kindOf(value)
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `sealform({ nonce }) must return the nonce of the Content-Security-Policy as base64, or undefined, not ${given}.`,
    )
  }
}
