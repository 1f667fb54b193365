import { mark } from './pending.js'
import type { Submission } from './submission.js'

/** The submissions of the page that are not answered, in the order in which they were made. */
export let underway: readonly Submission[] = []

/** Returns those of one form: the first is on its way, others wait. */
export const underwayOf = ({ form }: Pick<Submission, 'form'>): readonly Submission[] => {
  return underway.filter((each) => each.form === form)
}

/**
 * Adds a submission, and marks it a moment later: the browser collects the fields after the event, and the label of a
 * button may be one of them.
 */
export const begin = (submission: Submission): void => {
  underway = [...underway, submission]
  setTimeout(end, 0, [])
}

/**
 * Ends submissions. An answer replaces what is marked, so the marks of all are taken back, `change` sees the page as the
 * server made it, and then those that are still underway are marked again.
 */
export const end = (ended: readonly Submission[], change?: () => void): void => {
  for (const each of underway) each.unmark?.()
  for (const each of ended) each.abort?.()
  underway = underway.filter((each) => !ended.includes(each))
  change?.()
  underway.forEach(mark)
}
