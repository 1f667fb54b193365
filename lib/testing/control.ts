import { fieldOf } from '../base/wire-names.js'
import {
  ancestorsOf,
  attribute,
  childrenOf,
  descendantsOf,
  type Element,
  type HtmlDocument,
  hasAttribute,
  textContent,
} from './document.js'
import { sanitise } from './input-values.js'

interface Common {
  readonly element: Element
  /** The name of its field. Empty when the control has none, and then it is never sent. */
  readonly name: string
  /** The name that it is sent with, which differs for a field that is sent as a secret. */
  readonly sentAs: string
  readonly disabled: boolean
}

/** A control that holds text. */
export interface TextField extends Common {
  readonly kind: 'text'
  /** The type of an `<input>`, or `textarea`. */
  readonly type: string
  readonly readOnly: boolean
  /** Line breaks are single newlines. */
  value: string
  /** Whether the visitor has changed it. Only then a browser checks its length. */
  edited: boolean
}

export interface Choice extends Common {
  readonly kind: 'choice'
  readonly type: 'checkbox' | 'radio'
  readonly value: string
  checked: boolean
}

interface SelectOption {
  readonly element: Element
  readonly value: string
  readonly label: string
  readonly disabled: boolean
  selected: boolean
}

export interface Select extends Common {
  readonly kind: 'select'
  readonly multiple: boolean
  /** The rows that it shows. A list of one row always has a selected option. */
  readonly size: number
  readonly options: readonly SelectOption[]
}

export interface FileField extends Common {
  readonly kind: 'file'
  readonly multiple: boolean
  files: readonly File[]
}

export interface Button extends Common {
  readonly kind: 'button'
  readonly type: 'submit' | 'image' | 'reset' | 'button'
  readonly value: string
  /** The text that a person reads on it. */
  readonly label: string
}

export type Control = TextField | Choice | Select | FileField | Button

/** Reads the controls of a form, in tree order, with the values that the page gives them. */
export function controlsOf(document: HtmlDocument, form: Element): Control[] {
  const controls = document.elements.flatMap((element) =>
    submittable.has(element.tagName) && document.formOwner(element) === form ? [controlFrom(element)] : [],
  )
  // When the source checks several radio buttons of one name, the last stays checked.
  const marked = controls.filter((control) => control.kind === 'choice' && control.checked)
  for (const control of marked) if (control.kind === 'choice') check(control, controls)
  return controls
}

/** Ticks a choice. For a radio button, the others of its name are unchecked. */
export function check(choice: Choice, controls: readonly Control[]): void {
  if (choice.type === 'radio' && choice.name !== '') {
    for (const other of controls) {
      if (other.kind === 'choice' && other.type === 'radio' && other.name === choice.name)
        other.checked = false
    }
  }
  choice.checked = true
}

const submittable = new Set(['button', 'input', 'select', 'textarea'])

function controlFrom(element: Element): Control {
  const sentAs = attribute(element, 'name') ?? ''
  const common = { element, name: fieldOf(sentAs), sentAs, disabled: isDisabled(element) }
  const readOnly = hasAttribute(element, 'readonly')
  switch (element.tagName) {
    case 'select':
      return selectFrom(element, common)
    case 'textarea': {
      const value = textContent(element).replace(/\r\n?/g, '\n')
      return { ...common, kind: 'text', type: 'textarea', readOnly, value, edited: false }
    }
    case 'button': {
      const type = keyword(attribute(element, 'type'), ['submit', 'reset', 'button'], 'submit')
      return {
        ...common,
        kind: 'button',
        type,
        value: attribute(element, 'value') ?? '',
        label: labelOf(element),
      }
    }
  }
  const type = keyword(attribute(element, 'type'), inputTypes, 'text')
  const value = attribute(element, 'value')
  switch (type) {
    case 'checkbox':
    case 'radio':
      return {
        ...common,
        kind: 'choice',
        type,
        value: value ?? 'on',
        checked: hasAttribute(element, 'checked'),
      }
    case 'file':
      return { ...common, kind: 'file', multiple: hasAttribute(element, 'multiple'), files: [] }
    case 'submit':
    case 'image':
    case 'reset':
    case 'button':
      return { ...common, kind: 'button', type, value: value ?? defaultLabel(type), label: labelOf(element) }
  }
  return {
    ...common,
    kind: 'text',
    type,
    readOnly: readOnly && !neverReadOnly.has(type),
    value: sanitise(type, value ?? '', element),
    edited: false,
  }
}

const inputTypes = [
  'text',
  'search',
  'tel',
  'url',
  'email',
  'password',
  'hidden',
  'number',
  'range',
  'date',
  'month',
  'week',
  'time',
  'datetime-local',
  'color',
  'checkbox',
  'radio',
  'file',
  'submit',
  'image',
  'reset',
  'button',
] as const

const neverReadOnly = new Set(['hidden', 'range', 'color'])

function selectFrom(element: Element, common: Common): Select {
  const multiple = hasAttribute(element, 'multiple')
  const rows = Number.parseInt(attribute(element, 'size') ?? '', 10)
  const size = rows > 0 ? rows : multiple ? 4 : 1
  const options = descendantsOf(element)
    .filter(({ tagName }) => tagName === 'option')
    .map(optionFrom)
  if (!multiple) {
    const last = options.findLast(({ selected }) => selected)
    for (const option of options) option.selected = option === last
    const first = last || size > 1 ? undefined : options.find(({ disabled }) => !disabled)
    if (first) first.selected = true
  }
  return { ...common, kind: 'select', multiple, size, options }
}

function optionFrom(element: Element): SelectOption {
  const text = textContent(element)
    .replace(/[\t\n\f\r ]+/g, ' ')
    .trim()
  const parent = element.parentNode
  const group = parent && 'tagName' in parent && parent.tagName === 'optgroup' ? parent : undefined
  return {
    element,
    value: attribute(element, 'value') ?? text,
    label: attribute(element, 'label') || text,
    disabled: hasAttribute(element, 'disabled') || (group !== undefined && hasAttribute(group, 'disabled')),
    selected: hasAttribute(element, 'selected'),
  }
}

/** @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#concept-fe-disabled */
function isDisabled(element: Element): boolean {
  if (hasAttribute(element, 'disabled')) return true
  let inner = element
  for (const ancestor of ancestorsOf(element)) {
    if (ancestor.tagName === 'fieldset' && hasAttribute(ancestor, 'disabled')) {
      const legend = childrenOf(ancestor).find(({ tagName }) => tagName === 'legend')
      if (inner !== legend) return true
    }
    inner = ancestor
  }
  return false
}

function labelOf(element: Element): string {
  const type = attribute(element, 'type')?.toLowerCase() ?? ''
  const text =
    element.tagName === 'button'
      ? textContent(element)
      : type === 'image'
        ? (attribute(element, 'alt') ?? '')
        : (attribute(element, 'value') ?? defaultLabel(type))
  const visible = text.replace(/\s+/g, ' ').trim()
  return visible || (attribute(element, 'aria-label') ?? attribute(element, 'title') ?? '')
}

function defaultLabel(type: string): string {
  return type === 'submit' ? 'Submit' : type === 'reset' ? 'Reset' : ''
}

/** Reads an attribute with a closed set of words, in any case. */
export function keyword<Word extends string>(
  value: string | undefined,
  words: readonly Word[],
  otherwise: Word,
): Word {
  const lower = value?.toLowerCase()
  return words.find((word) => word === lower) ?? otherwise
}
