import { timingSafeEqual } from 'node:crypto'
import { SealformError } from '../base/errors.js'

/**
 * Reads the keys of a deployment from text. Each kind of mistake has its own message. No message contains a part of a
 * key, because errors end up in logs.
 *
 * @param source where the keys come from, for messages, such as `SEALFORM_KEYS`
 * @throws SealformError `ERR_KEY_INVALID`
 */
export function parseKeys(keys: string | readonly string[], source: string): [Uint8Array, ...Uint8Array[]] {
  const [first, ...rest] = judgeKeys(keys, source).map((judged) => {
    if (judged instanceof SealformError) throw judged
    return judged
  })
  if (first === undefined) throw refusal(source, 'is an empty list.')
  return [first, ...rest]
}

/**
 * Reads each key. Returns the key's bytes, or an error that says what is wrong with it.
 *
 * @throws SealformError `ERR_KEY_INVALID` when `keys` is not a list of strings
 */
export function judgeKeys(keys: string | readonly string[], source: string): (Uint8Array | SealformError)[] {
  const judged: (Uint8Array | SealformError)[] = []
  for (const [i, entry] of entriesOf(keys, source).entries()) {
    const key = judgeKey(entry, i + 1, source)
    const twin = key instanceof SealformError ? -1 : judged.findIndex((other) => isSame(key, other))
    judged.push(
      twin === -1
        ? key
        : refusal(source, `has the same key twice: key ${i + 1} is the same as key ${twin + 1}.`),
    )
  }
  return judged
}

function isSame(key: Uint8Array, other: Uint8Array | SealformError): boolean {
  return other instanceof Uint8Array && other.length === key.length && timingSafeEqual(other, key)
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

function judgeKey(entry: string, place: number, source: string): Uint8Array | SealformError {
  const text = entry.trim()
  const fail = (why: string) => refusal(source, `key ${place} ${why}`, ': ')
  if (text === '') return fail('is empty. Remove the extra comma.')
  if (/^(?:[0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})$/i.test(text)) {
    return fail(
      'looks like hexadecimal, and keys are base64. Convert it with: Buffer.from(hex, "hex").toString("base64"), or make a new one.',
    )
  }
  const unpadded = text.replace(/={1,2}$/, '')
  const invalid = unpadded.search(/[^A-Za-z0-9+/_-]/)
  if (invalid >= 0) {
    return fail(
      `has a character at position ${invalid + 1} that is in neither the base64 nor the base64url alphabet.`,
    )
  }
  if (/[+/]/.test(unpadded) && /[-_]/.test(unpadded)) {
    return fail('mixes the alphabets of base64 and base64url.')
  }
  const bytes = new Uint8Array(Buffer.from(unpadded, 'base64'))
  const encoded = Buffer.from(bytes).toString('base64url')
  const padded = text.length !== unpadded.length
  if (encoded !== unpadded.replaceAll('+', '-').replaceAll('/', '_') || (padded && text.length % 4 !== 0)) {
    return fail('is not complete base64: at its end, a character is missing or was changed.')
  }
  if (bytes.length !== 16 && bytes.length !== 24 && bytes.length !== 32) {
    return fail(`has ${bytes.length} bytes; a key has 16, 24 or 32.`)
  }
  if (repeats(bytes)) return fail('repeats the same few bytes, so it is easy to guess.')
  return bytes
}

/** Says whether the key is one to four bytes, repeated to the end. */
function repeats(bytes: Uint8Array): boolean {
  return [1, 2, 3, 4].some((period) => bytes.every((byte, i) => byte === bytes[i % period]))
}

function refusal(source: string, what: string, joint = ' '): SealformError {
  return new SealformError('ERR_KEY_INVALID', `${source}${joint}${what} Make a key with: npx sealform keygen`)
}
