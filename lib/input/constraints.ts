import { checkName } from './check-name.js'
import { type DeclaredField, findField } from './declared-field.js'
import { htmlPattern, matches } from './html-pattern.js'
import type { Bound, Declared } from './json-schema.js'

/** The attributes of a control that say what its schema says, so that the browser's validation agrees with the server's. */
export type ConstraintAttributes = Readonly<Record<string, string | number | true>>

export type ControlKind = 'input' | 'textarea' | 'select'

const none: ConstraintAttributes = Object.freeze({})

/** The most controls of one action whose attributes are kept. Pages can make up any number of names. */
const mostKept = 2000

/** Finds the constraints of an action's fields, and keeps them, since every page asks for the same ones. */
export class Constraints {
  readonly #schema: unknown
  readonly #depth: number
  readonly #kept = new Map<string, Map<string, ConstraintAttributes>>()
  #count = 0
  readonly #checked = new Set<string>()

  /** @param schema the JSON Schema of the action's input */
  constructor(schema: unknown, depth: number) {
    this.#schema = schema
    this.#depth = depth
  }

  /**
   * Checks the name of a control.
   *
   * @throws SealformError `ERR_FORM_INVALID` on a name that cannot lead into the schema
   */
  checkName(name: string): void {
    if (this.#checked.has(name)) return
    checkName(this.#schema, name, this.#depth)
    if (this.#checked.size < mostKept) this.#checked.add(name)
  }

  /**
   * Gives the attributes of one control.
   *
   * @param type of an input, when the page says one
   */
  of(control: ControlKind, name: string, type?: string): ConstraintAttributes {
    const kind = type === undefined ? control : `${control} ${type}`
    const known = this.#kept.get(kind)?.get(name)
    if (known) return known
    if (this.#count >= mostKept) {
      this.#kept.clear()
      this.#count = 0
    }
    const field = findField(this.#schema, name, this.#depth)
    const attributes = field ? constraintsOf(field, control, type) : none
    const byName = this.#kept.get(kind) ?? new Map<string, ConstraintAttributes>()
    this.#kept.set(kind, byName.set(name, attributes))
    this.#count += 1
    return attributes
  }
}

/**
 * Derives the attributes of a control from its field. They never make a browser refuse what the schema accepts: what HTML
 * cannot say exactly is left out.
 *
 * @param type of an input, when the page says one
 * @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#constraints
 */
function constraintsOf(field: DeclaredField, control: ControlKind, type?: string): ConstraintAttributes {
  if (control === 'select') return ofSelect(field)
  // Browsers count a line break as one character and send two, so a textarea gets neither length.
  if (control === 'textarea') return field.required ? { required: true } : none
  return ofInput(field, type)
}

/** A select with `multiple` may be left empty where the schema accepts an empty array. */
function ofSelect({ way, required }: DeclaredField): ConstraintAttributes {
  if (way?.type === 'array')
    return way.minItems > 0 && required ? { required: true, multiple: true } : { multiple: true }
  return required ? { required: true } : none
}

function ofInput(
  { way: declared, item, required }: DeclaredField,
  given: string | undefined,
): ConstraintAttributes {
  const isArray = declared?.type === 'array'
  const way = isArray ? item : declared
  const derived = way && inputType(way)
  const isWritten = way?.type === 'string' || way?.type === 'bigint'
  // An array of booleans is not a group of boxes.
  const type = given ?? (isArray && derived === 'checkbox' ? undefined : derived) ?? 'text'
  const attributes: Record<string, string | number | true> = {}
  if (given === undefined && (isWritten || type !== 'text')) attributes.type = type
  if (type === 'checkbox') {
    if (required && way?.type === 'boolean' && !isArray && way.values?.every((value) => value === true))
      attributes.required = true
  } else if (type === 'radio') {
    if (required && !isArray && way?.type !== 'boolean') attributes.required = true
  } else if (required && way?.type !== 'boolean' && !neverRequired.has(type)) attributes.required = true
  if (way?.type === 'integer') Object.assign(attributes, ofInteger(way, type))
  if (way?.type === 'number') Object.assign(attributes, ofNumber(way, type))
  if (way?.type === 'date') Object.assign(attributes, ofDate(way, type))
  if (way?.type === 'bigint' && isText(type)) attributes.pattern = '\\s*-?\\d+\\s*'
  if (way?.type === 'string' && isText(type)) Object.assign(attributes, ofText(way, type, derived))
  return attributes
}

/** The types to which `required` does not apply (HTML Standard, section 4.10.5). */
const neverRequired = new Set(['hidden', 'range', 'color', 'submit', 'image', 'reset', 'button', 'file'])

/** The types to which the lengths and `pattern` apply. */
const texts = new Set(['text', 'search', 'url', 'tel', 'email', 'password'])

function isText(type: string): boolean {
  return texts.has(type)
}

/**
 * The types that stand for a format. The patterns of the schema must accept `sent`, which the control sends, and must refuse
 * `beyond`, which the browser refuses.
 */
const formats = new Map([
  ['email', { type: 'email', sent: 'ada@example.org', beyond: ['ü@example.org', '"a b"@example.org'] }],
  ['uri', { type: 'url', sent: 'https://example.org/', beyond: ['example.org', '/path'] }],
  ['date', { type: 'date', sent: '2026-11-27', beyond: ['2026-11-27T10:30', '27.11.2026'] }],
  ['time', { type: 'time', sent: '10:30', beyond: ['10:30Z'] }],
])

function inputType({ type, format, patterns, rewritten }: Declared): string | undefined {
  if (type === 'integer' || type === 'number') return 'number'
  if (type === 'boolean') return 'checkbox'
  if (type === 'date') return 'date'
  if (type === 'string' && format === 'password') return 'password'
  const known = type === 'string' && !rewritten && format !== undefined ? formats.get(format) : undefined
  if (!known) return undefined
  const fits = patterns.every(
    (pattern) =>
      matches(pattern, known.sent) === true && !known.beyond.some((text) => matches(pattern, text) !== false),
  )
  return fits ? known.type : undefined
}

function ofText(
  { minLength, maxLength, patterns, rewritten }: Declared,
  type: string,
  derived: string | undefined,
): ConstraintAttributes {
  // Constraints of the trimmed text do not hold for the text that was typed.
  if (rewritten) return none
  const attributes: Record<string, string | number> = {}
  // `required` asks for one character already.
  if (minLength > 1) attributes.minlength = minLength
  if (Number.isFinite(maxLength)) attributes.maxlength = maxLength
  // The type says the same, with a better message of the browser.
  const pattern = type === derived ? undefined : htmlPattern(patterns)
  if (pattern !== undefined) attributes.pattern = pattern
  return attributes
}

function ofInteger({ minimum, maximum, multipleOf = 1 }: Declared, type: string): ConstraintAttributes {
  if (type !== 'number' && type !== 'range') return none
  const step = Number.isSafeInteger(multipleOf) && multipleOf > 0 ? multipleOf : 1
  const attributes: Record<string, number> = { step }
  // Browsers count steps from `min`, so it has to be a step itself. The bounds of safe integers are left out.
  const min = minimum && lowest(minimum)
  if (min !== undefined && min > Number.MIN_SAFE_INTEGER) attributes.min = Math.ceil(min / step) * step
  const max = maximum && highest(maximum)
  if (max !== undefined && max < Number.MAX_SAFE_INTEGER) attributes.max = max
  return attributes
}

function lowest({ value, exclusive }: Bound): number {
  return exclusive ? Math.floor(value) + 1 : Math.ceil(value)
}

function highest({ value, exclusive }: Bound): number {
  return exclusive ? Math.ceil(value) - 1 : Math.floor(value)
}

function ofNumber({ minimum, maximum, multipleOf }: Declared, type: string): ConstraintAttributes {
  if (type !== 'number' && type !== 'range') return none
  const attributes: Record<string, number | string> = { step: 'any' }
  if (multipleOf && minimum && isMultiple(minimum.value, multipleOf)) attributes.step = multipleOf
  if (minimum) attributes.min = minimum.value
  if (maximum) attributes.max = maximum.value
  return attributes
}

function isMultiple(value: number, of: number): boolean {
  const times = value / of
  return Math.abs(times - Math.round(times)) < 1e-9
}

const dayLength = 24 * 60 * 60 * 1000
const minuteLength = 60 * 1000

function ofDate({ earliest, latest }: Declared, type: string): ConstraintAttributes {
  if (type !== 'date' && type !== 'datetime-local') return none
  // Browsers count steps from `min`, so it has to be a whole day or minute.
  const [unit, length] = type === 'date' ? [dayLength, 10] : [minuteLength, 16]
  const attributes: Record<string, string> = {}
  const min = earliest && dateText(Math.ceil(earliest.getTime() / unit) * unit, length)
  const max = latest && dateText(Math.floor(latest.getTime() / unit) * unit, length)
  if (min !== undefined) attributes.min = min
  if (max !== undefined) attributes.max = max
  return attributes
}

/** Writes a date as HTML does; `undefined` for years without four digits, which have several spellings. */
function dateText(time: number, length: number): string | undefined {
  const date = new Date(time)
  const year = Number.isNaN(date.getTime()) ? 0 : date.getUTCFullYear()
  return year > 0 && year < 10_000 ? date.toISOString().slice(0, length) : undefined
}
