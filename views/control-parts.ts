import type { Attributes } from './attributes.js'
import type { SelectOption } from './choice.js'
import type { Controls } from './form.js'
import type { SafeHtml } from './safe-html.js'

/** The parts from which controls are printed, or handed to a template as objects. */
export interface ControlParts extends Pick<Controls, 'id' | 'issue' | 'issues'> {
  formAttributes(): Attributes
  inputAttributes(name: string, own: Attributes): Attributes
  controlAttributes(name: string, own: Attributes): Attributes
  textareaParts(name: string, own: Attributes): TextareaParts
  selectParts(name: string, options: readonly SelectOption[], own: Attributes): SelectParts
  /** The id of the element that holds the messages about a field; `undefined` when there are none. */
  issueId(name: string): string | undefined
  /** What a field is called for people, when the app says it. */
  labelOf(name: string): string | undefined
  /** The id of the first control of a name. */
  controlId(name: string): string
  /** What stands between the messages and the control of a field. */
  beside(name: string): SafeHtml | undefined
}

export interface TextareaParts {
  readonly attributes: Attributes
  /** What stands in it. */
  readonly text: string
}

export interface SelectParts {
  readonly attributes: Attributes
  /** The values of the options that are selected. */
  readonly chosen: ReadonlySet<string>
}
