import type { Definition } from '../lib/action.js'
import type { ControlKind } from '../lib/constraints.js'
import type { Attributes } from './attributes.js'
import type { SelectOption } from './form.js'

/** The attributes of a control: what its schema says, and what the page says, which counts more. */
export function constrained(
  { constraints }: Definition,
  control: ControlKind,
  name: string,
  own: Attributes,
): Attributes {
  if (!constraints) return own
  const type = typeof own.type === 'string' ? own.type : undefined
  const attributes: Record<string, Attributes[string]> = { ...constraints.of(control, name, type) }
  // `undefined` is how a helper says that its caller said nothing.
  for (const key of Object.keys(own)) if (own[key] !== undefined) attributes[key] = own[key]
  return attributes
}

/**
 * Without `min`, browsers count steps from the value that the page gives: after 1.5 has come back they would refuse 2
 * (HTML Standard, section 4.10.5.3.8).
 */
export function withStepsFor(value: Attributes[string], attributes: Attributes, own: Attributes): Attributes {
  const { step, min } = attributes
  const counts = typeof step === 'number' && own.step === undefined && min === undefined
  const given = value === undefined || value === null || value === '' ? 0 : Number(value)
  return counts && given % step !== 0 ? { ...attributes, step: 'any' } : attributes
}

/** HTML Standard, section 4.10.7: a select that is required and takes one choice begins with an option that is none. */
export function constrainedSelect(
  definition: Definition,
  name: string,
  options: readonly SelectOption[],
  own: Attributes,
): Attributes {
  const attributes = constrained(definition, 'select', name, own)
  const [first] = options
  const beginsEmpty = (typeof first === 'string' ? first : first?.value) === ''
  const keeps = own.required !== undefined || attributes.multiple === true || beginsEmpty
  return keeps ? attributes : { ...attributes, required: undefined }
}
