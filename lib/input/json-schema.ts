/** One way that a value may look, read from JSON Schema: of one type, with references followed and `allOf` combined. */
export interface Declared {
  /** `date` and `bigint` come from `marks.type`, since JSON has neither; `any` is anything. */
  readonly type: DeclaredType
  /** The only values, from `enum` or `const`. */
  readonly values: readonly unknown[] | undefined
  readonly hasDefault: boolean
  readonly properties: ReadonlyMap<string, unknown>
  readonly required: ReadonlySet<string>
  /** Of properties that are not listed. */
  readonly otherProperties: unknown
  readonly items: unknown
  readonly firstItems: readonly unknown[]
  readonly minItems: number
  readonly minLength: number
  readonly maxLength: number
  /** With `exclusive…` for bounds that do not belong to the range themselves. */
  readonly minimum: Bound | undefined
  readonly maximum: Bound | undefined
  readonly multipleOf: number | undefined
  readonly format: string | undefined
  readonly patterns: readonly Pattern[]
  /** The bounds of a date, both in the range. */
  readonly earliest: Date | undefined
  readonly latest: Date | undefined
  /** The text is changed before it is checked, so the other constraints do not hold for the text that was sent. */
  readonly rewritten: boolean
  /** Marked by `writeOnly: true` or `format: 'password'`: what was sent is never given back. */
  readonly secret: boolean
}

type DeclaredType =
  | 'any'
  | 'null'
  | 'string'
  | 'number'
  | 'integer'
  | 'boolean'
  | 'date'
  | 'bigint'
  | 'array'
  | 'object'

export interface Bound {
  readonly value: number
  readonly exclusive: boolean
}

/** A regular expression of a schema. */
export interface Pattern {
  readonly source: string
  /** `undefined` where only JSON Schema tells the pattern, which has no flags, whatever the library checks with. */
  readonly flags: string | undefined
}

/** Keywords of our own, for what JSON Schema cannot say. */
export const marks = {
  type: 'sealform:type',
  patterns: 'sealform:patterns',
  rewritten: 'sealform:rewritten',
  earliest: 'sealform:earliest',
  latest: 'sealform:latest',
} as const

type Keywords = Readonly<Record<string, unknown>>

/**
 * The most schemas that are read for one value. Only a schema that refers to itself, or multiplies unions, has more.
 */
const mostRead = 500

/**
 * Lists the ways that a value may look: the branches of a union and the types of a list of types, one by one. A schema
 * that is empty, or too large, gives `any`.
 *
 * @param node a JSON Schema of draft 2020-12, or a part of one
 * @param root the whole, in which references are looked up
 */
export function alternatives(node: unknown, root: unknown): readonly Declared[] {
  const ways: Declared[] = []
  const work: { pending: unknown[]; read: Keywords[]; unions: unknown[][] }[] = [
    { pending: [node], read: [], unions: [] },
  ]
  let count = 0
  for (const { pending, read, unions } of work) {
    for (const schema of pending) {
      if (++count > mostRead) return anything
      if (!isKeywords(schema)) continue
      read.push(schema)
      const { $ref, allOf, anyOf, oneOf } = schema
      if (typeof $ref === 'string') pending.push(find(root, $ref))
      if (Array.isArray(allOf)) pending.push(...allOf)
      for (const union of [anyOf, oneOf]) if (Array.isArray(union)) unions.push(union)
    }
    const [union, ...others] = unions
    if (!union) ways.push(...byType(read))
    else for (const branch of union) work.push({ pending: [branch], read: [...read], unions: [...others] })
  }
  return ways.length === 0 ? anything : ways
}

/** Follows a reference within the document, such as `#/$defs/node` (RFC 6901, section 6). */
function find(root: unknown, reference: string): unknown {
  if (reference === '#') return root
  if (!reference.startsWith('#/')) return undefined
  let node = root
  for (const part of reference.slice(2).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined
    node = Reflect.get(node, key)
  }
  return node
}

/** Combines schemas that must all hold for one value, for each type that they allow. */
function byType(schemas: readonly Keywords[]): readonly Declared[] {
  const values = schemas.flatMap((schema) => {
    if ('const' in schema) return [[schema.const]]
    return Array.isArray(schema.enum) ? [schema.enum] : []
  })[0]
  let types: readonly DeclaredType[] | undefined
  for (const schema of schemas) {
    const own = typesOf(schema)
    if (own)
      types =
        types?.filter((type) => own.includes(type) || (type === 'integer' && own.includes('number'))) ?? own
  }
  types ??= values ? [...new Set(values.map(typeOfValue))] : ['any']
  return types.map((type) =>
    declare(
      type,
      schemas,
      values?.filter((value) => isOf(type, value)),
    ),
  )
}

function typesOf({ [marks.type]: mark, type }: Keywords): readonly DeclaredType[] | undefined {
  if (mark === 'date' || mark === 'bigint') return [mark]
  const names = (Array.isArray(type) ? type : [type]).filter(isJsonType)
  return names.length === 0 ? undefined : names
}

function isJsonType(name: unknown): name is DeclaredType {
  return typeof name === 'string' && jsonTypes.has(name)
}

const jsonTypes = new Set(['null', 'string', 'number', 'integer', 'boolean', 'array', 'object'])

function typeOfValue(value: unknown): DeclaredType {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  const type = typeof value
  return type === 'string' || type === 'number' || type === 'boolean' || type === 'object' ? type : 'any'
}

function isOf(type: DeclaredType, value: unknown): boolean {
  const own = typeOfValue(value)
  return own === type || (own === 'number' && type === 'integer')
}

function declare(
  type: DeclaredType,
  schemas: readonly Keywords[],
  values: readonly unknown[] | undefined,
): Declared {
  const properties = new Map<string, unknown>()
  for (const schema of schemas) {
    if (!isKeywords(schema.properties)) continue
    for (const [key, value] of Object.entries(schema.properties)) {
      // A property that two schemas declare must satisfy both.
      properties.set(key, properties.has(key) ? { allOf: [properties.get(key), value] } : value)
    }
  }
  return {
    type,
    values,
    hasDefault: schemas.some((schema) => 'default' in schema),
    properties,
    required: new Set(lists(schemas, 'required').filter((name) => typeof name === 'string')),
    otherProperties: firstOf(schemas, 'additionalProperties'),
    items: firstOf(schemas, 'items'),
    firstItems: lists(schemas, 'prefixItems'),
    minItems: Math.max(0, ...numbers(schemas, 'minItems')),
    minLength: Math.max(0, ...numbers(schemas, 'minLength')),
    maxLength: Math.min(Number.POSITIVE_INFINITY, ...numbers(schemas, 'maxLength')),
    minimum: tighter(bounds(schemas, 'minimum'), (a, b) => a > b),
    maximum: tighter(bounds(schemas, 'maximum'), (a, b) => a < b),
    multipleOf: numbers(schemas, 'multipleOf')[0],
    format: texts(schemas, 'format')[0],
    patterns: schemas.flatMap(patternsOf),
    earliest: dates(schemas, marks.earliest).sort((a, b) => Number(b) - Number(a))[0],
    latest: dates(schemas, marks.latest).sort((a, b) => Number(a) - Number(b))[0],
    rewritten: schemas.some((schema) => schema[marks.rewritten] === true),
    secret: schemas.some(isMarkedSecret),
  }
}

function firstOf(schemas: readonly Keywords[], keyword: string): unknown {
  return schemas.find((schema) => keyword in schema)?.[keyword]
}

function lists(schemas: readonly Keywords[], keyword: string): readonly unknown[] {
  return schemas.flatMap(({ [keyword]: list }) => (Array.isArray(list) ? list : []))
}

function numbers(schemas: readonly Keywords[], keyword: string): readonly number[] {
  return schemas.map((schema) => schema[keyword]).filter((value) => typeof value === 'number')
}

function texts(schemas: readonly Keywords[], keyword: string): readonly string[] {
  return schemas.map((schema) => schema[keyword]).filter((value) => typeof value === 'string')
}

function dates(schemas: readonly Keywords[], keyword: string): Date[] {
  return texts(schemas, keyword).map((text) => new Date(text))
}

function bounds(schemas: readonly Keywords[], keyword: 'minimum' | 'maximum'): readonly Bound[] {
  const exclusive = keyword === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum'
  return [
    ...numbers(schemas, exclusive).map((value) => ({ value, exclusive: true })),
    ...numbers(schemas, keyword).map((value) => ({ value, exclusive: false })),
  ]
}

/** Finds the tightest bound; of equal ones the first, which is exclusive. */
function tighter(bounds: readonly Bound[], isTighter: (a: number, b: number) => boolean): Bound | undefined {
  let tightest: Bound | undefined
  for (const bound of bounds) if (!tightest || isTighter(bound.value, tightest.value)) tightest = bound
  return tightest
}

function patternsOf({ [marks.patterns]: marked, pattern }: Keywords): readonly Pattern[] {
  const patterns: Pattern[] = typeof pattern === 'string' ? [{ source: pattern, flags: undefined }] : []
  for (const entry of Array.isArray(marked) ? marked : []) {
    const { source, flags } = isKeywords(entry) ? entry : {}
    if (typeof source === 'string' && typeof flags === 'string') patterns.push({ source, flags })
  }
  return patterns
}

/**
 * Keywords that say that a value is only ever sent to the server (JSON Schema Validation, section 9.4; OpenAPI, data
 * types).
 */
export function isMarkedSecret({ writeOnly, format }: Keywords): boolean {
  return writeOnly === true || format === 'password'
}

export function isKeywords(node: unknown): node is Keywords {
  return typeof node === 'object' && node !== null && !Array.isArray(node)
}

const anything: readonly Declared[] = [declare('any', [], undefined)]
