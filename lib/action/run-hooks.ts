import type { Failed, Outcome } from '../outcome/outcome.js'
import { type ActionEvent, callHook, type Hooks } from './hooks.js'
import type { CurrentSubmission } from './submission.js'

/** Runs the hooks around one run of an action. An error in a hook never prevents an outcome. */
export class RunHooks {
  readonly #hooks: Hooks
  readonly #event: ActionEvent
  readonly #submission: CurrentSubmission

  constructor(hooks: Hooks, event: ActionEvent, submission: CurrentSubmission) {
    this.#hooks = hooks
    this.#event = event
    this.#submission = submission
  }

  /** Runs the `before` hooks. Returns the outcome of the first one that answers in place of the action. */
  async before(): Promise<Outcome | undefined> {
    try {
      for (const hook of this.#hooks.before) {
        const outcome = this.#submission.outcomeAfter(await callHook(hook, this.#event, 'before'))
        if (outcome) return outcome
      }
    } catch (thrown) {
      return this.#submission.failureAfter(thrown)
    }
    return undefined
  }

  /** Runs the `after` hooks. Each one may replace the outcome, unless it is an own answer. */
  async after(outcome: Outcome): Promise<Outcome> {
    let last = outcome
    for (const hook of this.#hooks.after) {
      try {
        const outcome = await callHook(hook, { ...this.#event, outcome: last } as ActionEvent, 'after')
        if (last.kind !== 'answered') last = this.#submission.outcomeAfter(outcome) ?? last
      } catch (error) {
        this.#submission.report(error)
      }
    }
    return last
  }

  /** Runs the `onError` hooks. Returns the outcome of the first one that answers, or the failure itself. */
  async onError(failure: Failed): Promise<Outcome> {
    const { error, reference } = failure
    // What had answered before it threw has answered. Its failure goes to the hooks and to the app.
    const answered = this.#submission.ownAnswer !== 'none'
    for (const hook of this.#hooks.onError) {
      try {
        const returned = await callHook(hook, { ...this.#event, error, reference } as ActionEvent, 'onError')
        const other = answered ? undefined : this.#submission.outcomeAfter(returned)
        if (other) return other
      } catch (thrown) {
        this.#submission.report(thrown)
      }
    }
    return failure
  }
}
