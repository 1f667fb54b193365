import type { Definition } from '../lib/action/action.js'
import type { ConstraintAttributes, ControlKind } from '../lib/input/constraints.js'
import type { Attributes } from './attributes.js'
import type { SelectOption } from './choice.js'

const none: Attributes = Object.freeze({})

/**
 * Returns the attributes that the schema declares and the page leaves open. A value of `undefined` leaves one open,
 * too.
 */
export function unsaid(
  { constraints }: Pick<Definition, 'constraints'>,
  { kind, name }: { readonly kind: ControlKind; readonly name: string },
  own: Attributes,
): Attributes {
  if (!constraints) return none
  constraints.checkName(name)
  const said = constraints.of(kind, name, typeof own.type === 'string' ? own.type : undefined)
  return leaveOut(said, own)
}

function leaveOut(said: ConstraintAttributes, own: Attributes): Attributes {
  const keys = Object.keys(said).filter((key) => own[key] === undefined)
  return keys.length === 0 ? none : Object.fromEntries(keys.map((key) => [key, said[key]]))
}

/**
 * Returns the same for a select. `required` is left out when the first option has a value: a required select of one
 * choice must begin with an empty option (HTML Standard, section 4.10.7).
 */
export function unsaidOfSelect(
  definition: Pick<Definition, 'constraints'>,
  { name, options }: { readonly name: string; readonly options: readonly SelectOption[] },
  own: Attributes,
): Attributes {
  const added = unsaid(definition, { kind: 'select', name }, own)
  const [first] = options
  const beginsEmpty = (typeof first === 'string' ? first : first?.value) === ''
  const several = (own.multiple ?? added.multiple) === true
  return added.required === undefined || several || beginsEmpty ? added : { ...added, required: undefined }
}

/**
 * Turns `step` off where it would refuse good values. Without `min`, browsers count steps from the value in the page:
 * after 1.5 has come back they would refuse 2 (HTML Standard, section 4.10.5.3.8).
 */
export function withStepsFor(value: Attributes[string], added: Attributes, own: Attributes): Attributes {
  const { step } = added
  if (typeof step !== 'number' || (own.min ?? added.min) !== undefined) return added
  const given = value === undefined || value === null || value === '' ? 0 : Number(value)
  return given % step === 0 ? added : { ...added, step: 'any' }
}
