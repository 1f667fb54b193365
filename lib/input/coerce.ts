/** What becomes of a value, as its schema declares it. Made once for an action, by `planCoercion()`. */
export interface Plan {
  /** What a text stands for; without it a text stays as it is. */
  readonly text: TextPlan | undefined
  readonly array: ArrayPlan | undefined
  readonly object: ObjectPlan | undefined
}

export interface TextPlan {
  /** `undefined` when the text says nothing of the declared type. */
  read(text: string): unknown
  /** Texts that the schema takes as they are. */
  readonly keep: ReadonlySet<unknown>
  /** An empty text is `null`. */
  readonly nullable: boolean
}

export interface ArrayPlan {
  readonly first: readonly Plan[]
  readonly rest: Plan
  /** The schema takes nothing but an array, so a single value is an array of one. */
  readonly only: boolean
}

export interface ObjectPlan {
  /** Set when one of several objects is meant: the property that tells which, and by which text. */
  readonly choice: { readonly key: string; readonly plans: ReadonlyMap<string, ObjectPlan> } | undefined
  /** Those that something is to be done for. */
  readonly properties: readonly PropertyPlan[]
  /** For the keys that the schema does not list, when something is to be done for them. */
  readonly others: { readonly listed: ReadonlySet<string>; readonly plan: Plan } | undefined
}

export interface PropertyPlan {
  readonly key: string
  readonly optional: boolean
  /** What it stands for that nothing was sent: `false` for a box that is not ticked, an empty array or object. */
  readonly absent: 'nothing' | 'false' | 'array' | 'object'
  readonly plan: Plan
}

/**
 * Makes what the schema declares of what the form sent. Objects and arrays are changed in place; anything but text, such
 * as a file, is left alone.
 *
 * @param values as `nestFields()` or `flatFields()` makes them
 */
export function coerce(plan: Plan, values: Record<string, unknown>): void {
  if (plan.object) coerceObject(plan.object, values)
}

function coerced(plan: Plan, value: unknown): unknown {
  const { text, array, object } = plan
  if (Array.isArray(value)) {
    if (array) for (const [i, item] of value.entries()) value[i] = coerced(array.first[i] ?? array.rest, item)
    return value
  }
  if (isRecord(value)) {
    if (object) coerceObject(object, value)
    return value
  }
  if (typeof value === 'string' && text) {
    if (text.keep.has(value)) return value
    if (text.nullable && value === '') return null
    const read = text.read(value)
    if (read !== undefined) return read
  }
  return array?.only ? [coerced(array.first[0] ?? array.rest, value)] : value
}

function coerceObject({ choice, properties, others }: ObjectPlan, values: Record<string, unknown>): void {
  const chosen = choice && values[choice.key]
  const branch = typeof chosen === 'string' ? choice?.plans.get(chosen) : undefined
  if (branch) coerceObject(branch, values)
  if (others) {
    for (const key of Object.keys(values)) {
      if (!others.listed.has(key)) values[key] = coerced(others.plan, values[key])
    }
  }
  for (const { key, optional, absent, plan } of properties) {
    const value = values[key]
    if (value === undefined) {
      if (absent !== 'nothing') values[key] = standIn(absent, plan)
    } else if (optional && isBlank(value)) delete values[key]
    else values[key] = coerced(plan, value)
  }
}

function standIn(absent: 'false' | 'array' | 'object', { object }: Plan): unknown {
  if (absent === 'false') return false
  if (absent === 'array') return []
  const values: Record<string, unknown> = Object.create(null)
  if (object) coerceObject(object, values)
  return values
}

/** An empty field, or an object of which nothing but empty fields was sent. */
function isBlank(value: unknown): boolean {
  return value === '' || (isRecord(value) && Object.values(value).every(isBlank))
}

/** The objects that we have made of the fields, and no file. */
function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null
}
