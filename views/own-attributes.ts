import { SealformError } from '../lib/base/errors.js'
import { fieldNames } from '../lib/base/wire-names.js'
import type { Attributes } from './attributes.js'

/** A button as the page asks for it. */
interface AskedButton {
  /** The method that prints it, for messages. */
  readonly method: 'submit' | 'validate' | 'button'
  /** The id of its form. */
  readonly form: string
  readonly types: readonly string[]
}

/**
 * Returns the attributes that a page may choose for a button, and its type in lower case.
 *
 * @throws SealformError `ERR_FORM_INVALID` on an attribute that would keep the button from reaching its action
 */
export function checkButton(button: AskedButton, attributes: Attributes): Attributes {
  const checked: Record<string, Attributes[string]> = {}
  for (const [given, value] of Object.entries(attributes)) {
    if (value === undefined) continue
    // Names of attributes ignore case (HTML Standard, section 13.1.2.3), and so do these values.
    const name = given.toLowerCase()
    const why = whyNot(button, name, value)
    if (why) {
      throw new SealformError(
        'ERR_FORM_INVALID',
        `${button.method === 'button' ? 'forms' : 'form'}.${button.method}() got the attribute ${given}="${String(value)}". ${why}`,
      )
    }
    checked[name] = name === 'type' && typeof value === 'string' ? value.toLowerCase() : value
  }
  return checked
}

/** Says why an attribute keeps a button from reaching its action. */
function whyNot(
  { method, form, types }: AskedButton,
  name: string,
  value: Attributes[string],
): string | undefined {
  if (name === 'name') {
    // The seal of this form is in a field of its own, so the button may have a name for the action.
    if (method === 'button')
      return isReserved(value) ? 'Names that start with "sealform" are reserved.' : undefined
    return 'The name of this button tells the server what was pressed: leave the attribute out.'
  }
  if (value === null || value === false) return undefined
  const text = String(value).toLowerCase()
  switch (name) {
    case 'type':
      if (types.includes(text)) return undefined
      return `Use ${types.map((type) => `"${type}"`).join(' or ')}: another type would not send the form.`
    case 'form':
      return value === form ? undefined : `A button is good in its own form only, which is "${form}".`
    case 'formaction':
      return method === 'button' ? 'The form posts to its own page: leave the attribute out.' : undefined
    case 'formmethod':
      return text === 'post' ? undefined : 'Forms are sent by "post": leave the attribute out.'
    case 'formenctype':
      return 'form.attributes say how the form is encoded: leave the attribute out.'
    default:
      return undefined
  }
}

function isReserved(name: Attributes[string]): boolean {
  return String(name).startsWith(fieldNames.seal)
}

/**
 * Refuses a second name for a control. Its issues and what was typed are found by the name that the page has asked for.
 *
 * @throws SealformError `ERR_FORM_INVALID`
 */
export function refuseName(control: string, { name }: Attributes): void {
  if (name === undefined) return
  throw new SealformError(
    'ERR_FORM_INVALID',
    `The control "${control}" got the attribute name="${String(name)}". Its name is the first argument: leave the attribute out.`,
  )
}
