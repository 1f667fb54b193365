import { AsyncLocalStorage } from 'node:async_hooks'
import { callSiteOf } from '../base/call-site.js'

/** An outcome that an action has made. */
export interface MadeOutcome {
  /** The function that made it, such as `invalid`. */
  readonly by: string
  /** The place of the call, such as `file:///srv/app/todos.js:12:5`. */
  readonly at: string | undefined
}

const runs = new AsyncLocalStorage<MadeOutcome[]>()
let watching = false

/** Collects the outcomes that are made while a function runs, and by what it awaits. For development: it takes a stack trace for each. */
export function collectMade<Result>(run: (made: readonly MadeOutcome[]) => Result): Result {
  watching = true
  const made: MadeOutcome[] = []
  return runs.run(made, () => run(made))
}

/**
 * Notes an outcome for the action that is running.
 *
 * @param by the name of the maker as apps import it: a bundler may rename the function
 */
export function noted<Made>(outcome: Made, maker: (...given: never[]) => unknown, by: string): Made {
  if (watching) runs.getStore()?.push({ by, at: callSiteOf(maker) })
  return outcome
}
