import type { Attributes } from './attributes.js'
import type { SelectOption } from './choice.js'
import type { SafeHtml } from './safe-html.js'

/** Options of `form.field(name, options)`. */
export interface FieldOptions {
  /** The text of the label, or of the legend for a group of choices. @default the one in the action's `labels` */
  readonly label?: string | SafeHtml | undefined
  /** Explains what to enter. Stands below the label, and screen readers read it with the control. @default none */
  readonly hint?: string | SafeHtml | undefined
  /**
   * The control. `radios` and `checkboxes` print a group with a box for each option.
   * @default `select` with `options`, otherwise `input`
   */
  readonly as?: 'input' | 'textarea' | 'select' | 'radios' | 'checkboxes' | undefined
  /** The choices of a select or a group. @default none */
  readonly options?: readonly SelectOption[] | undefined
  /** What the control shows before anything was sent; for `checkboxes` the values of those that are ticked. @default none */
  readonly value?: string | number | readonly string[] | undefined
  /** Attributes of the control, or of each box of a group. @default none */
  readonly attributes?: Attributes | undefined
  /**
   * Arranges the parts in your own way.
   * @default label, hint, messages and control in a `div`, or in a `fieldset` for a group
   */
  readonly print?: ((parts: FieldParts) => SafeHtml | string) | undefined
}

/** The parts of a field, ready to be printed. A part that the field does not have prints nothing. */
export interface FieldParts {
  /** The id of the first control. */
  readonly id: string
  /** There are messages about this field. */
  readonly invalid: boolean
  /** A `label`, or a `legend` for a group. */
  readonly label: SafeHtml
  /** The hint, with the id that the control refers to. */
  readonly hint: SafeHtml
  /** The messages about this field. */
  readonly issue: SafeHtml
  /** The control, or the choices of a group, with references to hint and messages. */
  readonly control: SafeHtml
  /** For the `fieldset` of a group: the reference to hint and messages. */
  readonly attributes: SafeHtml
}
