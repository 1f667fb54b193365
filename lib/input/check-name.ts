import { SealformError } from '../base/errors.js'
import { parseFieldName } from '../base/field-path.js'
import { alternatives } from './json-schema.js'

/**
 * Checks the name of a control against the schema of its action. What is sent under a name that is deeper than
 * `limits.depth`, or that is no path, reaches no schema.
 *
 * @param schema the JSON Schema of the input
 * @throws SealformError `ERR_FORM_INVALID`
 */
export function checkName(schema: unknown, name: string, depth: number): void {
  const path = parseFieldName(name)
  if ('fault' in path) {
    if (depth > 0)
      throw invalid(name, 'is not a path. Write names such as address.street, items[0].qty or tags[].')
    return
  }
  const steps = path.keys.length - (path.appends ? 0 : 1)
  if (steps <= depth) return
  const advice = `so what is sent would not reach the schema. Set limits: { depth: ${steps} } on the action, or use another name.`
  if (depth > 0)
    throw invalid(name, `has ${steps} steps after the first key, but limits.depth is ${depth}, ${advice}`)
  const [first] = path.keys
  // With depth 0 a name is a key, dots and brackets included.
  const declared = (key: unknown) =>
    alternatives(schema, schema).some(({ properties }) => typeof key === 'string' && properties.has(key))
  if (declared(first) && !declared(name))
    throw invalid(name, `leads into "${first}", but limits.depth is 0, ${advice}`)
}

function invalid(name: string, what: string): SealformError {
  return new SealformError('ERR_FORM_INVALID', `The field name "${name}" ${what}`)
}
