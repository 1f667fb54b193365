import { escapeAt } from './urlencoded.js'

/** The most room for names and values when the seal did not open: bytes of UTF-8, and more for characters to escape. */
export const shownBytes = 64 * 1024

/** The characters that HTML escapes. */
export const escapedCharacters: readonly string[] = ['<', '"', '&', "'", '>']

/** Five times the size of the longest, `&quot;`: to escape a character also costs time. Prose has few of them. */
export const escapedBytes = 32

/** Room for what is not shown: Sealform's own fields, and the seal among them. */
const unshownBytes = 32 * 1024

const percent = 0x25
const ampersand = 0x26
const weights = new Uint8Array(256).fill(1)
for (const character of escapedCharacters) weights[character.charCodeAt(0)] = escapedBytes

/**
 * Returns the number of bytes at the beginning of an urlencoded body that are enough to show as much of the input as an
 * answer has room for. A text of `<` fills that room after 3 KB, and the rest does not have to be read or decoded.
 */
export function shownPart(body: Buffer): number {
  let room = shownBytes + unshownBytes
  if (body.length <= room && !hasWeight(body)) return body.length
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]!
    if (byte === percent) {
      const escaped = escapeAt(body, at, body.length)
      room -= escaped < 0 ? 1 : weights[escaped]!
      if (escaped >= 0) at += 2
    } else if (byte !== ampersand) room -= weights[byte]!
    if (room < 0) return at
  }
  return body.length
}

/** Tells whether a byte may count for more than one. Native searches take a tenth of the time of a look at each byte. */
function hasWeight(body: Buffer): boolean {
  return (
    body.includes(percent) || escapedCharacters.some((one) => one !== '&' && body.includes(one.charCodeAt(0)))
  )
}
