import type { Definition, Submittable } from '../action/action.js'
import type { ShownFile } from '../files/uploads.js'
import type { Issue, Outcome } from '../outcome/outcome.js'
import type { Seal } from '../seal/seal.js'
import type { SealedFields } from './fresh-fields.js'
import type { GivenInput } from './given-input.js'

/**
 * The outcome of the submission that a page shows, for one of its forms. `idle` for all forms that were not submitted;
 * `valid` when the visitor only asked what is wrong, and nothing is.
 */
export type FormStatus = 'idle' | 'valid' | 'done' | 'invalid' | 'refused' | 'failed'

/** A form as data: everything that its HTML is made from. */
export interface FormRecord {
  readonly id: string
  readonly definition: Definition
  /** What controls have to know, where it is not what the definition says: in a form of several steps. */
  readonly controls?: Definition | undefined
  /** The values bound to the action, as its seal holds them. */
  readonly boundText: string
  readonly status: FormStatus
  readonly issues: readonly Issue[]
  readonly state: unknown
  readonly carriesState: boolean
  /** What the visitor sent, when the form shows it again. */
  readonly given: GivenInput | undefined
  /** Files that wait for the next submission of this form. */
  readonly files: readonly ShownFile[]
  /** Set when this is the form that was submitted. */
  readonly outcome: Outcome | undefined
  /** This is the form that was submitted, also where the page shows nothing of it. It is found in what is sent by its mark. */
  readonly sent: boolean
  /** Called when its form tag is printed. @default not called */
  tagPrinted?(): void
  /** Called when the form that was sent knows what is wrong with it. */
  readonly problemMade: ((problem: TellingProblem) => void) | undefined
  /**
   * Called when its hidden fields are printed. `mark` is a text of the tag with the seal that nothing else prints. @default the seal
   */
  readonly printed:
    | ((fields: SealedFields, problem: PrintedProblem | undefined, mark?: string) => void)
    | undefined
  /** Called when its seal is printed alone, for a call without a form element. */
  readonly sealed: ((seal: Seal) => void) | undefined
  /** Called when a button with a seal of its own is printed. */
  readonly buttonPrinted: ((action: Submittable, seal: Seal) => void) | undefined
}

/** What is wrong with the form that was sent, and which messages the page has printed. */
export interface PrintedProblem {
  /** The page has printed all messages. */
  readonly saysAll: boolean
  /**
   * Returns HTML with the messages that are not shown; empty when all are.
   *
   * @param region the region that is sent alone; `undefined` for the whole page
   */
  untold(region: string | undefined): string
}

/** What is wrong with the form that was sent, while the page is made. */
export interface TellingProblem extends PrintedProblem {
  /** Leaves the problem to a summary, so that it is not told beside the hidden fields. */
  summarise(): void
  /** Prints the summary, with links to the controls of the form. */
  printSummary(): string
  /** Notes that a summary has told everything. */
  tellAll(): void
}

/** What is wrong with a form, as far as it is known before the page has made that form. */
export interface ShownProblem {
  readonly outcome: Outcome
  readonly issues: readonly Issue[]
  /** The id of the form on the page that the visitor has sent. */
  readonly formId: string
  /** How deep the names of its fields may lead. */
  readonly depth: number
}
