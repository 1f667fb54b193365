import { SealformError } from './errors.js'

const secondsPer = new Map([
  ['ms', 0.001],
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
])

const bytesPer = new Map([
  ['b', 1],
  ['kb', 1000],
  ['mb', 1000 ** 2],
  ['gb', 1000 ** 3],
  ['kib', 1024],
  ['mib', 1024 ** 2],
  ['gib', 1024 ** 3],
])

/**
 * Reads a duration: a number of seconds, or a string such as `'500ms'`, `'90s'`, `'10m'`, `'24h'` or `'7d'`.
 *
 * @param what the name of the option, for the message
 * @returns seconds, more than 0
 * @throws SealformError `ERR_OPTION_INVALID`
 * @example parseDuration('10m', 'ttl') // 600
 */
export function parseDuration(value: number | string, what: string): number {
  const seconds = quantity(value, secondsPer)
  if (seconds !== undefined && seconds > 0) return seconds
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `${what} is ${show(value)}. Write seconds as a number above 0, or a string such as '90s', '10m', '24h' or '7d'.`,
  )
}

/** The longest time that a timer of Node can wait, in seconds. Node turns a longer timer into one of 1 ms. */
export const longestTimer = Math.floor(0x7fff_ffff / 1000)

/**
 * Reads a duration for a timer.
 *
 * @throws SealformError `ERR_OPTION_INVALID`
 */
export function parseTimer(value: number | string, what: string): number {
  const seconds = parseDuration(value, what)
  if (seconds <= longestTimer) return seconds
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `${what} is ${seconds} s. The longest that a timer can wait is ${longestTimer} s.`,
  )
}

/**
 * Reads a size: a number of bytes, or a string such as `'256 KiB'`, `'5MiB'` or `'1GB'`.
 * `KiB`, `MiB` and `GiB` count by 1024; `kB`, `MB` and `GB` by 1000. Upper and lower case make no difference.
 *
 * @param what the name of the option, for the message
 * @returns whole bytes, 0 or more
 * @throws SealformError `ERR_OPTION_INVALID`
 * @example parseSize('256 KiB', 'limits.fieldValue') // 262144
 */
export function parseSize(value: number | string, what: string): number {
  const bytes = quantity(value, bytesPer)
  if (bytes !== undefined && Number.isSafeInteger(bytes)) return bytes
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `${what} is ${show(value)}. Write whole bytes as a number, or a string such as '256 KiB', '5MiB' or '1GB'.`,
  )
}

/** Formats a size for people: at most one decimal, rounded down. */
export function formatSize(bytes: number): string {
  for (const [unit, factor] of sizeUnits) {
    if (bytes < factor) continue
    const tenths = Math.floor((bytes * 10) / factor)
    return `${tenths < 100 ? tenths / 10 : Math.floor(tenths / 10)} ${unit}`
  }
  return `${bytes} B`
}

const sizeUnits = [
  ['GB', 1000 ** 3],
  ['MB', 1000 ** 2],
  ['kB', 1000],
] as const

/** Converts a number, or a number with a unit, into the base unit. Returns `undefined` when it is neither. */
function quantity(value: unknown, units: ReadonlyMap<string, number>): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined
  if (typeof value !== 'string') return undefined
  const match = /^(\d+(?:\.\d+)?) ?([a-z]+)$/i.exec(value)
  const unit = units.get(match?.[2]?.toLowerCase() ?? '')
  if (!match || unit === undefined) return undefined
  const result = Number(match[1]) * unit
  return Number.isFinite(result) ? result : undefined
}

function show(value: unknown): string {
  return typeof value === 'string'
    ? `'${value.slice(0, 40)}'`
    : typeof value === 'number'
      ? `${value}`
      : value === null
        ? 'null'
        : `of type ${typeof value}`
}
