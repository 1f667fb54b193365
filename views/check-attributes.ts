import type { Definition } from '../lib/action/action.js'
import { closest, kindOf } from '../lib/base/check-options.js'
import { SealformError } from '../lib/base/errors.js'
import { fieldNames } from '../lib/base/wire-names.js'
import type { Attributes } from './attributes.js'

/** A call of a page that prints one control: `form.input('title')`. */
interface ControlCall {
  readonly method: 'input' | 'control' | 'textarea' | 'select'
  readonly name: string
}

/** A call of a page that prints one button: `form.submit(action)`. */
interface ButtonCall {
  readonly method: 'submit' | 'validate' | 'button'
  readonly name?: undefined
}

/**
 * Checks the arguments of a call that prints a control.
 *
 * @param definition the action of the form
 * @throws SealformError `ERR_FORM_INVALID` on a name that no field can have, on attributes that are not an object, on a
 *   misspelt attribute, and on a control that takes files where the action takes none, or text where it takes files
 */
export function checkControl(
  { method, name }: ControlCall,
  definition: Pick<Definition, 'name' | 'files'>,
  attributes: Attributes,
): void {
  if (typeof name !== 'string' || name === '') {
    const given = name === '' ? 'an empty text' : kindOf(name)
    throw invalid(`form.${method}() needs the name of a field as its first argument, not ${given}.`)
  }
  if (name.startsWith(fieldNames.seal) && !name.startsWith(fieldNames.secret)) {
    throw invalid(
      `form.${method}('${name}'): names that start with "sealform" are reserved, and no action receives them. Use another name.`,
    )
  }
  checkAttributes({ method, name }, attributes)
  checkFiles({ method, name }, definition, attributes)
}

/** A file sent by any other control than `type="file"` is lost, and so is one that the action does not declare. */
function checkFiles(
  { method, name }: ControlCall,
  { name: action, files }: Pick<Definition, 'name' | 'files'>,
  attributes: Attributes,
): void {
  const type = typeOf(attributes)
  if (type === 'file' && !files.has(name)) {
    throw invalid(
      `form.${method}('${name}', { type: 'file' }): the action "${action}" takes no file in "${name}". Declare it: files: { ${keyOf(name)}: {} }.`,
    )
  }
  if (!files.has(name) || method === 'control' || (method === 'input' && (type ?? 'file') === 'file')) return
  const given = type === undefined ? '' : `, { type: '${type}' }`
  throw invalid(
    `form.${method}('${name}'${given}): the action "${action}" takes files in "${name}", and this control sends text. Write form.input('${name}').`,
  )
}

/** The type of a control. Names of attributes and types ignore case (HTML Standard, sections 13.1.2.3 and 4.10.5). */
function typeOf(attributes: Attributes): string | undefined {
  if (typeof attributes.type === 'string') return attributes.type.toLowerCase()
  for (const name in attributes) {
    const value = attributes[name]
    if (name.length === 4 && name.toLowerCase() === 'type' && typeof value === 'string')
      return value.toLowerCase()
  }
  return undefined
}

function keyOf(name: string): string {
  return /^[a-z_$][\w$]*$/i.test(name) ? name : `'${name}'`
}

/**
 * Checks attributes from a page. A name with a dash, a colon or another sign is free, and so is one that resembles no name of
 * HTML. A custom element has attributes of its own, so those of `form.control()` can have any name.
 *
 * @throws SealformError `ERR_FORM_INVALID`
 */
export function checkAttributes(call: ControlCall | ButtonCall, attributes: Attributes): void {
  if (attributes === null || typeof attributes !== 'object' || Array.isArray(attributes)) {
    throw invalid(
      `${textOf(call)} takes an object of attributes, such as { required: true }, not ${kindOf(attributes)}.`,
    )
  }
  if (call.method === 'control') return
  for (const name in attributes) {
    if (known.has(name)) continue
    const meant = misspelt(name)
    if (meant === undefined) continue
    throw invalid(`${textOf(call)}: HTML has no attribute "${name}"; did you mean "${meant}"?`)
  }
}

function textOf({ method, name }: ControlCall | ButtonCall): string {
  if (method === 'button') return 'forms.button()'
  return name === undefined ? `form.${method}()` : `form.${method}('${name}')`
}

/** Names of React and of the DOM that HTML spells otherwise. */
const otherSpellings = new Map([
  ['className', 'class'],
  ['htmlFor', 'for'],
  ['defaultValue', 'value'],
  ['defaultChecked', 'checked'],
])

/**
 * Finds the attribute of HTML that a name probably stands for. Short names need to be one letter off, longer ones two, as two
 * letters in the wrong order are.
 */
function misspelt(name: string): string | undefined {
  const other = otherSpellings.get(name)
  if (other !== undefined) return other
  if (accepted.has(name) || !/^[a-z]{4,}$/i.test(name) || name.startsWith('on')) return undefined
  const best = closest(name, [...known])
  if (best && best.distance > 0 && best.distance <= (name.length < 7 ? 1 : 2)) return best.candidate
  // Pages use the same few names again and again. Names made from data must not fill the memory.
  if (accepted.size < mostAccepted) accepted.add(name)
  return undefined
}

const accepted = new Set<string>()
const mostAccepted = 200

/** The attributes of controls, and those of every element (HTML Standard, sections 3.2.6, 4.10.5, 4.10.7 and 4.10.11). */
const known = new Set(
  `accept accesskey alpha alt autocapitalize autocomplete autocorrect autofocus capture checked class colorspace cols
  command commandfor contenteditable dir dirname disabled draggable enterkeyhint form formaction formenctype formmethod
  formnovalidate formtarget height hidden id incremental inert inputmode is itemid itemprop itemref itemscope itemtype label
  lang list max maxlength min minlength multiple name nonce part pattern placeholder popover popovertarget
  popovertargetaction readonly required role rows selected size slot spellcheck src step style tabindex title translate type
  value webkitdirectory width wrap writingsuggestions`.split(/\s+/),
)

function invalid(message: string): SealformError {
  return new SealformError('ERR_FORM_INVALID', message)
}
