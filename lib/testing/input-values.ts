import { attribute, type Element, hasAttribute } from './document.js'

/**
 * Gives the value that an `<input>` keeps when it is set to a text: what does not fit its type is dropped.
 *
 * @see https://html.spec.whatwg.org/multipage/input.html#value-sanitization-algorithm
 */
export function sanitise(type: string, value: string, element: Element): string {
  switch (type) {
    case 'text':
    case 'search':
    case 'tel':
    case 'password':
      return oneLine(value)
    case 'url':
      return trimmed(oneLine(value))
    case 'email':
      return hasAttribute(element, 'multiple')
        ? oneLine(value).split(',').map(trimmed).join(',')
        : trimmed(oneLine(value))
    case 'color':
      return /^#[0-9a-f]{6}$/i.test(value) ? value.toLowerCase() : '#000000'
    case 'range':
      return inRange(value, element)
    case 'datetime-local':
      return numberOf(type, value) === undefined ? '' : shortDateTime(value)
  }
  return isOrdered(type) && numberOf(type, value) === undefined ? '' : value
}

/**
 * Reads the number that a value of an ordered type stands for: itself, months, or milliseconds.
 *
 * @returns undefined when the value is not of the type
 */
export function numberOf(type: string, value: string): number | undefined {
  const number = readers.get(type)?.(value)
  return number === undefined || Number.isNaN(number) ? undefined : number
}

/** Whether values of a type have an order, so that `min`, `max` and `step` mean something. */
export function isOrdered(type: string): boolean {
  return readers.has(type)
}

const day = 86_400_000

const readers: ReadonlyMap<string, (value: string) => number> = new Map([
  ['number', readNumber],
  ['range', readNumber],
  ['date', readDate],
  ['month', readMonth],
  ['week', readWeek],
  ['time', readTime],
  ['datetime-local', readDateTime],
])

function readNumber(value: string): number {
  const valid = /^-?(?:\d+(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?$/i.test(value) && Number.isFinite(Number(value))
  return valid ? Number(value) : Number.NaN
}

function readDate(value: string): number {
  const [, year, month, date] = /^(\d{4,})-(\d\d)-(\d\d)$/.exec(value) ?? []
  const at = utc(Number(year), Number(month) - 1, Number(date))
  const read = new Date(at)
  const exists = read.getUTCMonth() === Number(month) - 1 && read.getUTCDate() === Number(date)
  return Number(year) > 0 && exists ? at : Number.NaN
}

function readMonth(value: string): number {
  const [, year, month] = /^(\d{4,})-(\d\d)$/.exec(value) ?? []
  const valid = Number(year) > 0 && Number(month) >= 1 && Number(month) <= 12
  return valid ? (Number(year) - 1970) * 12 + Number(month) - 1 : Number.NaN
}

function readWeek(value: string): number {
  const [, year, week] = /^(\d{4,})-W(\d\d)$/.exec(value) ?? []
  const monday = firstMonday(Number(year)) + (Number(week) - 1) * 7 * day
  const exists = Number(year) > 0 && Number(week) >= 1 && monday < firstMonday(Number(year) + 1)
  return exists ? monday : Number.NaN
}

function readDateTime(value: string): number {
  const [, date = '', time = ''] = /^(.*)[T ](.*)$/.exec(value) ?? []
  return readDate(date) + readTime(time)
}

function readTime(value: string): number {
  const [, hour, minute, second = '0', fraction = '0'] =
    /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,3}))?)?$/.exec(value) ?? []
  return ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 + Number(fraction.padEnd(3, '0'))
}

/** Finds the Monday of week 1, the week with 4 January in it. */
function firstMonday(year: number): number {
  const fourth = utc(year, 0, 4)
  return fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * day
}

/** Works for the years 0 to 99 as well, which `Date.UTC` takes for 1900 to 1999. */
function utc(year: number, month: number, date: number): number {
  return new Date(0).setUTCFullYear(year, month, date)
}

function oneLine(value: string): string {
  return value.replace(/[\r\n]/g, '')
}

function trimmed(value: string): string {
  return value.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, '')
}

/** Writes a moment in its shortest form: `2026-11-27 09:30:00` becomes `2026-11-27T09:30`. */
function shortDateTime(value: string): string {
  const [date = '', time = ''] = value.split(/[T ]/)
  const short = time.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')
  return `${date}T${/^\d\d:\d\d:00$/.test(short) ? short.slice(0, 5) : short}`
}

/**
 * Gives the value of a slider, which is never empty: the given value or the middle, at the nearest step within its
 * ends.
 */
function inRange(value: string, element: Element): string {
  const min = numberOf('range', attribute(element, 'min') ?? '') ?? 0
  const max = numberOf('range', attribute(element, 'max') ?? '') ?? 100
  const middle = max < min ? min : min + (max - min) / 2
  const given = numberOf('range', value)
  const within = Math.max(min, Math.min(max, given ?? middle))
  const stepText = attribute(element, 'step')
  const step = stepText?.toLowerCase() === 'any' ? 0 : (numberOf('range', stepText ?? '') ?? 1)
  if (given === within && step === 0) return value
  if (!(step > 0)) return String(within)
  const base = numberOf('range', attribute(element, 'min') ?? attribute(element, 'value') ?? '') ?? 0
  const steps = (within - base) / step
  const nearest = base + Math.round(steps) * step
  const stepped =
    nearest > max && nearest - step >= min ? nearest - step : nearest < min ? nearest + step : nearest
  if (Math.abs(stepped - within) < 1e-9) return given === within ? value : String(within)
  return String(Number(stepped.toPrecision(15)))
}
