import type { Fields } from './fields.js'

const shortBody = 4096
const coded = /[%+\x80-\xff]/
const beyondAscii = /[\x80-\xff]/

/**
 * Reads `application/x-www-form-urlencoded` bytes into fields.
 * As the URL standard has it, but strict: a malformed percent escape, or bytes that are not UTF-8, are refused.
 *
 * @see https://url.spec.whatwg.org/#urlencoded-parsing
 */
export function readUrlencoded(body: Buffer, fields: Fields): void {
  const text = body.toString('latin1')
  // A slice that the program keeps would hold all of a long body in memory, so that those are cut from the bytes.
  const cut =
    text.length <= shortBody
      ? (from: number, to: number) => text.slice(from, to)
      : (from: number, to: number) => body.toString('latin1', from, to)
  let equals = -1
  for (let start = 0; start < text.length; ) {
    const next = text.indexOf('&', start)
    const end = next === -1 ? text.length : next
    if (equals < start) {
      const found = text.indexOf('=', start)
      equals = found === -1 ? text.length : found
    }
    if (equals < end) add(fields, cut(start, equals), cut(equals + 1, end))
    else if (end > start) add(fields, cut(start, end), '')
    start = end + 1
  }
}

function add(fields: Fields, name: string, value: string): void {
  const readName = coded.test(name) ? decoded(name, fields) : name
  if (coded.test(value)) {
    const readValue = decoded(value, fields)
    fields.add(readName, readValue, Buffer.byteLength(readValue))
  } else fields.add(readName, value, value.length)
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
  const spaced = text.includes('+') ? text.split('+').join(' ') : text
  return beyondAscii.test(spaced)
    ? spaced.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`)
    : spaced
}
