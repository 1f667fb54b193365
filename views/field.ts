import { checkOptions, kindOf } from '../lib/base/check-options.js'
import { SealformError } from '../lib/base/errors.js'
import { type Attributes, printAttributes } from './attributes.js'
import { checkChoices, choiceOf, type SelectOption } from './choice.js'
import type { ControlParts } from './control-parts.js'
import { escapeHtml } from './escape-html.js'
import type { FieldOptions, FieldParts } from './field-options.js'
import { printSelect, printTextarea } from './print-control.js'
import { SafeHtml } from './safe-html.js'

/** A field after the check of its options. */
interface Field extends Pick<FieldOptions, 'hint'> {
  readonly label: string | SafeHtml
  readonly name: string
  readonly kind: NonNullable<FieldOptions['as']>
  readonly options: readonly SelectOption[]
  readonly value: FieldOptions['value']
  readonly attributes: Attributes
}

/**
 * Prints a field with the structure of the GOV.UK Design System.
 *
 * @see https://design-system.service.gov.uk/components/text-input/
 * @see https://design-system.service.gov.uk/components/radios/
 */
export function printField(form: ControlParts, name: string, options: FieldOptions): SafeHtml {
  const field = checkField(form, name, options)
  const isGroup = field.kind === 'radios' || field.kind === 'checkboxes'
  const parts = isGroup ? groupOf(form, field) : singleOf(form, field)
  const { print = isGroup ? printGroup : isTick(field) ? printTick : printSingle } = options
  return new SafeHtml(() => String(print(parts)))
}

function singleOf(form: ControlParts, field: Field): FieldParts {
  const { attributes, value } = field
  const described = [hintId(form, field), attributes['aria-describedby']].filter(Boolean)
  const { id, html } = controlOf(form, field, {
    ...attributes,
    value: value === undefined || isList(value) ? attributes.value : value,
    'aria-describedby': described.length > 0 ? described.join(' ') : undefined,
  })
  return {
    ...commonParts(form, field),
    id,
    label: new SafeHtml(`<label for="${escapeHtml(id)}">${htmlOf(field.label)}</label>`),
    control: new SafeHtml(htmlOf(form.beside(field.name)) + html),
    attributes: new SafeHtml(''),
  }
}

function controlOf(form: ControlParts, { name, kind, options }: Field, own: Attributes): PrintedControl {
  if (kind === 'textarea') {
    const parts = form.textareaParts(name, own)
    return { id: String(parts.attributes.id), html: printTextarea(parts) }
  }
  if (kind === 'select') {
    const parts = form.selectParts(name, options, own)
    return { id: String(parts.attributes.id), html: printSelect(parts, options) }
  }
  const attributes = form.inputAttributes(name, own)
  return { id: String(attributes.id), html: `<input ${printAttributes(attributes)}>` }
}

interface PrintedControl {
  readonly id: string
  readonly html: string
}

function groupOf(form: ControlParts, field: Field): FieldParts {
  const { name, kind, options, attributes: own } = field
  const ticked = isList(field.value) ? field.value : [String(field.value)]
  const type = kind === 'radios' ? 'radio' : 'checkbox'
  let id = form.controlId(name)
  const choices = options.map((option, i) => {
    const { value, label, disabled } = choiceOf(option)
    const checked = ticked.includes(value)
    const choice = form.inputAttributes(name, { ...own, type, value, checked, disabled })
    if (i === 0) id = String(choice.id)
    // The group has the reference: with one on each box, a screen reader would read the messages again and again.
    const printed = printAttributes({ ...choice, 'aria-describedby': own['aria-describedby'] })
    return `<div class="sealform-choice"><input ${printed}> <label for="${escapeHtml(String(choice.id))}">${escapeHtml(label)}</label></div>`
  })
  const described = [hintId(form, field), form.issueId(name)].filter(Boolean).join(' ')
  return {
    ...commonParts(form, field),
    id,
    label: new SafeHtml(`<legend>${htmlOf(field.label)}</legend>`),
    control: new SafeHtml(choices.join('')),
    attributes: new SafeHtml(described === '' ? '' : printAttributes({ 'aria-describedby': described })),
  }
}

function commonParts(form: ControlParts, field: Field): Pick<FieldParts, 'invalid' | 'hint' | 'issue'> {
  const id = hintId(form, field)
  const hint =
    id === undefined ? '' : `<p class="sealform-hint" id="${escapeHtml(id)}">${htmlOf(field.hint)}</p>`
  return {
    invalid: form.issueId(field.name) !== undefined,
    hint: new SafeHtml(hint),
    issue: form.issue(field.name),
  }
}

function hintId(form: ControlParts, { name, hint }: Field): string | undefined {
  return hint === undefined || hint === '' ? undefined : `${form.controlId(name)}-hint`
}

function printSingle({ invalid, label, hint, issue, control }: FieldParts): string {
  return `<div class="${className(invalid)}">${label}${hint}${issue}${control}</div>`
}

/** A single box stands before its label. */
function printTick({ invalid, label, hint, issue, control }: FieldParts): string {
  return `<div class="${className(invalid)}">${issue}<div class="sealform-choice">${control} ${label}</div>${hint}</div>`
}

function printGroup({ invalid, label, hint, issue, control, attributes }: FieldParts): string {
  const reference = String(attributes)
  return `<fieldset class="${className(invalid)}"${reference && ` ${reference}`}>${label}${hint}${issue}${control}</fieldset>`
}

function className(invalid: boolean): string {
  return invalid ? 'sealform-field sealform-invalid' : 'sealform-field'
}

function isTick({ kind, attributes }: Field): boolean {
  return kind === 'input' && (attributes.type === 'checkbox' || attributes.type === 'radio')
}

function htmlOf(text: string | SafeHtml | undefined): string {
  return text instanceof SafeHtml ? text.toString() : escapeHtml(text ?? '')
}

const kinds = ['input', 'textarea', 'select', 'radios', 'checkboxes'] as const

/** @throws SealformError `ERR_FORM_INVALID` */
function checkField(form: ControlParts, name: string, options: FieldOptions): Field {
  const call = `form.field('${name}')`
  checkOptions(call, options, ['label', 'hint', 'as', 'options', 'value', 'attributes', 'print'])
  const { label = form.labelOf(name), hint, options: choices, value, attributes = {}, print } = options
  const kind = options.as ?? (choices ? 'select' : 'input')
  if (!isText(label) || label === '')
    throw misused(`${call} needs a label, the text beside the control: here, or in "labels" of the action.`)
  if (hint !== undefined && !isText(hint))
    throw misused(`${call}: "hint" must be a text, not ${kindOf(hint)}.`)
  if (!kinds.includes(kind))
    throw misused(`${call}: "as" must be one of ${kinds.join(', ')}, not ${kindOf(kind)}.`)
  const chooses = kind !== 'input' && kind !== 'textarea'
  if (chooses) checkChoices(`${call}: "options"`, choices)
  else if (choices !== undefined) throw misused(`${call}: "options" are for a select, radios or checkboxes.`)
  if (isList(value) && kind !== 'checkboxes')
    throw misused(`${call}: only checkboxes take several texts as "value".`)
  if (print !== undefined && typeof print !== 'function')
    throw misused(`${call}: "print" must be a function that makes HTML of the parts, not ${kindOf(print)}.`)
  return { name, kind, label, hint, options: choices ?? [], value, attributes }
}

function isList(value: FieldOptions['value']): value is readonly string[] {
  return Array.isArray(value)
}

function isText(value: unknown): value is string | SafeHtml {
  return typeof value === 'string' || value instanceof SafeHtml
}

function misused(message: string): SealformError {
  return new SealformError('ERR_FORM_INVALID', message)
}
