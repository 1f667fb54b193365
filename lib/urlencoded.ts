import type { Fields } from './fields.js'

const ampersand = 0x26
const equals = 0x3d
const percent = 0x25
const plus = 0x2b

/**
 * Reads `application/x-www-form-urlencoded` bytes into fields.
 * As the URL standard has it, but strict: a malformed percent escape, or bytes that are not UTF-8, are refused.
 *
 * @see https://url.spec.whatwg.org/#urlencoded-parsing
 */
export function readUrlencoded(body: Buffer, fields: Fields): void {
  const length = body.length
  let start = 0
  while (start < length) {
    let split = -1
    let nameCoded = false
    let coded = false
    let at = start
    for (; at < length; at++) {
      const byte = body[at]!
      if (byte === ampersand) break
      if (byte === equals) {
        if (split === -1) {
          split = at
          nameCoded = coded
          coded = false
        }
      } else if (byte === percent || byte === plus || byte > 0x7f) coded = true
    }
    if (split === -1) {
      if (at > start) addField(fields, body, start, at, at, at, coded, false)
    } else {
      addField(fields, body, start, split, split + 1, at, nameCoded, coded)
    }
    start = at + 1
  }
}

function addField(
  fields: Fields,
  body: Buffer,
  nameStart: number,
  nameEnd: number,
  valueStart: number,
  valueEnd: number,
  nameCoded: boolean,
  valueCoded: boolean,
): void {
  let name = body.toString('latin1', nameStart, nameEnd)
  let value = body.toString('latin1', valueStart, valueEnd)
  let valueBytes = value.length
  if (nameCoded) name = decoded(name, fields)
  if (valueCoded) {
    value = decoded(value, fields)
    valueBytes = Buffer.byteLength(value)
  }
  fields.add(name, value, valueBytes)
}

function decoded(text: string, fields: Fields): string {
  const value = decodeComponent(text)
  if (value !== undefined) return value
  fields.refuse({
    status: 400,
    reason: 'malformed',
    detail: 'the body has a malformed percent escape, or bytes that are not UTF-8',
  })
  return decodeLeniently(text)
}

/**
 * Decodes a name or value given as latin1.
 *
 * @returns undefined when an escape is malformed or the bytes are not UTF-8
 */
export function decodeComponent(text: string): string | undefined {
  try {
    // decodeURIComponent is strict about both escapes and UTF-8, keeps a byte order mark, and is fast.
    return decodeURIComponent(allEscaped(text))
  } catch {
    return undefined
  }
}

/** What the URL standard makes of it, for giving back: stray percent signs stay, bad bytes become U+FFFD. */
function decodeLeniently(text: string): string {
  const bytes = allEscaped(text).replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(bytes, 'latin1').toString()
}

/** Raw bytes above ASCII, which browsers escape, become escapes like the others. */
function allEscaped(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  return /[\x80-\xff]/.test(spaced)
    ? spaced.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`)
    : spaced
}
