import { shownFields } from '../body/limits.js'
import { escapedBytes, escapedCharacters, shownBytes } from '../body/printed-size.js'

type TextEntry = readonly [name: string, value: string]

/** The input that an answer shows. */
interface ShortenedInput {
  readonly entries: readonly TextEntry[]
  /** Whether some of what was sent is missing. */
  readonly shortened: boolean
}

/**
 * Keeps the beginning of the input: at most 200 fields, whose names and values print as at most 64 KiB of HTML. Anyone can
 * send a seal that does not open, so that answer must cost little. Printing makes a text of `<` four times as long, and
 * one of `"` six times.
 *
 * @param cut whether reading stopped early, so that the last value may end in half of a character
 */
export function shortenInput(entries: readonly TextEntry[], cut: boolean): ShortenedInput {
  const kept: TextEntry[] = []
  const room = new PrintedRoom(shownBytes)
  let whole = entries.length <= shownFields
  for (const [name, value] of whole ? entries : entries.slice(0, shownFields)) {
    const named = room.fit(name) === name.length
    const length = named ? room.fit(value) : 0
    if (named) kept.push([name, length === value.length ? value : beginningOf(value, length)])
    whole &&= named && length === value.length
    if (!named || length < value.length) break
  }
  const last = kept.at(-1)
  if (last && (cut || !whole)) kept[kept.length - 1] = [last[0], withoutHalf(last[1])]
  return { entries: kept, shortened: cut || !whole }
}

/** Copies the beginning of a text. A slice would keep the whole text in memory until the answer is sent. */
function beginningOf(text: string, length: number): string {
  return Buffer.from(text.slice(0, length)).toString()
}

/** Removes half of a character from the end: of a surrogate pair, a UTF-8 sequence or a percent escape. */
function withoutHalf(text: string): string {
  // A pattern that is searched for from the beginning would look at every character.
  const end = /(?:[\ud800-\udbff]|\ufffd|%[0-9A-Fa-f]?)$/.exec(text.slice(-2))
  return end ? text.slice(0, text.length - end[0].length) : text
}

/** Counts bytes of printed HTML. */
class PrintedRoom {
  #left: number

  constructor(bytes: number) {
    this.#left = bytes
  }

  /** Takes the room for the beginning of a text that fits. Returns the length of that beginning. */
  fit(text: string): number {
    if (isPlain(text)) {
      const bytes = Buffer.byteLength(text)
      if (bytes <= this.#left) {
        this.#left -= bytes
        return text.length
      }
    }
    let left = this.#left
    let at = 0
    for (; at < text.length; at++) {
      const bytes = printedBytes(text.charCodeAt(at))
      if (bytes > left) break
      left -= bytes
    }
    this.#left = left
    return at
  }
}

/** Tells whether a text is printed as it is. Five native searches take a tenth of the time of a look at each character. */
function isPlain(text: string): boolean {
  return !escapedCharacters.some((character) => text.includes(character))
}

/** Returns the room that a UTF-16 unit takes. Both units of a surrogate pair take two bytes. */
function printedBytes(unit: number): number {
  if (unit < 0x80) return asciiBytes[unit]!
  if (unit < 0x800) return 2
  return unit >= 0xd800 && unit <= 0xdfff ? 2 : 3
}

const asciiBytes = new Uint8Array(0x80).fill(1)
for (const character of escapedCharacters) asciiBytes[character.charCodeAt(0)] = escapedBytes
