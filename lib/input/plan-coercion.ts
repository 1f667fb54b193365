import type { ArrayPlan, ObjectPlan, Plan, PropertyPlan, TextPlan } from './coerce.js'
import { alternatives, type Declared } from './json-schema.js'
import { readBigint, readBoolean, readDate, readInteger, readNumber } from './read-text.js'

/**
 * Plans how the texts of a form become what a schema declares. Nothing is guessed: a value that may be text stays text.
 * A text that is not of the declared type stays text as well, so that the schema says what is wrong.
 *
 * @param schema the JSON Schema of the input
 * @param depth how many steps of a name may follow the first one
 * @param sending whether the form sends its empty controls; a link to a search leaves them out, and then a required text
 *   that is missing is an empty one. @default 'all'
 * @returns `undefined` when everything stays as it is
 */
export function planCoercion(
  schema: unknown,
  depth: number,
  sending: 'all' | 'filled' = 'all',
): Plan | undefined {
  const plan = new Planner(schema, sending === 'filled').plan(schema, depth + 1)
  return plan.object ? plan : undefined
}

/** What no single text can stand for. */
const withParts: ReadonlySet<Declared['type']> = new Set(['array', 'object', 'null'])

const asItIs: Plan = { text: undefined, array: undefined, object: undefined }

class Planner {
  readonly #root: unknown
  readonly #fillsTexts: boolean
  readonly #plans = new Map<unknown, Map<number, Plan>>()
  /** The properties that are being planned, to notice one that contains itself. */
  readonly #open = new Set<unknown>()

  constructor(root: unknown, fillsTexts: boolean) {
    this.#root = root
    this.#fillsTexts = fillsTexts
  }

  /** @param depth how many steps of a name may lead on from this value; it ends schemas that refer to themselves */
  plan(node: unknown, depth: number): Plan {
    const byDepth = this.#plans.get(node) ?? new Map<number, Plan>()
    this.#plans.set(node, byDepth)
    const known = byDepth.get(depth)
    if (known) return known
    const plan = this.#make(alternatives(node, this.#root), depth)
    byDepth.set(depth, plan)
    return plan
  }

  #make(ways: readonly Declared[], depth: number): Plan {
    if (ways.some(({ type }) => type === 'any')) return asItIs
    const plan: Plan = {
      text: planText(ways),
      array: depth < 0 ? undefined : this.#array(ways, depth),
      object: depth < 1 ? undefined : this.#object(ways, depth),
    }
    return plan.text || plan.array || plan.object ? plan : asItIs
  }

  #array(ways: readonly Declared[], depth: number): ArrayPlan | undefined {
    const [way, another] = ways.filter(({ type }) => type === 'array')
    if (!way || another) return undefined
    const first = way.firstItems.map((item) => this.plan(item, depth - 1))
    return { first, rest: this.plan(way.items, depth - 1), only: areOnly('array', ways) }
  }

  #object(ways: readonly Declared[], depth: number): ObjectPlan | undefined {
    const objects = ways.filter(({ type }) => type === 'object')
    const [way, another] = objects
    if (!way) return undefined
    if (!another) return this.#properties(way, depth)
    const choice = this.#discriminator(objects)
    if (!choice) return undefined
    const plans = new Map<string, ObjectPlan>()
    for (const [text, chosen] of choice.ways) {
      const plan = this.#properties(chosen, depth)
      if (plan) plans.set(text, plan)
    }
    return { choice: { key: choice.key, plans }, properties: [], others: undefined }
  }

  #properties(way: Declared, depth: number): ObjectPlan | undefined {
    const properties: PropertyPlan[] = []
    for (const [key, node] of way.properties) {
      const optional = !way.required.has(key)
      const repeats = this.#open.has(node)
      this.#open.add(node)
      const plan = this.plan(node, depth - 1)
      if (!repeats) this.#open.delete(node)
      const absent = this.#absent(alternatives(node, this.#root), optional, repeats ? 0 : depth - 1)
      if (optional || plan !== asItIs || absent !== 'nothing')
        properties.push({ key, optional, absent, plan })
    }
    const rest = this.plan(way.otherProperties, depth - 1)
    const others = rest === asItIs ? undefined : { listed: new Set(way.properties.keys()), plan: rest }
    return properties.length > 0 || others ? { choice: undefined, properties, others } : undefined
  }

  /**
   * Plans the value of a property for which a form sends nothing. Does not create missing objects for recursive
   * schemas: nothing could satisfy them, and they would grow with every level.
   */
  #absent(ways: readonly Declared[], optional: boolean, depth: number): PropertyPlan['absent'] {
    if (areOnly('boolean', ways)) {
      return !optional || ways.some(({ hasDefault }) => hasDefault) ? 'false' : 'nothing'
    }
    if (optional) return 'nothing'
    if (areOnly('array', ways)) return 'array'
    if (depth > 0 && ways.length === 1 && ways[0]?.type === 'object') return 'object'
    return this.#fillsTexts && ways.some(({ type }) => !withParts.has(type)) ? 'text' : 'nothing'
  }

  /** Finds the property whose texts differ in each of the objects. */
  #discriminator(objects: readonly Declared[]) {
    const [{ properties } = { properties: new Map<string, unknown>() }] = objects
    for (const key of properties.keys()) {
      const ways = new Map<string, Declared>()
      const tells = objects.every((object) => {
        const texts = this.#texts(object.properties.get(key))
        const fresh = texts.length > 0 && !texts.some((text) => ways.has(text))
        for (const text of texts) ways.set(text, object)
        return fresh
      })
      if (tells) return { key, ways }
    }
    return undefined
  }

  /** Lists the texts that a control of this value can send; empty when there may be others. */
  #texts(node: unknown): readonly string[] {
    const values = alternatives(node, this.#root).map(({ type, values }) =>
      type === 'string' || type === 'number' || type === 'integer' ? values : undefined,
    )
    return values.some((list) => list === undefined) ? [] : values.flat().map(String)
  }
}

function planText(ways: readonly Declared[]): TextPlan | undefined {
  const texts = ways.filter(({ type }) => type === 'string')
  if (texts.some(({ values }) => values === undefined)) return undefined
  const kinds = new Set(ways.map(({ type }) => type).filter((type) => type in readers))
  // What is declared as a number and as an integer is a number.
  if (kinds.has('number')) kinds.delete('integer')
  const nullable = ways.some(({ type }) => type === 'null')
  if (kinds.size !== 1 && !(nullable && kinds.size === 0)) return undefined
  const [kind] = kinds
  const keep = new Set(texts.flatMap(({ values }) => values ?? []))
  return { read: isReader(kind) ? readers[kind] : () => undefined, keep, nullable }
}

const readers = {
  number: readNumber,
  integer: readInteger,
  boolean: readBoolean,
  date: readDate,
  bigint: readBigint,
}

function isReader(kind: string | undefined): kind is keyof typeof readers {
  return kind !== undefined && kind in readers
}

/** Whether all ways are of this type or `null`, which no control can send. */
function areOnly(wanted: Declared['type'], ways: readonly Declared[]): boolean {
  return (
    ways.some(({ type }) => type === wanted) && ways.every(({ type }) => type === wanted || type === 'null')
  )
}
