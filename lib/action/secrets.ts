import { inspect } from 'node:util'
import { SealformError } from '../base/errors.js'
import { parseFieldName } from '../base/field-path.js'
import { fieldNames } from '../base/wire-names.js'
import type { FileRules } from '../files/file-rules.js'
import { secretFields } from '../input/secret-fields.js'

/** Holds the secret fields of a form: the definition of its action, or the registry while the action is unknown. */
export interface SecretFields {
  /** Their names in the form that `pathOf()` returns. Each includes the fields below it. */
  readonly secrets: ReadonlySet<string>
  /** The fields that one submission sent as secrets, as `pathOf()` spells them. */
  readonly sent?: ReadonlySet<string>
}

/**
 * Tells whether a field is secret, so that no answer shows its value again. A field is secret when a key in its name
 * starts with `_`, when its name ends in a word such as `password`, when its action declares it, or when its control
 * sent it as a secret.
 */
export function isSecret({ secrets, sent }: SecretFields, name: string): boolean {
  if (isHidden(name) || soundsSecret(name)) return true
  if (secrets.size === 0 && !sent) return false
  const path = pathOf(name)
  // A visitor can send any number of names, so these are looked up and not gone through.
  if (sent?.has(path)) return true
  for (const secret of secrets) if (isAtOrBelow(path, secret)) return true
  return false
}

/** Returns the name for the control of a secret field. Where the field is known as secret, its own name is enough. */
export function secretName(known: SecretFields, field: string): string {
  return isSecret(known, field) ? field : fieldNames.secret + field
}

/** Adds the fields that a submission sent as secrets to those that are known. */
export function withSent(known: SecretFields, names: ReadonlySet<string> | undefined): SecretFields {
  return names ? { secrets: known.secrets, sent: new Set([...names].map(pathOf)) } : known
}

/**
 * Tells whether a key in a field's name starts with `_`. The built-in page does not ask for such a field again, because
 * it may be a honeypot.
 */
export function isHidden(name: string): boolean {
  return /(?:^|[.[])_/.test(name)
}

/** The declarations of an action about its fields. */
interface Declarations {
  /** The option `secrets`. */
  readonly names: unknown
  /** The JSON Schema of its input, if there is one. */
  readonly schema: unknown
  readonly files: FileRules
  readonly depth: number
}

/**
 * Checks the option `secrets` and adds the fields that the schema marks.
 *
 * @throws SealformError `ERR_OPTION_INVALID`
 */
export function resolveSecrets({ names, schema, files, depth }: Declarations, where: string): Set<string> {
  const secrets = new Set<string>()
  if (names !== undefined && !Array.isArray(names)) {
    throw invalid(`${where}: "secrets" must be an array of field names, such as ['pin'].`)
  }
  for (const name of names ?? []) {
    const fault = faultOf(name)
    if (fault !== undefined) throw invalid(`${where} "secrets": ${inspect(name)} ${fault}`)
    secrets.add(pathOf(name))
  }
  const marked = secretFields(schema, depth)
  if (!marked) {
    throw invalid(
      `${where}: the schema has too many fields to search it for those that it marks as secret. Remove the marks and name the fields in "secrets".`,
    )
  }
  for (const path of marked) secrets.add(pathOf(path))
  return secrets

  function faultOf(name: unknown): string | undefined {
    if (typeof name !== 'string' || pathOf(name) === '') return 'is not the name of a field.'
    if (name.startsWith(fieldNames.seal)) return `starts with "${fieldNames.seal}", which is reserved.`
    if (files.has(name))
      return 'is also in "files". Files are never sent back as text: remove it from "secrets".'
    // `items[].pin` means the field in every row.
    if (depth > 0 && 'fault' in parseFieldName(name.replaceAll('[].', '[0].'))) {
      return 'is not a path; write names such as "card.pin" or "items[].pin".'
    }
    return undefined
  }
}

/** Returns a field's name with dots between keys and without indexes: `items[0][pin]` gives `items.pin`. */
function pathOf(name: string): string {
  return name.replaceAll(/\[\d*\]/g, '').replaceAll(/\[([^[\]]*)\]/g, '.$1')
}

function isAtOrBelow(path: string, start: string): boolean {
  if (start === '' || path === start) return true
  return path.startsWith(start) && path[start.length] === '.'
}

/** Tells whether a name ends in a word for a secret. */
function soundsSecret(name: string): boolean {
  if (!partOfSecretWord.test(name)) return false
  const words = name.replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2').replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
  return secretWords.test(words.trim().toLowerCase())
}

/** Matches a part of every name that `secretWords` matches. A cheap test that rejects most names. */
const partOfSecretWord = /pass|pw|pin|otp|cv[cv]|csc|secret|kennwort|contrase|senha|wachtwoord/i

/**
 * Matches the last words of a secret's name, as in `newPassword` and `card.pin`. A word that distinguishes two such
 * fields may follow, as in `password_confirmation` and `cvc2`.
 */
const secretWords =
  /(?:passw(?:or)?[dt]|passphrase|passcode|kennwort|contrase[nñ]a|mot ?de ?passe|senha|wachtwoord|(?:^|user )pass|(?:^| )(?:pwd|pw|pin|t?otp|cvc|cvv|csc|secret))(?: ?(?:again|confirm(?:ation|ed)?|repeat(?:ed)?|verify|verification|check|new|old|current|\d))*$/

function invalid(message: string): SealformError {
  return new SealformError('ERR_OPTION_INVALID', message)
}
