import { checkOptions } from '../base/check-options.js'
import { fieldOf } from '../base/wire-names.js'
import { type Button, type Control, controlsOf } from './control.js'
import {
  attribute,
  type Element,
  type HtmlDocument,
  hasAttribute,
  outerHtml,
  readableText,
} from './document.js'
import { entryList, type FormEntry, type Submitter } from './entry-list.js'
import { choose, type FillValue, fill, uncheck } from './fill.js'
import { encodingOf, type FormPlace, planSubmission } from './form-submission.js'
import type { Navigation } from './navigation.js'
import { listed, refuse } from './refuse.js'
import { problemsOf } from './validity.js'

/** What `submit()` takes besides the button. */
export interface SubmitOptions {
  /** Whether the form is held back, as a browser does, while a control has a value that it refuses. @default true */
  readonly validate?: boolean
  /** Where an image button is clicked, in CSS pixels. @default `{ x: 0, y: 0 }` */
  readonly at?: { readonly x: number; readonly y: number }
}

/** The page that a form is on. */
interface FormHost<Page> {
  readonly place: FormPlace
  open(navigation: Navigation): Promise<Page>
}

/** A form on a page, to be filled in as a person would. */
export class FormOnPage<Page> {
  /** Empty when it has none. */
  readonly id: string
  readonly #element: Element
  readonly #controls: readonly Control[]
  readonly #place: FormPlace
  readonly #open: (navigation: Navigation) => Promise<Page>

  constructor(element: Element, document: HtmlDocument, { place, open }: FormHost<Page>) {
    this.id = attribute(element, 'id') ?? ''
    this.#element = element
    this.#controls = controlsOf(document, element)
    this.#place = place
    this.#open = open
  }

  /** The text that a reader sees in it. */
  get text(): string {
    return readableText(this.#element)
  }

  /** The HTML as the parser understood it. */
  get html(): string {
    return outerHtml(this.#element)
  }

  /** The texts on its submit buttons, in order. */
  get buttons(): readonly string[] {
    return this.#submitButtons().map(({ label }) => label)
  }

  /**
   * Sets controls by their names.
   *
   * @param values a text or number for what is typed; the value of a radio button or an option; true, false or the value
   *   for a checkbox; a `File` or `{ name, type, content }`; a list for several controls of one name, a group of checkboxes,
   *   and controls with `multiple`
   * @throws SealformError `ERR_BROWSER_REFUSED` when no person could: no such control, hidden, disabled or read-only,
   *   no such option, longer than `maxlength`
   * @example
   * ```ts
   * async function addMilk(form: FormOnPage<unknown>) {
   *   await form.fill({ title: 'Milk', urgent: true, tags: ['food', 'drink'] }).submit()
   * }
   * ```
   */
  fill(values: Readonly<Record<string, FillValue>>): this {
    for (const [name, value] of Object.entries(values)) this.#explain(() => fill(this.#controls, name, value))
    return this
  }

  /** Ticks a checkbox, and leaves the others of its group as they are. @param value needed when there are several */
  check(name: string, value?: string): this {
    this.#explain(() => choose(this.#controls, name, value))
    return this
  }

  /** Unticks a checkbox. @param value needed when there are several */
  uncheck(name: string, value?: string): this {
    this.#explain(() => uncheck(this.#controls, name, value))
    return this
  }

  /** Chooses a radio button, or an option by its value or text. */
  choose(name: string, value: string): this {
    return this.check(name, value)
  }

  /** Gives the first value that would be sent under a name; `undefined` when there is none. */
  value(name: string): string | undefined {
    return this.values(name)[0]
  }

  /** Gives all values that would be sent under a name. */
  values(name: string): readonly string[] {
    return this.entries().flatMap(([own, value]) =>
      fieldOf(own) === name ? [typeof value === 'string' ? value : value.name] : [],
    )
  }

  /**
   * Gives what would be sent, before it is encoded. A password that only its control declares has the name `sealform.secret.…`.
   *
   * @param button as in `submit()`; none by default
   */
  entries(button?: string, options: Pick<SubmitOptions, 'at'> = {}): readonly FormEntry[] {
    checkOptions('entries()', options, ['at'])
    const submitter = button === undefined ? undefined : this.#press(this.#find(button), options)
    return entryList(this.#controls, submitter, encodingOf(this.#element, this.#place).name)
  }

  /**
   * Sends the form, and goes to the page that answers.
   *
   * @param button the text on it, its name, its value or its id. @default the one that the Enter key presses
   * @throws SealformError `ERR_BROWSER_REFUSED` when a browser would not send the form: a control with a value that it
   *   refuses, a disabled button, or none
   */
  async submit(button?: string | SubmitOptions, options: SubmitOptions = {}): Promise<Page> {
    if (typeof button === 'object') return this.submit(undefined, button)
    checkOptions('submit()', options, ['validate', 'at'])
    const pressed = button === undefined ? this.#defaultButton() : this.#find(button)
    if (pressed?.disabled) this.#refuse(`its button "${pressed.label || pressed.name}" is disabled.`)
    const unchecked =
      options.validate === false ||
      hasAttribute(this.#element, 'novalidate') ||
      (pressed && hasAttribute(pressed.element, 'formnovalidate'))
    if (!unchecked) this.#validate()
    const submitter = pressed && this.#press(pressed, options)
    const filled = { form: this.#element, controls: this.#controls, submitter }
    return this.#open(await planSubmission(filled, this.#place))
  }

  #validate(): void {
    const problems = problemsOf(this.#controls)
    if (problems.length === 0) return
    const text = problems.map(({ name, reason }) => `"${name}" ${reason}`).join('; ')
    this.#refuse(
      `a browser would not send it: ${text}. To see what the server says of it: submit({ validate: false }).`,
    )
  }

  #press(button: Button, { at }: SubmitOptions): Submitter {
    return { button, at: at ?? { x: 0, y: 0 } }
  }

  #submitButtons(): Button[] {
    return this.#controls.filter(
      (control): control is Button =>
        control.kind === 'button' && (control.type === 'submit' || control.type === 'image'),
    )
  }

  #find(wanted: string): Button {
    const buttons = this.#submitButtons()
    const ways: readonly ((button: Button) => string | undefined)[] = [
      ({ label }) => label,
      ({ name }) => name,
      ({ value }) => value,
      ({ element }) => attribute(element, 'id'),
    ]
    const found = ways.map((way) => buttons.filter((button) => way(button) === wanted))
    const only = found.find((some) => some[0] && some.every((button) => doTheSame(button, some[0]!)))?.[0]
    if (only) return only
    const several = found.find(({ length }) => length > 1)
    if (!several) this.#refuse(`it has no button "${wanted}". It has: ${listed(this.buttons)}.`)
    const values = listed(several.map(({ value, label }) => value || label))
    return this.#refuse(
      `it has ${several.length} buttons "${wanted}". Say which by its value or id: ${values}.`,
    )
  }

  /**
   * Finds the button that the Enter key presses.
   *
   * @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#implicit-submission
   */
  #defaultButton(): Button | undefined {
    const [first] = this.#submitButtons()
    if (first) return first
    const blocking = this.#controls.filter(
      (control) => control.kind === 'text' && blocksEnter.has(control.type),
    )
    if (blocking.length > 1) {
      this.#refuse(
        `it has no submit button, and the Enter key sends no form with ${blocking.length} text fields.`,
      )
    }
    return undefined
  }

  #explain(act: () => void): void {
    try {
      act()
    } catch (error) {
      if (error instanceof Error && error.name === 'SealformError') this.#refuse(error.message)
      throw error
    }
  }

  #refuse(reason: string): never {
    return refuse(`The form ${this.id === '' ? 'without id' : `"${this.id}"`}: ${reason}`)
  }
}

/** Whether two buttons do the same, such as one at the top of a form and one at its end. */
function doTheSame(one: Button, other: Button): boolean {
  const what = ({ type, name, value, disabled, element }: Button) => [
    ...[type, name, value, disabled, element.tagName],
    ...element.attrs.filter((own) => own.name.startsWith('form')).map((own) => `${own.name}=${own.value}`),
  ]
  return what(one).join('\n') === what(other).join('\n')
}

const blocksEnter = new Set(
  'text search tel url email password date month week time datetime-local number'.split(' '),
)
