import { timingSafeEqual } from 'node:crypto'
import { SealformError } from './errors.js'

/**
 * Reads the keys of a deployment from text, and refuses by name whatever looks like a mistake. No message holds any
 * part of a key: errors end up in logs.
 *
 * @param source how messages call the place that the keys come from
 * @throws SealformError `ERR_KEY_INVALID`
 */
export function parseKeys(keys: string | readonly string[], source: string): [Uint8Array, ...Uint8Array[]] {
  const [first, ...rest] = entriesOf(keys, source)
  if (first === undefined) throw refusal(source, 'is an empty list.')
  const secrets: [Uint8Array, ...Uint8Array[]] = [parseKey(first, 1, source)]
  for (const entry of rest) {
    const place = secrets.length + 1
    const secret = parseKey(entry, place, source)
    const twin = secrets.findIndex(
      (other) => other.length === secret.length && timingSafeEqual(other, secret),
    )
    if (twin >= 0) throw refusal(source, `has the same key twice: key ${place} is key ${twin + 1} again.`)
    secrets.push(secret)
  }
  return secrets
}

function entriesOf(keys: string | readonly string[], source: string): string[] {
  const list: readonly unknown[] | undefined =
    typeof keys === 'string' ? [keys] : Array.isArray(keys) ? keys : undefined
  if (!list) throw refusal(source, `must be a string or an array of strings, not ${typeof keys}.`)
  return list.flatMap((item, i) => {
    if (typeof item !== 'string')
      throw refusal(source, `must hold strings; key ${i + 1} is ${item === null ? 'null' : typeof item}.`)
    return item.split(',')
  })
}

function parseKey(entry: string, place: number, source: string): Uint8Array {
  const text = entry.trim()
  const fail = (why: string) => refusal(source, `key ${place} ${why}`, ': ')
  if (text === '') throw fail('is empty. Look for a comma too many.')
  if (/^(?:[0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})$/i.test(text)) {
    throw fail(
      'looks like hexadecimal; keys are base64. Convert it with: Buffer.from(hex, "hex").toString("base64"), or make a new one.',
    )
  }
  const unpadded = text.replace(/={1,2}$/, '')
  const stranger = unpadded.search(/[^A-Za-z0-9+/_-]/)
  if (stranger >= 0) {
    throw fail(
      `has a character at position ${stranger + 1} that is in neither the base64 nor the base64url alphabet.`,
    )
  }
  if (/[+/]/.test(unpadded) && /[-_]/.test(unpadded)) {
    throw fail('mixes the alphabets of base64 and base64url.')
  }
  const bytes = new Uint8Array(Buffer.from(unpadded, 'base64'))
  const encoded = Buffer.from(bytes).toString('base64url')
  const padded = text.length !== unpadded.length
  if (encoded !== unpadded.replaceAll('+', '-').replaceAll('/', '_') || (padded && text.length % 4 !== 0)) {
    throw fail('is not complete base64: a character is missing at its end, or was changed there.')
  }
  if (bytes.length !== 16 && bytes.length !== 24 && bytes.length !== 32) {
    throw fail(`has ${bytes.length} bytes; a key has 16, 24 or 32.`)
  }
  if (repeats(bytes)) throw fail('is the same few bytes again and again, which is no secret.')
  return bytes
}

/** One to four bytes, repeated to the end. */
function repeats(bytes: Uint8Array): boolean {
  return [1, 2, 3, 4].some((period) => bytes.every((byte, i) => byte === bytes[i % period]))
}

function refusal(source: string, what: string, joint = ' '): SealformError {
  return new SealformError('ERR_KEY_INVALID', `${source}${joint}${what} Make a key with: npx sealform keygen`)
}
