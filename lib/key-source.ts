import { readFileSync } from 'node:fs'
import { SealformError } from './errors.js'
import { parseKeys } from './keys.js'

/** At least one key, in order. */
export type Secrets = readonly [Uint8Array, ...Uint8Array[]]

/**
 * The keys that an app was given: in an option, in SEALFORM_KEYS, or in the file that SEALFORM_KEYS_FILE names.
 * A running process cannot be given another environment, but a file can be written anew; that is also how containers
 * get their secrets.
 *
 * @returns `undefined` when nobody has given any
 * @throws SealformError `ERR_KEY_INVALID` on anything that is no key, `ERR_KEY_MISSING` when the file cannot be read
 */
export function givenSecrets(
  option: string | readonly string[] | undefined,
  env: NodeJS.ProcessEnv,
): Secrets | undefined {
  if (option !== undefined) return parseKeys(option, 'The "keys" option')
  const keys = env.SEALFORM_KEYS?.trim()
  const file = env.SEALFORM_KEYS_FILE?.trim()
  if (keys && file) {
    throw new SealformError(
      'ERR_KEY_INVALID',
      'SEALFORM_KEYS and SEALFORM_KEYS_FILE are both set, and it cannot be told which holds. Unset one of them.',
    )
  }
  if (keys) return parseKeys(keys, 'SEALFORM_KEYS')
  return file ? parseKeys(linesOf(file), 'The file in SEALFORM_KEYS_FILE') : undefined
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
