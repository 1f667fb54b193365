import { type Choice, type Control, check, type FileField, type Select, type TextField } from './control.js'
import { ancestorsOf, attribute, hasAttribute } from './document.js'
import { isOrdered, numberOf, sanitise } from './input-values.js'
import { listed, refuse } from './refuse.js'
import { lengthLimit, withLength } from './validity.js'

/** A file, described by a test. */
export interface TestFile {
  readonly name: string
  /** @default '' which is sent as `application/octet-stream` */
  readonly type?: string
  readonly content: string | Uint8Array
}

type Single = string | number | TestFile | File

/**
 * What a person enters into the controls of one name: a text, an option, a radio button, a file, the tick of a
 * checkbox. A list is for several controls of one name, a group of checkboxes, and controls with `multiple`.
 */
export type FillValue = Single | boolean | readonly Single[]

type Filled = Exclude<Control, { readonly kind: 'button' }>

/**
 * Sets the controls of one name, as a person can.
 *
 * @throws SealformError `ERR_BROWSER_REFUSED` when nobody could
 */
export function fill(controls: readonly Control[], name: string, value: FillValue): void {
  const named = usable(controls, name)
  const choices = named.filter((control) => control.kind === 'choice')
  if (choices.length === named.length) fillChoices(choices, controls, { name, value })
  else fillOthers(named, name, value)
}

function fillOthers(named: readonly Filled[], name: string, value: FillValue): void {
  if (typeof value === 'boolean') {
    refuse(
      `"${name}" is no checkbox, and takes ${named[0]?.kind === 'file' ? 'a file' : 'a text'}, not ${value}.`,
    )
  }
  const [first] = named
  const values = isList(value) ? value : [value]
  if (named.length === 1 && first) {
    fillOne(first, values, name)
    return
  }
  if (!isList(value)) {
    refuse(
      `There are ${named.length} controls "${name}". Give a list with a value for each, from the first on.`,
    )
  }
  if (values.length > named.length) {
    refuse(`There are ${named.length} controls "${name}", and ${values.length} values for them.`)
  }
  for (const [i, each] of values.entries()) fillOne(named[i]!, [each], name)
}

/**
 * Ticks a checkbox or chooses a radio button or an option, and leaves the others of a group of checkboxes as they are.
 */
export function choose(controls: readonly Control[], name: string, value?: string): void {
  const named = usable(controls, name)
  const [first] = named
  if (first?.kind === 'select') {
    if (value === undefined) refuse(`Say which option of "${name}" to choose.`)
    const others = first.multiple ? first.options.filter(({ selected }) => selected) : []
    selectOptions(first, [...others.map((option) => option.value), value], name)
  } else check(oneChoice(named, name, value), controls)
}

/** Unticks a checkbox. */
export function uncheck(controls: readonly Control[], name: string, value?: string): void {
  const choice = oneChoice(usable(controls, name), name, value)
  if (choice.type === 'radio') refuse(`"${name}" is a radio button: choose another one instead.`)
  choice.checked = false
}

/** Finds the controls of a name that a person can change. */
function usable(controls: readonly Control[], name: string): readonly Filled[] {
  const named = controls.filter(
    (control): control is Filled => control.name === name && control.kind !== 'button',
  )
  if (named.length === 0) {
    const seen = controls.filter((control) => control.kind !== 'button' && !isHidden(control))
    refuse(
      `The form has no control "${name}". It has: ${listed(seen.map((control) => control.name).filter(Boolean))}.`,
    )
  }
  const visible = named.filter((control) => !isHidden(control))
  if (visible.length === 0) refuse(`"${name}" is hidden; a visitor cannot change it.`)
  const enabled = visible.filter(({ disabled }) => !disabled)
  if (enabled.length === 0) refuse(`"${name}" is disabled; a visitor cannot change it.`)
  const writable = enabled.filter((control) => control.kind !== 'text' || !control.readOnly)
  if (writable.length === 0) refuse(`"${name}" is read-only; a visitor cannot change it.`)
  return writable
}

function isHidden(control: Control): boolean {
  if (control.kind === 'text' && control.type === 'hidden') return true
  return [control.element, ...ancestorsOf(control.element)].some((element) => hasAttribute(element, 'hidden'))
}

function fillChoices(
  choices: readonly Choice[],
  controls: readonly Control[],
  { name, value }: { readonly name: string; readonly value: FillValue },
): void {
  const [first] = choices
  if (typeof value === 'boolean') {
    if (choices.length > 1 || !first)
      refuse(`There are ${choices.length} choices "${name}". Say which, by their values.`)
    if (value) check(first, controls)
    else uncheck(controls, name)
    return
  }
  const values = (isList(value) ? value : [value]).map((each) => textOf(each, name))
  const radio = first?.type === 'radio'
  if (radio && values.length !== 1) refuse(`"${name}" is a group of radio buttons, of which one is chosen.`)
  const chosen = values.map((each) => oneChoice(choices, name, each))
  if (!radio) for (const choice of choices) choice.checked = false
  for (const choice of chosen) check(choice, controls)
}

function oneChoice(named: readonly Control[], name: string, value: string | undefined): Choice {
  const choices = named.filter((control) => control.kind === 'choice')
  if (choices.length === 0) refuse(`"${name}" is no checkbox and no radio button.`)
  if (value === undefined && choices.length > 1) {
    refuse(
      `There are ${choices.length} choices "${name}". Say which: ${listed(choices.map((own) => own.value))}.`,
    )
  }
  const found = value === undefined ? choices[0] : choices.find((choice) => choice.value === value)
  return (
    found ?? refuse(`"${name}" offers no "${value}". It offers: ${listed(choices.map((own) => own.value))}.`)
  )
}

function fillOne(control: Filled, values: readonly Single[], name: string): void {
  switch (control.kind) {
    case 'choice':
      refuse(`"${name}" is a ${control.type} beside other controls of that name. Use check() and uncheck().`)
      break
    case 'select':
      selectOptions(
        control,
        values.map((value) => textOf(value, name)),
        name,
      )
      break
    case 'file':
      chooseFiles(control, values, name)
      break
    case 'text':
      if (values.length !== 1)
        refuse(`"${name}" is one control, and there are ${values.length} values for it.`)
      type(control, textOf(values[0]!, name), name)
  }
}

function type(field: TextField, text: string, name: string): void {
  const value = text.replace(/\r\n?/g, '\n')
  if (field.type !== 'textarea' && value.includes('\n')) {
    refuse(`"${name}" has a single line; a visitor cannot type a line break there.`)
  }
  const longest = lengthLimit(attribute(field.element, 'maxlength'))
  if (longest !== undefined && value.length > longest && withLength.has(field.type)) {
    refuse(`"${name}" takes ${longest} characters at most (maxlength), and the text has ${value.length}.`)
  }
  const needsValue = field.type === 'range' || field.type === 'color'
  if (isOrdered(field.type) && (value !== '' || needsValue) && numberOf(field.type, value) === undefined) {
    refuse(`"${name}" is of type ${field.type}, and cannot hold ${JSON.stringify(value)}.`)
  }
  const kept = field.type === 'textarea' ? value : sanitise(field.type, value, field.element)
  if (needsValue && kept !== value.toLowerCase()) {
    refuse(
      `"${name}" is of type ${field.type}, and cannot be set to ${JSON.stringify(value)}; nearest is ${kept}.`,
    )
  }
  field.value = kept
  field.edited = true
}

/** Selects options by their values or, where no value fits, by the text that a person reads. */
function selectOptions(select: Select, wanted: readonly string[], name: string): void {
  if (!select.multiple && wanted.length !== 1) {
    refuse(`"${name}" takes one option, and ${wanted.length} are given.`)
  }
  const chosen = wanted.map((text) => {
    const found =
      select.options.find(({ value }) => value === text) ?? select.options.find(({ label }) => label === text)
    if (!found)
      refuse(`"${name}" offers no "${text}". It offers: ${listed(select.options.map(({ value }) => value))}.`)
    if (found.disabled) refuse(`The option "${text}" of "${name}" is disabled; a visitor cannot choose it.`)
    return found
  })
  for (const option of select.options) option.selected = chosen.includes(option)
}

function chooseFiles(field: FileField, values: readonly Single[], name: string): void {
  if (values.length > 1 && !field.multiple)
    refuse(`"${name}" takes one file, and ${values.length} are given.`)
  field.files = values.map((value) => {
    if (value instanceof File) return value
    if (typeof value === 'object') return new File([value.content], value.name, { type: value.type ?? '' })
    return refuse(`"${name}" takes a file: a File or { name, type, content }, not ${JSON.stringify(value)}.`)
  })
}

function textOf(value: Single, name: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  return refuse(`"${name}" takes a text, not ${value === null ? 'null' : `a ${typeof value}`}.`)
}

function isList(value: FillValue): value is readonly Single[] {
  return Array.isArray(value)
}
