import type { Button, Control, TextField } from './control.js'
import { ancestorsOf, attribute, type Element, textContent } from './document.js'

/** One name with its value, as a form sends it. */
export type FormEntry = readonly [name: string, value: string | File]

/** The button that sends a form, and where an image was clicked. */
export interface Submitter {
  readonly button: Button
  readonly at: { readonly x: number; readonly y: number }
}

/**
 * Lists what the controls of a form send, in tree order.
 *
 * @param encoding the name of the form's encoding
 * @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#constructing-the-form-data-set
 */
export function entryList(
  controls: readonly Control[],
  submitter: Submitter | undefined,
  encoding: string,
): FormEntry[] {
  const entries: FormEntry[] = []
  for (const control of controls) {
    if (control.disabled || isInDatalist(control.element)) continue
    const { sentAs: name } = control
    if (control.kind === 'button') {
      if (control !== submitter?.button) continue
      if (control.type === 'image') {
        const prefix = name === '' ? '' : `${name}.`
        entries.push([`${prefix}x`, String(submitter.at.x)], [`${prefix}y`, String(submitter.at.y)])
        continue
      }
    }
    if (name === '') continue
    switch (control.kind) {
      case 'button':
        entries.push([name, control.value])
        break
      case 'choice':
        if (control.checked) entries.push([name, control.value])
        break
      case 'select':
        for (const { selected, disabled, value } of control.options) {
          if (selected && !disabled) entries.push([name, value])
        }
        break
      case 'file':
        if (control.files.length === 0) entries.push([name, noFile()])
        else for (const file of control.files) entries.push([name, file])
        break
      case 'text': {
        const names = control.type === 'hidden' && name.toLowerCase() === '_charset_'
        entries.push([name, names ? encoding : control.value])
      }
    }
    const direction = attribute(control.element, 'dirname')
    if (direction && hasDirection(control))
      entries.push([direction, directionOf(control.element, control.value)])
  }
  return entries
}

/** The value of a file field without a chosen file. */
function noFile(): File {
  return new File([], '', { type: 'application/octet-stream' })
}

function isInDatalist(element: Element): boolean {
  return ancestorsOf(element).some(({ tagName }) => tagName === 'datalist')
}

const directed = new Set(['textarea', 'hidden', 'text', 'search', 'tel', 'url', 'email', 'password'])

function hasDirection(control: Control): control is TextField | Button {
  if (control.kind === 'text') return directed.has(control.type)
  return control.kind === 'button' && control.element.tagName === 'input' && control.type === 'submit'
}

/** @see https://html.spec.whatwg.org/multipage/dom.html#the-directionality */
function directionOf(control: Element, value: string): 'ltr' | 'rtl' {
  for (const element of [control, ...ancestorsOf(control)]) {
    const dir = attribute(element, 'dir')?.toLowerCase()
    if (dir === 'ltr' || dir === 'rtl') return dir
    if (dir === 'auto') return firstStrong(element === control ? value : textContent(element)) ?? 'ltr'
    // A telephone number reads from the left in every page.
    if (element === control && dir === undefined && attribute(control, 'type')?.toLowerCase() === 'tel')
      return 'ltr'
  }
  return 'ltr'
}

const strong =
  /(?<rtl>[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}])|\p{L}/u

function firstStrong(text: string): 'ltr' | 'rtl' | undefined {
  const found = strong.exec(text)
  return found ? (found.groups?.rtl === undefined ? 'ltr' : 'rtl') : undefined
}
