import type { Submittable } from '../lib/action/action.js'
import { faultyStep } from '../lib/action/check-steps.js'
import type { DefinedStep, StepsDetails } from '../lib/action/define-steps.js'
import type { StepsState } from '../lib/action/steps-state.js'
import type { Messages } from '../lib/outcome/messages.js'
import type { FormRecord } from '../lib/page/form-record.js'
import { groupInput } from '../lib/page/given-input.js'
import type { PageSeals } from '../lib/page/page-seals.js'
import type { Attributes } from './attributes.js'
import type { Form } from './form.js'
import { PageForm } from './page-form.js'
import { publish } from './publish.js'
import type { SafeHtml } from './safe-html.js'

/** A form of several steps as a page sees it: the form of the step that is shown. */
export interface SteppedForm<Names extends string = string, Field extends string = string>
  extends Form<unknown, Field> {
  /** The key of the step that is shown; `undefined` for the review after the last one. */
  readonly step: Names | undefined
  /** All steps, in their order. */
  readonly steps: readonly ShownStep<Names>[]
  /** The first step is shown, so nothing lies behind it. */
  readonly isFirst: boolean
  /** `next()` sends the form. */
  readonly isLast: boolean
  /** What was typed into a field of any step, or `fallback`; of a secret always `fallback`. @default '' */
  answer(name: Field, fallback?: string): string
  /** Everything that was sent under this name, in any step. */
  answers(name: Field): readonly string[]
  /**
   * Attributes of the button that goes on: to the next step when this one is valid, or after the last sends the form. The
   * browser's own validation is on, unless `formnovalidate: true` turns it off.
   */
  next(attributes?: Attributes): SafeHtml
  /** Attributes of the button that goes back one step, and keeps what was typed. On the first step it stays there. */
  back(attributes?: Attributes): SafeHtml
  /** Attributes of a button that goes to a step, and keeps what was typed. */
  goTo(step: Names, attributes?: Attributes): SafeHtml
}

/** A step, for a list of all of them. */
export interface ShownStep<Names extends string = string> {
  readonly name: Names
  readonly title: string
  /** It is the one that is shown. */
  readonly current: boolean
  /** It was sent before. */
  readonly answered: boolean
}

/** Makes the form that a page prints. */
export function createSteppedForm(
  record: FormRecord,
  details: StepsDetails,
  { seals, messages }: { readonly seals: PageSeals; readonly messages: Messages },
): SteppedForm {
  const carried = record.state as StepsState
  const fault = faultyStep(record.outcome)
  const shown = fault ?? carried.step
  // The form carries on from the step that it shows.
  const state: StepsState = { ...carried, step: shown }
  const step = details.steps.find(({ name }) => name === shown)
  // What came with the review is no input of the step that is wrong.
  const given = (fault === undefined ? record.given : undefined) ?? answersOf(record, state, shown)
  return new SteppedPageForm(
    { ...record, state, given, controls: step?.controls },
    { details, state, step },
    { seals, messages },
  )
}

function answersOf(
  { definition }: FormRecord,
  { answers }: StepsState,
  step: string | undefined,
): FormRecord['given'] {
  const entries = step === undefined ? undefined : answers[step]
  return entries && groupInput(entries, definition)
}

interface Position {
  readonly details: StepsDetails
  readonly state: StepsState
  readonly step: DefinedStep | undefined
}

class SteppedPageForm extends PageForm<unknown> implements SteppedForm {
  readonly step: string | undefined
  readonly steps: readonly ShownStep[]
  readonly isFirst: boolean
  readonly isLast: boolean
  readonly #position: Position
  readonly #answers: NonNullable<FormRecord['given']>

  constructor(
    record: FormRecord,
    position: Position,
    { seals, messages }: { readonly seals: PageSeals; readonly messages: Messages },
  ) {
    super(record, seals, messages)
    const { details, state, step } = position
    const last = details.review ? undefined : details.steps.at(-1)
    this.step = step?.name
    this.steps = details.steps.map(({ name, title }) => ({
      name,
      title,
      current: name === step?.name,
      answered: state.answers[name] !== undefined,
    }))
    this.isFirst = step === details.steps[0]
    this.isLast = step === last
    this.#position = position
    this.#answers = groupInput(Object.values(state.answers).flat(), record.definition)
  }

  answer(name: string, fallback = ''): string {
    return this.#answers.get(name)?.[0] ?? fallback
  }

  answers(name: string): readonly string[] {
    return this.#answers.get(name) ?? []
  }

  next(attributes: Attributes = {}): SafeHtml {
    const { details, step } = this.#position
    const action = this.isLast || !step ? details.finish : step.next
    const own = { formnovalidate: false, ...attributes }
    return this.submit(action.bind(null, ...details.values) as Submittable, own)
  }

  back(attributes: Attributes = {}): SafeHtml {
    const { details, step } = this.#position
    const at = step ? details.steps.indexOf(step) : details.steps.length
    return this.goTo(details.steps[Math.max(0, at - 1)]!.name, attributes)
  }

  goTo(step: string, attributes: Attributes = {}): SafeHtml {
    const { goTo, values } = this.#position.details
    return this.submit(goTo.bind(null, ...values, step) as Submittable, attributes)
  }

  /** Files of other steps wait unseen. */
  protected override listsKept(name: string): boolean {
    const { step } = this.#position
    return step === undefined || step.files.has(name)
  }
}

publish(SteppedPageForm.prototype, ['answer', 'answers', 'back', 'goTo', 'next'])
