import type { Definition } from '../lib/action/action.js'
import { isSecret } from '../lib/action/secrets.js'
import { SealformError } from '../lib/base/errors.js'

/**
 * Refuses to print a password control for a field that is not known as secret. Only the action's definition is the same for
 * every page and process of an app: another page, or the built-in page, would give such a field back in clear.
 *
 * @param attributes of the control, as they are printed
 * @throws SealformError `ERR_SECRET_UNDECLARED`
 */
export function checkPassword(definition: Definition, name: string, attributes: string): void {
  if (!printsPassword.test(attributes) || isSecret(definition, name)) return
  throw new SealformError(
    'ERR_SECRET_UNDECLARED',
    `A form of "${definition.name}" prints the field "${name}" as a password, and nothing else says that it is secret. Declare it, so that no page gives it back: actions.define('${definition.name}', { secrets: ['${name}'], … }).`,
  )
}

/** Quotes within values are escaped, so this matches an attribute only. Types ignore case (HTML Standard, section 4.10.5). */
const printsPassword = /(?:^|\s)type="password"/i
