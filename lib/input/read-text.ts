// Functions that read the text of a form's control. Each gives `undefined` for a text that is not of its type.

/** A valid floating-point number (HTML Standard, section 2.3.4.3): not `+5`, `5.`, `0x5` or `Infinity`. */
const decimal = /^-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?$/

/**
 * Reads a number. A number that a double cannot hold is not read, since its value would change: an integer beyond 2^53,
 * or one that is too large or too small.
 */
export function readNumber(text: string): number | undefined {
  const trimmed = text.trim()
  if (!decimal.test(trimmed)) return undefined
  const number = Number(trimmed)
  if (!Number.isFinite(number)) return undefined
  const [digits = ''] = trimmed.split(/e/i)
  if (number === 0) return /[1-9]/.test(digits) ? undefined : number
  return digits.length === trimmed.length && Math.abs(number) > Number.MAX_SAFE_INTEGER ? undefined : number
}

/** Reads a number where an integer is declared, in any notation. The schema refuses one with a fraction. */
export function readInteger(text: string): number | undefined {
  const number = readNumber(text)
  return number === undefined || Math.abs(number) > Number.MAX_SAFE_INTEGER ? undefined : number
}

/** The most characters of a number that a visitor types or pastes. */
const longestBigint = 1000

export function readBigint(text: string): bigint | undefined {
  const trimmed = text.trim()
  return trimmed.length <= longestBigint && /^-?\d+$/.test(trimmed) ? BigInt(trimmed) : undefined
}

/** The texts that a checkbox or a choice of two sends. */
export function readBoolean(text: string): boolean | undefined {
  return booleans.get(text)
}

const booleans = new Map([
  ['on', true],
  ['true', true],
  ['1', true],
  ['off', false],
  ['false', false],
  ['0', false],
])

/** HTML Standard, sections 2.3.5.2 and 2.3.5.7, with four-digit years; also with a zone, as in RFC 3339. */
const dateAndTime =
  /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?:T((?:[01]\d|2[0-3]):[0-5]\d)(:[0-5]\d(?:\.\d{1,3})?)?(Z|[-+](?:[01]\d|2[0-3]):[0-5]\d)?)?$/

/** Reads a day, or a day and a time, in UTC unless it names a zone. Reads only days that the calendar has. */
export function readDate(text: string): Date | undefined {
  const [, day, minutes, seconds = ':00', zone = 'Z'] = dateAndTime.exec(text.trim()) ?? []
  if (day === undefined || day.startsWith('0000')) return undefined
  const midnight = new Date(`${day}T00:00:00Z`)
  // `Date` takes the 30th of February for the 1st or 2nd of March.
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== day) return undefined
  return minutes === undefined ? midnight : new Date(`${day}T${minutes}${seconds}${zone}`)
}
