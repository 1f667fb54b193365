import { readFileSync } from 'node:fs'
import { SealformError } from '../base/errors.js'
import { parseKeys } from './parse-keys.js'

/** At least one key, in order. */
export type Secrets = readonly [Uint8Array, ...Uint8Array[]]

/** Keys as text, and how messages call the place that they come from. */
export interface GivenKeys {
  readonly keys: string | readonly string[]
  readonly source: string
}

/**
 * The keys that an app was given: in an option, in SEALFORM_KEYS, or in the file that SEALFORM_KEYS_FILE names.
 *
 * @returns `undefined` when nobody has given any
 * @throws SealformError `ERR_KEY_INVALID` on anything that is no key, `ERR_KEY_MISSING` when the file cannot be read
 */
export function givenSecrets(
  option: string | readonly string[] | undefined,
  env: NodeJS.ProcessEnv,
): Secrets | undefined {
  const given = option === undefined ? keysIn(env) : { keys: option, source: 'The "keys" option' }
  return given && parseKeys(given.keys, given.source)
}

/**
 * The keys in an environment, still as text. A running process cannot be given another environment, but a file can be
 * written anew; that is also how containers get their secrets.
 *
 * @throws SealformError `ERR_KEY_INVALID` when both variables are set, `ERR_KEY_MISSING` when the file cannot be read
 */
export function keysIn(env: NodeJS.ProcessEnv): GivenKeys | undefined {
  const keys = env.SEALFORM_KEYS?.trim()
  const file = env.SEALFORM_KEYS_FILE?.trim()
  if (keys && file) {
    throw new SealformError(
      'ERR_KEY_INVALID',
      'SEALFORM_KEYS and SEALFORM_KEYS_FILE are both set, and it cannot be told which holds. Unset one of them.',
    )
  }
  if (keys) return { keys, source: 'SEALFORM_KEYS' }
  return file ? { keys: linesOf(file), source: 'The file in SEALFORM_KEYS_FILE' } : undefined
}

/** Keys in a file may stand on a line each. */
function linesOf(path: string): string[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error
    throw new SealformError(
      'ERR_KEY_MISSING',
      `SEALFORM_KEYS_FILE names ${JSON.stringify(path)}, which cannot be read (${code}). Put the keys there, or unset it.`,
      { cause: error },
    )
  }
  return text.trim().split(/\s*\n\s*/)
}
