import { keyIdOf, maxSealLength, minSealLength } from '../seal/seal.js'

/** The facts about a token that can be read without a key. */
type EnvelopeReport =
  | { readonly keyId: string; readonly rows: readonly (readonly [string, string])[] }
  | {
      readonly keyId: undefined
      readonly rows: readonly (readonly [string, string])[]
      /** The first thing that is wrong, and its probable cause. */
      readonly fault: string
    }

/** Examines a token in the same order as a server. */
export function explainEnvelope(token: string): EnvelopeReport {
  const length = ['length', `${token.length} characters`] as const
  const fault = (rows: EnvelopeReport['rows'], what: string): EnvelopeReport => ({
    keyId: undefined,
    rows,
    fault: what,
  })
  if (token === '') return fault([length], 'it is empty. Copy the value of the hidden field "sealform".')
  const invalid = token.search(/[^A-Za-z0-9_-]/)
  if (invalid >= 0) {
    const character = JSON.stringify([...token.slice(invalid)][0])
    const rows = [length, ['spelling', `not base64url: ${character} at position ${invalid + 1}`] as const]
    return fault(
      rows,
      'it has a character that no seal has. Copy the value alone, without quotes and without the tag.',
    )
  }
  if (token.length < minSealLength || token.length > maxSealLength) {
    const [limit, cause] =
      token.length < minSealLength
        ? [`at least ${minSealLength}`, 'it was cut off']
        : [`at most ${maxSealLength}`, 'this is several seals, or not a seal']
    return fault([length], `a seal has ${limit} characters; ${cause}.`)
  }
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.toString('base64url') !== token) {
    const rows = [length, ['spelling', 'base64url, but not as a server writes it'] as const]
    return fault(rows, 'its last character was changed, or one is missing.')
  }
  const rows = [length, ['spelling', 'base64url'] as const, ['version', String(bytes[0])] as const]
  if (bytes[0] !== 1) {
    return fault(rows, 'it is not a seal, or it is from a newer Sealform: this one opens version 1 only.')
  }
  const keyId = keyIdOf(token)
  return keyId === undefined
    ? fault(rows, 'no seal has this length: a part is missing, or there is too much.')
    : { keyId, rows }
}
