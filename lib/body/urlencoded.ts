import { isAscii, isUtf8 } from 'node:buffer'
import type { FieldCollector } from './field-collector.js'

/** Takes fields as they are read. */
type FieldSink = Pick<FieldCollector, 'add' | 'refuse' | 'satisfied'>

const shortBody = 4096
/** Bytes from which native searches are faster than a loop. */
const longText = 256
const ampersand = 0x26
const equals = 0x3d
const percent = 0x25
const plus = 0x2b
const space = 0x20

/** The value of each byte as a hexadecimal digit; -1 for bytes that are not digits. */
const hexDigits = Int8Array.from({ length: 256 }, (_, byte) => '0123456789abcdef'.indexOf(lowerCase(byte)))

/** A buffer for decoding. Decoding is synchronous, so all bodies can share it. */
const shared = Buffer.alloc(shortBody)

/**
 * Reads `application/x-www-form-urlencoded` bytes into fields. Follows the URL standard, but strictly: it refuses a
 * malformed percent escape and bytes that are not UTF-8.
 *
 * @see https://url.spec.whatwg.org/#urlencoded-parsing
 */
export function readUrlencoded(body: Buffer, fields: FieldSink): void {
  const texts = new BodyTexts(body, fields)
  const { length } = body
  for (let start = 0; start < length && !fields.satisfied; ) {
    if (body[start] === ampersand) {
      start++
      continue
    }
    let coded = false
    let at = start
    for (; at < length; at++) {
      const byte = body[at]!
      if (byte === equals || byte === ampersand) break
      if (needsDecoding(byte)) coded = true
    }
    const name = coded ? texts.decoded(start, at) : texts.plain(start, at)
    let end = at
    if (at < length && body[at] === equals) {
      const from = at + 1
      end = texts.valueEnd(from)
      if (texts.isCoded) {
        const value = texts.decoded(from, end)
        fields.add(name, value, Buffer.byteLength(value))
      } else fields.add(name, texts.plain(from, end), end - from)
    } else fields.add(name, '', 0)
    start = end + 1
  }
}

/**
 * Decodes a name or value.
 *
 * @returns undefined when an escape is malformed or the bytes are not UTF-8
 */
export function decodeComponent(body: Buffer, from: number, to: number): string | undefined {
  return hasCoded(body, from, to) ? decode(body, from, to) : body.toString('latin1', from, to)
}

/** Reads the names and values of a body as strings. */
class BodyTexts {
  readonly #body: Buffer
  readonly #fields: FieldSink
  /** A short body as one string. Not for a long body: each slice that the app keeps would hold all of it in memory. */
  readonly #text: string | undefined
  /** The value whose end was found last needs decoding. */
  isCoded = false

  constructor(body: Buffer, fields: FieldSink) {
    this.#body = body
    this.#fields = fields
    this.#text = body.length <= shortBody ? body.toString('latin1') : undefined
  }

  /** Returns where a value ends. Most are short: one look at each byte finds the end and what needs decoding. */
  valueEnd(from: number): number {
    const body = this.#body
    const near = Math.min(body.length, from + longText)
    let isCoded = false
    let end = from
    for (; end < near; end++) {
      const byte = body[end]!
      if (byte === ampersand) break
      if (needsDecoding(byte)) isCoded = true
    }
    if (end === near) {
      const next = body.indexOf(ampersand, near)
      end = next === -1 ? body.length : next
      isCoded ||= hasCoded(body, near, end)
    }
    this.isCoded = isCoded
    return end
  }

  /** Reads a text without escapes. */
  plain(from: number, to: number): string {
    return this.#text === undefined ? this.#body.toString('latin1', from, to) : this.#text.slice(from, to)
  }

  /** Decodes a text with escapes. A malformed text refuses the body and is decoded as far as possible. */
  decoded(from: number, to: number): string {
    const text = decode(this.#body, from, to)
    if (text !== undefined) return text
    this.#fields.refuse({
      status: 400,
      reason: 'malformed',
      detail: 'the body has a malformed percent escape, or bytes that are not UTF-8',
    })
    return decodeLeniently(this.#body, from, to)
  }
}

function decode(body: Buffer, from: number, to: number): string | undefined {
  const target = to - from <= shared.length ? shared : Buffer.allocUnsafe(to - from)
  let length = 0
  let seen = 0
  let at = from
  for (; at < to; at++) {
    let byte = body[at]!
    if (byte === plus) byte = space
    else if (byte === percent) {
      byte = escapeAt(body, at, to)
      if (byte < 0) break
      at += 2
    }
    seen |= byte
    target[length++] = byte
  }
  const text = at < to ? undefined : textOf(target, length, seen)
  // The text may be a password, so no copy of it stays in the shared buffer.
  if (target === shared) shared.fill(0, 0, length)
  return text
}

/** @param seen the bitwise OR of all bytes */
function textOf(bytes: Buffer, length: number, seen: number): string | undefined {
  if (seen < 0x80) return bytes.toString('latin1', 0, length)
  const text = bytes.toString('utf8', 0, length)
  // Decoding turns invalid bytes into U+FFFD. Without one in the text, the check is not needed.
  return text.includes('\ufffd') && !isUtf8(bytes.subarray(0, length)) ? undefined : text
}

/** Decodes as the URL standard does, to show the input again: stray percent signs stay, bad bytes become U+FFFD. */
function decodeLeniently(body: Buffer, from: number, to: number): string {
  const target = Buffer.allocUnsafe(to - from)
  let length = 0
  for (let i = from; i < to; i++) {
    const byte = body[i]!
    const escaped = byte === percent ? escapeAt(body, i, to) : -1
    if (escaped >= 0) i += 2
    target[length++] = escaped >= 0 ? escaped : byte === plus ? space : byte
  }
  return target.toString('utf8', 0, length)
}

/** Returns the byte of a percent escape, or a negative number when it is malformed. */
export function escapeAt(body: Buffer, at: number, to: number): number {
  return at + 2 < to ? (hexDigits[body[at + 1]!]! << 4) | hexDigits[body[at + 2]!]! : -1
}

function hasCoded(body: Buffer, from: number, to: number): boolean {
  if (to - from > longText) {
    const text = body.subarray(from, to)
    return text.includes(percent) || text.includes(plus) || !isAscii(text)
  }
  for (let i = from; i < to; i++) if (needsDecoding(body[i]!)) return true
  return false
}

/** Tells whether a byte needs decoding: an escape, a plus sign for a space, or a byte beyond ASCII. */
function needsDecoding(byte: number): boolean {
  return byte === percent || byte === plus || byte > 0x7f
}

function lowerCase(byte: number): string {
  return String.fromCharCode(byte).toLowerCase()
}
