import { keyIdOf, maxSealLength, minSealLength } from '../seal/seal.js'

/** What can be told of a token without any key. */
export type EnvelopeReport =
  | { readonly keyId: string; readonly rows: readonly (readonly [string, string])[] }
  | {
      readonly keyId: undefined
      readonly rows: readonly (readonly [string, string])[]
      /** The first thing that is wrong, and what it comes from. */
      readonly fault: string
    }

/** Looks at a token step by step, in the order in which a server does. */
export function explainEnvelope(token: string): EnvelopeReport {
  const length = ['length', `${token.length} characters`] as const
  const fault = (rows: EnvelopeReport['rows'], what: string): EnvelopeReport => ({
    keyId: undefined,
    rows,
    fault: what,
  })
  if (token === '') return fault([length], 'it is empty. Copy the value of the hidden field "sealform".')
  const stranger = token.search(/[^A-Za-z0-9_-]/)
  if (stranger >= 0) {
    const what = JSON.stringify([...token.slice(stranger)][0])
    const rows = [length, ['spelling', `no base64url: ${what} at position ${stranger + 1}`] as const]
    return fault(
      rows,
      'it holds what no seal does. Copy the value alone, without quotes and without the tag.',
    )
  }
  if (token.length < minSealLength || token.length > maxSealLength) {
    const [limit, cause] =
      token.length < minSealLength
        ? [`at least ${minSealLength}`, 'it was cut off']
        : [`at most ${maxSealLength}`, 'it is more than one, or no seal at all']
    return fault([length], `a seal has ${limit} characters; ${cause}.`)
  }
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.toString('base64url') !== token) {
    const rows = [length, ['spelling', 'base64url, but not as a server writes it'] as const]
    return fault(rows, 'its last character is another than it was, or one is missing.')
  }
  const rows = [length, ['spelling', 'base64url'] as const, ['version', String(bytes[0])] as const]
  if (bytes[0] !== 1) {
    return fault(rows, 'this version of Sealform makes and opens version 1 only, or it is no seal.')
  }
  const keyId = keyIdOf(token)
  return keyId === undefined
    ? fault(rows, 'no seal has this length: some of it is missing, or too much.')
    : { keyId, rows }
}
