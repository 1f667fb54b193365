import { readFileSync } from 'node:fs'
import { SealformError } from '../base/errors.js'
import { parseKeys } from './parse-keys.js'

/** At least one key, in order. */
export type Secrets = readonly [Uint8Array, ...Uint8Array[]]

/** Keys as text, and the name of their source for messages. */
interface GivenKeys {
  readonly keys: string | readonly string[]
  readonly source: string
}

/**
 * Reads the keys of an app from the option, from SEALFORM_KEYS, or from the file that SEALFORM_KEYS_FILE names.
 *
 * @returns `undefined` when there are none
 * @throws SealformError `ERR_KEY_INVALID` when a key is not valid, `ERR_KEY_MISSING` when the file cannot be read
 */
export function givenSecrets(
  option: string | readonly string[] | undefined,
  env: NodeJS.ProcessEnv,
): Secrets | undefined {
  const given = option === undefined ? keysIn(env) : { keys: option, source: 'The "keys" option' }
  return given && parseKeys(given.keys, given.source)
}

/**
 * Reads the keys of an environment as text. The variables of a running process cannot change from outside, but a file
 * can be replaced. Containers get their secrets in files too.
 *
 * @throws SealformError `ERR_KEY_INVALID` when both variables are set, `ERR_KEY_MISSING` when the file cannot be read
 */
export function keysIn(env: NodeJS.ProcessEnv): GivenKeys | undefined {
  const keys = env.SEALFORM_KEYS?.trim()
  const file = env.SEALFORM_KEYS_FILE?.trim()
  if (keys && file) {
    throw new SealformError(
      'ERR_KEY_INVALID',
      'SEALFORM_KEYS and SEALFORM_KEYS_FILE are both set. Unset one of them.',
    )
  }
  if (keys) return { keys, source: 'SEALFORM_KEYS' }
  return file ? { keys: linesOf(file), source: 'The file in SEALFORM_KEYS_FILE' } : undefined
}

/** Reads a file of keys. Each key may stand on its own line. */
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
