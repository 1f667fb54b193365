import type { Done, Outcome, Redirect } from './outcome.js'

/** The type of a form's state: the one that `run` declares for `submission.previous`, or what `run` returns. */
export type DeclaredState<Declared, Returned> = unknown extends Declared ? ReturnedState<Returned> : Declared

/** The state that a returned value makes: `undefined` where only redirects and refusals are returned. */
type ReturnedState<Returned> = [StateIn<Awaited<Returned>>] extends [never]
  ? undefined
  : StateIn<Awaited<Returned>>

type StateIn<Value> =
  Value extends Done<infer State>
    ? State
    : Value extends Redirect<infer State>
      ? State
      : Value extends Outcome
        ? never
        : Value extends void
          ? undefined
          : Value
