import { mark } from './pending.js'
import type { Submission } from './submission.js'

/** The submissions of the page that are not answered, in the order in which they were made. */
export let underway: Submission[] = []

/** Returns those of one form: the first is on its way, others wait. */
export const underwayOf = (form: HTMLFormElement): readonly Submission[] => {
  return underway.filter((each) => each.form === form)
}

/**
 * Ends submissions. An answer replaces what is marked, so the marks of all are taken back, `change` sees the page as the
 * server made it, and then those that are still underway are marked again.
 */
export const end = (ended: readonly Submission[], change?: () => unknown): void => {
  underway.map((each) => each.unmark?.())
  underway = underway.filter((each) => !ended.includes(each))
  ended.map((each) => each.request?.abort())
  change?.()
  underway.map(mark)
}
