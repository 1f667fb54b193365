/** How a value becomes what its schema declares. `planCoercion()` makes it once for an action. */
export interface Plan {
  /** How a text is read; without it a text stays as it is. */
  readonly text: TextPlan | undefined
  readonly array: ArrayPlan | undefined
  readonly object: ObjectPlan | undefined
}

export interface TextPlan {
  /** `undefined` when the text is not of the declared type. */
  read(text: string): unknown
  /** Texts that the schema accepts as they are. */
  readonly keep: ReadonlySet<unknown>
  /** An empty text becomes `null`. */
  readonly nullable: boolean
}

export interface ArrayPlan {
  readonly first: readonly Plan[]
  readonly rest: Plan
  /** The schema accepts only an array, so a single value becomes an array of one. */
  readonly only: boolean
}

export interface ObjectPlan {
  /** Set where the schema declares several objects: the property that tells which one is meant, and its texts. */
  readonly choice: { readonly key: string; readonly plans: ReadonlyMap<string, ObjectPlan> } | undefined
  /** The properties that need work. */
  readonly properties: readonly PropertyPlan[]
  /** The plan for keys that the schema does not list, when they need work. */
  readonly others: { readonly listed: ReadonlySet<string>; readonly plan: Plan } | undefined
}

export interface PropertyPlan {
  readonly key: string
  readonly optional: boolean
  /**
   * The value of a property for which nothing was sent: `false` for a box that is not ticked, an empty array or object, or
   * the empty text of an empty control.
   */
  readonly absent: 'nothing' | 'false' | 'array' | 'object' | 'text'
  readonly plan: Plan
}

/**
 * Turns the values that a form sent into what the schema declares. Changes objects and arrays in place. Files stay as
 * they are.
 *
 * @param values as `nestFields()` or `flatFields()` makes them
 * @param fresh the form was not sent, so a box that is missing is not one without a tick: its default counts
 */
export function coerce(plan: Plan, values: Record<string, unknown>, fresh = false): void {
  if (plan.object) coerceObject(plan.object, values, fresh)
}

function coerced(plan: Plan, value: unknown, fresh: boolean): unknown {
  const { text, array, object } = plan
  if (Array.isArray(value)) {
    if (array)
      for (const [i, item] of value.entries()) value[i] = coerced(array.first[i] ?? array.rest, item, fresh)
    return value
  }
  if (isRecord(value)) {
    if (object) coerceObject(object, value, fresh)
    return value
  }
  if (typeof value === 'string' && text) {
    if (text.keep.has(value)) return value
    if (text.nullable && value === '') return null
    const read = text.read(value)
    if (read !== undefined) return read
  }
  return array?.only ? [coerced(array.first[0] ?? array.rest, value, fresh)] : value
}

function coerceObject(
  { choice, properties, others }: ObjectPlan,
  values: Record<string, unknown>,
  fresh: boolean,
): void {
  const chosen = choice && values[choice.key]
  const branch = typeof chosen === 'string' ? choice?.plans.get(chosen) : undefined
  if (branch) coerceObject(branch, values, fresh)
  if (others) {
    for (const key of Object.keys(values)) {
      if (!others.listed.has(key)) values[key] = coerced(others.plan, values[key], fresh)
    }
  }
  for (const { key, optional, absent, plan } of properties) {
    const value = values[key]
    if (value === undefined) {
      if (absent !== 'nothing' && !(fresh && optional)) values[key] = standIn(absent, plan, fresh)
    } else if (optional && isBlank(value)) delete values[key]
    else values[key] = coerced(plan, value, fresh)
  }
}

function standIn(absent: Exclude<PropertyPlan['absent'], 'nothing'>, plan: Plan, fresh: boolean): unknown {
  if (absent === 'false') return false
  if (absent === 'array') return []
  if (absent === 'text') return coerced(plan, '', fresh)
  const values: Record<string, unknown> = Object.create(null)
  if (plan.object) coerceObject(plan.object, values, fresh)
  return values
}

/** Whether a value is an empty field, or an object of empty fields only. */
function isBlank(value: unknown): boolean {
  return value === '' || (isRecord(value) && Object.values(value).every(isBlank))
}

/** Whether a value is an object that was made from fields, not a file. */
function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null
}
