import type { Fields } from './fields.js'

const ampersand = 0x26
const equals = 0x3d
const percent = 0x25
const plus = 0x2b

const shortBody = 4096

/**
 * Reads `application/x-www-form-urlencoded` bytes into fields.
 * As the URL standard has it, but strict: a malformed percent escape, or bytes that are not UTF-8, are refused.
 *
 * @see https://url.spec.whatwg.org/#urlencoded-parsing
 */
export function readUrlencoded(body: Buffer, fields: Fields): void {
  const length = body.length
  // One string for a short body is faster than one for each name and value. In a long one a slice that the program
  // keeps would hold all of the body in memory.
  const text = length <= shortBody ? body.toString('latin1') : undefined
  const cut = (from: number, to: number) => text?.slice(from, to) ?? body.toString('latin1', from, to)
  for (let start = 0; start < length; ) {
    let nameEnd = -1
    let nameCoded = false
    let coded = false
    let at = start
    for (; at < length; at++) {
      const byte = body[at]!
      if (byte === ampersand) break
      if (byte === equals && nameEnd === -1) {
        nameEnd = at
        nameCoded = coded
        coded = false
      } else if (byte === percent || byte === plus || byte > 0x7f) coded = true
    }
    if (nameEnd !== -1) add(fields, cut(start, nameEnd), nameCoded, cut(nameEnd + 1, at), coded)
    else if (at > start) add(fields, cut(start, at), coded, '', false)
    start = at + 1
  }
}

function add(fields: Fields, name: string, nameCoded: boolean, value: string, valueCoded: boolean): void {
  const readName = nameCoded ? decoded(name, fields) : name
  const readValue = valueCoded ? decoded(value, fields) : value
  fields.add(readName, readValue, valueCoded ? Buffer.byteLength(readValue) : value.length)
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
