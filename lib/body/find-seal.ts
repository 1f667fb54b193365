import { longestActionField, readActionField } from '../base/action-field.js'
import { fieldNames } from '../base/wire-names.js'
import { ownFieldLength } from './field-collector.js'
import { parsePartHeaders } from './part-headers.js'
import { decodeComponent } from './urlencoded.js'

/** The seal field is there, is absent, or more of the body is needed to decide. `seal` is undefined when unusable. */
type Found = { readonly seal: string | undefined } | 'absent' | 'more'

/**
 * Looks for the field `sealform` in the beginning of a body. Called again with more bytes while it returns `more`.
 *
 * @param ended whether `head` is the whole body
 */
export type Finder = (head: Buffer, ended: boolean) => Found

/** The field has to start within this many bytes. */
const window = 16 * 1024

const fieldName = fieldNames.seal
/** A React page has the seal in the name of its first field. */
const namePrefix = fieldNames.action
const firstLetter = fieldName.charCodeAt(0)
const percent = 0x25
const ampersand = 0x26
const equals = 0x3d
// Any character of a name or value may be sent as a percent escape of three bytes.
const escaped = 3

export function findInUrlencoded(): Finder {
  let start = 0
  return (head, ended) => {
    while (start < window && start < head.length) {
      const next = head.indexOf(ampersand, start)
      const whole = next !== -1 || ended
      const end = next === -1 ? head.length : next
      const value = sealStart(head, start, end)
      if (value !== -1) {
        if (end - value > ownFieldLength * escaped) return { seal: undefined }
        return whole ? { seal: sealIn(head, value, end) } : 'more'
      }
      const named = findInName(head, { start, end, whole })
      if (named !== undefined) return named
      if (!whole)
        return head.length < window || end - start <= namePrefix.length * escaped ? 'more' : 'absent'
      start = end + 1
    }
    return start < window && !ended ? 'more' : 'absent'
  }
}

/** Returns the offset of the value when the field is named `sealform`. -1 for another name or an incomplete one. */
function sealStart(head: Buffer, start: number, end: number): number {
  const longest = Math.min(end, start + fieldName.length * escaped + 1)
  for (let at = start; at < longest; at++) {
    if (head[at] === equals) return isFieldName(head, start, at) ? at + 1 : -1
  }
  return -1
}

/** Compares a name with `sealform`. An escape only makes it longer, so one of the same length is compared byte by byte. */
function isFieldName(head: Buffer, from: number, to: number): boolean {
  if (to - from !== fieldName.length) {
    return to - from > fieldName.length && decodeComponent(head, from, to) === fieldName
  }
  for (let i = from; i < to; i++) if (head[i] !== fieldName.charCodeAt(i - from)) return false
  return true
}

/** Looks for the seal in the name of a field. Returns `undefined` when the field has another name. */
function findInName(
  head: Buffer,
  { start, end, whole }: { readonly start: number; readonly end: number; readonly whole: boolean },
): Found | undefined {
  if (head[start] !== firstLetter && head[start] !== percent) return undefined
  const equal = head.indexOf(equals, start)
  const complete = whole || (equal !== -1 && equal < end)
  const nameEnd = equal !== -1 && equal < end ? equal : end
  if (nameEnd - start > longestActionField * escaped || !complete) {
    if (head.toString('latin1', start, start + namePrefix.length) !== namePrefix) return undefined
    return nameEnd - start > longestActionField ? { seal: undefined } : 'more'
  }
  const name = decodeComponent(head, start, nameEnd)
  return name?.startsWith(namePrefix) ? { seal: readActionField(name)?.seal } : undefined
}

function sealIn(head: Buffer, from: number, to: number): string | undefined {
  const seal = decodeComponent(head, from, to)
  return seal !== undefined && seal.length <= ownFieldLength ? seal : undefined
}

/**
 * Finds the seal by parsing delimiters and part headers, so that text inside a value is never mistaken for the field.
 */
export function findInMultipart(boundary: string): Finder {
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  const line = delimiter.length - 2
  /** Offset of the delimiter line of the next part; -1 before the first delimiter is found. */
  let start = -1
  return (head, ended) => {
    if (start === -1) {
      // Text before the first delimiter does not hide the seal. It is refused later, when the body is read.
      const length = Math.min(line, head.length)
      if (delimiter.compare(head, 0, length, 2, 2 + length) === 0) {
        if (length < line) return ended ? 'absent' : 'more'
        start = 0
      } else {
        const first = head.indexOf(delimiter)
        if (first === -1) return ended || head.length >= window + delimiter.length ? 'absent' : 'more'
        start = first + 2
      }
    }
    while (start < window) {
      const headers = start + line + 2
      if (head.toString('latin1', start + line, headers) === '--') return 'absent'
      const end = head.indexOf('\r\n\r\n', headers, 'latin1')
      if (end === -1) return ended || head.length - headers > window ? 'absent' : 'more'
      const block = head.toString('latin1', headers, end)
      const part = parsePartHeaders(block)
      const next = head.indexOf(delimiter, end + 4)
      if ('status' in part) {
        if (/name="?sealform(?:"?(?![.\w])|\.action\.)/.test(block)) return { seal: undefined }
      } else if (part.name.startsWith(namePrefix)) {
        return { seal: part.filename === undefined ? readActionField(part.name)?.seal : undefined }
      } else if (part.name === fieldName) {
        const length = (next === -1 ? head.length : next) - end - 4
        if (length > ownFieldLength + delimiter.length) return { seal: undefined }
        if (next === -1) return ended ? { seal: undefined } : 'more'
        const usable = length <= ownFieldLength && part.filename === undefined
        return { seal: usable ? head.toString('latin1', end + 4, next) : undefined }
      }
      if (next === -1) return ended || head.length >= window + delimiter.length ? 'absent' : 'more'
      start = next + 2
    }
    return 'absent'
  }
}

/** Searches a multipart body without a usable boundary for the text `name="sealform"`, and that of a React page. */
export const findRaw: Finder = (head, ended) => {
  for (const text of rawNames) {
    const at = head.subarray(0, window + text.length).indexOf(text, 0, 'latin1')
    if (at !== -1 && at < window) return { seal: undefined }
  }
  return ended || head.length >= window + longestRawName ? 'absent' : 'more'
}

const rawNames = [`name="${fieldName}"`, `name="${namePrefix}`]
const longestRawName = Math.max(...rawNames.map(({ length }) => length))
