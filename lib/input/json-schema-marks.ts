import { isKeywords, marks, type Pattern } from './json-schema.js'

/** A bound, as the checks of zod have it. */
interface DateCheck {
  /** `greater_than` or `less_than`; others are passed over. */
  readonly check?: string
  /** A date, or something that is not one. */
  readonly value?: unknown
  /** @default true */
  readonly inclusive?: boolean
}

/** A part of a JSON Schema that is being made. */
export type Writable = Record<string, unknown>

/** Marks a bound of a date. */
export function markDate(json: Writable, { check, value, inclusive = true }: DateCheck): void {
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) return
  const step = inclusive ? 0 : 1
  if (check === 'greater_than') json[marks.earliest] = new Date(value.getTime() + step).toJSON()
  if (check === 'less_than') json[marks.latest] = new Date(value.getTime() - step).toJSON()
}

/** Replaces the patterns of JSON Schema by patterns with their flags. */
export function markPatterns(json: Writable, patterns: readonly Pattern[]): void {
  delete json.pattern
  if (Array.isArray(json.allOf))
    json.allOf = json.allOf.filter((part) => !(isKeywords(part) && 'pattern' in part))
  json[marks.patterns] = patterns.map(({ source, flags }) => ({ source, flags }))
}

export function markedPatterns(json: Writable): readonly Pattern[] {
  const marked = json[marks.patterns]
  return Array.isArray(marked) ? marked : []
}
