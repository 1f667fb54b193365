import type { Definition } from '../lib/action/action.js'
import { isSecret } from '../lib/action/secrets.js'
import { SealformError } from '../lib/base/errors.js'

/**
 * Refuses a control that is printed as a password for a field that is not known as secret. Another page of the app, the
 * built-in page or another process would give such a field back: only the action's definition is the same for all of them.
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

/** A value holds no quote of its own, since these are escaped. The type has no case (HTML Standard, section 4.10.5). */
const printsPassword = /(?:^|\s)type="password"/i
