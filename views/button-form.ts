import type { Submittable } from '../lib/action/action.js'
import { kindOf } from '../lib/base/check-options.js'
import { SealformError } from '../lib/base/errors.js'
import { type Attributes, printAttributes } from './attributes.js'
import { checkAttributes } from './check-attributes.js'
import { escapeHtml } from './escape-html.js'
import type { Form } from './form.js'
import { checkButton } from './own-attributes.js'
import { SafeHtml } from './safe-html.js'

/** Attributes of the button of `forms.button()`, and of its form. */
export interface ButtonFormAttributes {
  /** Attributes of the form element, such as `{ 'hx-target': 'body' }`. @default none */
  readonly form?: Attributes | undefined
  readonly [name: string]: Attributes[string] | Attributes
}

/**
 * Prints a form with one button.
 *
 * @param make makes the form of an action
 * @throws SealformError `ERR_FORM_INVALID`
 */
export function printButtonForm(
  make: (action: Submittable) => Form,
  ...[action, label, attributes = {}]: [
    action: Submittable,
    label: string | SafeHtml,
    attributes?: ButtonFormAttributes,
  ]
): SafeHtml {
  if (typeof label !== 'string' && !(label instanceof SafeHtml)) {
    throw misused(`forms.button() needs the text of the button as its second argument, not ${kindOf(label)}.`)
  }
  const { form: ofForm = {}, ...ofButton } = attributes
  checkFormAttributes(ofForm)
  checkAttributes({ method: 'button' }, ofButton as Attributes)
  const form = make(action)
  const own = checkButton({ method: 'button', form: form.id, types: ['submit'] }, ofButton as Attributes)
  const text = typeof label === 'string' ? escapeHtml(label) : label.toString()
  const more = printAttributes(ofForm)
  return new SafeHtml(
    () =>
      `<form ${form.attributes}${more && ` ${more}`}>${form.fields}<button ${printAttributes({ type: 'submit', ...own })}>${text}</button></form>`,
  )
}

/** What the library prints itself. A second one would have no effect in a browser. */
const ofLibrary = new Set(['id', 'method', 'enctype', 'accept-charset', 'action'])

function checkFormAttributes(attributes: Attributes): void {
  if (attributes === null || typeof attributes !== 'object' || Array.isArray(attributes)) {
    throw misused(
      `forms.button(): "form" takes an object with attributes of the form element, not ${kindOf(attributes)}.`,
    )
  }
  for (const name of Object.keys(attributes)) {
    if (!ofLibrary.has(name.toLowerCase())) continue
    throw misused(
      `forms.button() got the attribute ${name} for its form, which the library prints: leave it out.`,
    )
  }
}

function misused(message: string): SealformError {
  return new SealformError('ERR_FORM_INVALID', message)
}
