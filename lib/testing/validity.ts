import type { Control, Select, TextField } from './control.js'
import { ancestorsOf, attribute, hasAttribute } from './document.js'
import { isOrdered, numberOf } from './input-values.js'

/** The reason why a browser would not send a form. */
interface Problem {
  readonly name: string
  readonly reason: string
}

/**
 * Finds the controls that keep a browser from sending the form, in tree order.
 *
 * @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#constraints
 */
export function problemsOf(controls: readonly Control[]): Problem[] {
  const problems: Problem[] = []
  const radios = new Set<string>()
  for (const control of controls) {
    if (isBarred(control)) continue
    const { name } = control
    if (control.kind === 'choice' && control.type === 'radio') {
      if (radios.has(name)) continue
      if (name !== '') radios.add(name)
    }
    const reason = problemOf(control, controls)
    if (reason !== undefined)
      problems.push({ name: name || attribute(control.element, 'id') || control.kind, reason })
  }
  return problems
}

function isBarred(control: Control): boolean {
  if (control.disabled || control.kind === 'button') return true
  if (control.kind === 'text' && (control.readOnly || control.type === 'hidden')) return true
  return ancestorsOf(control.element).some(({ tagName }) => tagName === 'datalist')
}

function problemOf(control: Control, controls: readonly Control[]): string | undefined {
  const required = hasAttribute(control.element, 'required')
  switch (control.kind) {
    case 'text':
      return textProblem(control, required)
    case 'file':
      return required && control.files.length === 0 ? 'is required, and no file is chosen' : undefined
    case 'select':
      return required && isUnchosen(control) ? 'is required, and nothing is selected' : undefined
    case 'choice': {
      if (control.type === 'checkbox')
        return required && !control.checked ? 'is required, and not ticked' : undefined
      const group = controls.filter(
        (other) =>
          other === control ||
          (control.name !== '' && other.kind === 'choice' && other.name === control.name),
      )
      const asked = group.some(({ element }) => hasAttribute(element, 'required'))
      const chosen = group.some((other) => other.kind === 'choice' && other.checked)
      return asked && !chosen ? 'is required, and none is chosen' : undefined
    }
  }
  return undefined
}

/**
 * Whether nothing is selected. The first option of a list of one row, when its value is empty, only tells what to
 * select.
 */
function isUnchosen({ element, multiple, size, options }: Select): boolean {
  const [first] = options
  const placeholder =
    !multiple && size === 1 && first?.value === '' && first.element.parentNode === element ? first : undefined
  return !options.some((option) => option.selected && option !== placeholder)
}

const withPattern = new Set(['text', 'search', 'tel', 'url', 'email', 'password'])
/** The types whose length has limits. */
export const withLength: ReadonlySet<string> = new Set([...withPattern, 'textarea'])
const neverEmpty = new Set(['range', 'color'])

function textProblem(field: TextField, required: boolean): string | undefined {
  const { type, value, element } = field
  if (value === '') return required && !neverEmpty.has(type) ? 'is required, and empty' : undefined
  if (withLength.has(type) && field.edited) {
    const shortest = lengthLimit(attribute(element, 'minlength'))
    if (value.length < (shortest ?? 0)) return `has ${value.length} characters, and minlength is ${shortest}`
    const longest = lengthLimit(attribute(element, 'maxlength'))
    if (value.length > (longest ?? Infinity))
      return `has ${value.length} characters, and maxlength is ${longest}`
  }
  const values = type === 'email' && hasAttribute(element, 'multiple') ? value.split(',') : [value]
  if (type === 'email' && !values.every((each) => email.test(each)))
    return `is no email address: ${quote(value)}`
  if (type === 'url' && !URL.canParse(value)) return `is no absolute URL: ${quote(value)}`
  const pattern = withPattern.has(type) ? compile(attribute(element, 'pattern')) : undefined
  if (pattern && !values.every((each) => pattern.test(each))) {
    return `does not match its pattern ${attribute(element, 'pattern')}: ${quote(value)}`
  }
  return isOrdered(type) ? orderProblem(field) : undefined
}

/** The pattern of the HTML Standard. */
const email =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/

/** Reads the number in `minlength` or `maxlength`; `undefined` when it is not a number, which is no limit. */
export function lengthLimit(text: string | undefined): number | undefined {
  return text !== undefined && /^[\t\n\f\r ]*\+?\d+/.test(text) ? Number.parseInt(text, 10) : undefined
}

/** Compiles a pattern. One that does not compile is ignored, as in a browser. */
function compile(pattern: string | undefined): RegExp | undefined {
  if (!pattern) return undefined
  try {
    new RegExp(pattern, 'v')
    return new RegExp(`^(?:${pattern})$`, 'v')
  } catch {
    return undefined
  }
}

function orderProblem({ type, value, element }: TextField): string | undefined {
  const number = numberOf(type, value)
  if (number === undefined) return undefined
  const limit = (name: string) => numberOf(type, attribute(element, name) ?? '')
  const min = limit('min')
  const max = limit('max')
  // When max comes before min, the time range goes over midnight.
  const overnight = type === 'time' && min !== undefined && max !== undefined && max < min
  if (overnight && number < min && number > max)
    return `is ${value}, outside ${text('min')} to ${text('max')}`
  if (!overnight && min !== undefined && number < min) return `is ${value}, and min is ${text('min')}`
  if (!overnight && max !== undefined && number > max) return `is ${value}, and max is ${text('max')}`
  const step = stepOf(type, text('step'))
  if (step === undefined) return undefined
  const base = min ?? limit('value') ?? (type === 'week' ? mondayBefore1970 : 0)
  const steps = (number - base) / step
  const close = Math.abs(steps - Math.round(steps)) <= 1e-9 * Math.max(1, Math.abs(steps))
  return close
    ? undefined
    : `is ${value}, which is between two steps${text('step') ? ` of ${text('step')}` : ''}`

  function text(name: string): string {
    return attribute(element, name) ?? ''
  }
}

const mondayBefore1970 = -259_200_000

/** Reads the size of a step, as a number of the type; `undefined` when every value is allowed. */
function stepOf(type: string, step: string): number | undefined {
  if (step.toLowerCase() === 'any') return undefined
  const { scale, standard } = steps.get(type) ?? { scale: 1, standard: 1 }
  const given = numberOf('number', step)
  return (given !== undefined && given > 0 ? given : standard) * scale
}

const steps: ReadonlyMap<string, { readonly scale: number; readonly standard: number }> = new Map([
  ['date', { scale: 86_400_000, standard: 1 }],
  ['week', { scale: 604_800_000, standard: 1 }],
  ['time', { scale: 1000, standard: 60 }],
  ['datetime-local', { scale: 1000, standard: 60 }],
])

function quote(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
}
