import { failed } from '../outcome/failure.js'
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
        const outcome = await callHook(hook, this.#event, 'before')
        if (outcome) return outcome
      }
    } catch (thrown) {
      return failed(thrown)
    }
    return undefined
  }

  /** Runs the `after` hooks. Each one may replace the outcome. */
  async after(outcome: Outcome): Promise<Outcome> {
    let last = outcome
    for (const hook of this.#hooks.after) {
      try {
        last = (await callHook(hook, { ...this.#event, outcome: last } as ActionEvent, 'after')) ?? last
      } catch (error) {
        this.#submission.report(error)
      }
    }
    return last
  }

  /** Runs the `onError` hooks. Returns the outcome of the first one that answers, or the failure itself. */
  async onError(failure: Failed): Promise<Outcome> {
    const { error, reference } = failure
    for (const hook of this.#hooks.onError) {
      try {
        const other = await callHook(hook, { ...this.#event, error, reference } as ActionEvent, 'onError')
        if (other) return other
      } catch (thrown) {
        this.#submission.report(thrown)
      }
    }
    return failure
  }
}
