import { type SecretFields, secretName } from '../lib/action/secrets.js'
import type { Attributes } from './attributes.js'

/**
 * Names a control that is printed as a password, so that its value is sent as a secret. Another page or process that
 * answers the submission may know nothing of this page.
 *
 * @param attributes of the control, its `name` among them
 */
export function nameAsSecret(known: SecretFields, attributes: Attributes): Attributes {
  const { name } = attributes
  // A control whose name is empty or left out is not sent.
  if ((typeof name !== 'string' && typeof name !== 'number') || name === '') return attributes
  return printsPassword(attributes) ? { ...attributes, name: secretName(known, String(name)) } : attributes
}

/** Tells whether a control is a password. Names of attributes and types ignore case (HTML Standard, sections 13.1.2.3 and 4.10.5). */
export function printsPassword(attributes: Attributes): boolean {
  return Object.entries(attributes).some(
    ([key, value]) => key.toLowerCase() === 'type' && String(value).toLowerCase() === 'password',
  )
}
