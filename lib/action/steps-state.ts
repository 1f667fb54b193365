import type { Entry } from '../base/entry.js'

/** What a form of several steps carries from page to page. */
export interface StepsState {
  /** The step that is shown; `undefined` for the review after the last one. */
  readonly step: string | undefined
  /** The text fields of each step, as they were sent last. */
  readonly answers: Answers
}

/** The text fields of each step. */
export type Answers = Readonly<Record<string, readonly (readonly [name: string, value: string])[]>>

/**
 * Goes to another step, and keeps what was typed into the one that was shown.
 *
 * @param entries what was sent; files are kept by the library
 * @param to the step to show next
 */
export function moveTo(state: StepsState, entries: Iterable<Entry>, to: string | undefined): StepsState {
  return { step: to, answers: answersWith(state, entries) }
}

/** Adds what was sent to the answers of the step that was shown. The review has no fields of its own. */
export function answersWith({ step, answers }: StepsState, entries: Iterable<Entry>): Answers {
  if (step === undefined) return answers
  const texts = [...entries].flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  )
  return { ...answers, [step]: texts }
}
