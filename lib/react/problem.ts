import type { JsonAnswer } from '../answer/json-answer.js'
import type { Problem } from './client-props.js'

/** Marks a problem, in the browser and on the server. No state that was sent can have it: no text carries a symbol as a key. */
const brand = Symbol.for('sealform.problem')

/** The outcome of a submission as the text of a page carries it. */
export interface ShownOutcome extends Omit<JsonAnswer, 'outcome'> {
  readonly outcome: string
}

/** Returns what a hook of React gets for an outcome: the state, or a problem. */
export function stateOfOutcome(shown: ShownOutcome): unknown {
  const { outcome, status, reason, message, issues, values, state, seals } = shown
  if (outcome === 'done') return state
  const files = seals[0]?.files ?? []
  return { outcome, status, reason, message, issues, values, files, state, [brand]: true }
}

/** Returns the state of the action itself: also where a problem has taken its place. */
export function ownState(state: unknown): unknown {
  return isProblem(state) ? state.state : state
}

function isProblem(state: unknown): state is Problem {
  return typeof state === 'object' && state !== null && brand in state
}
