import type { FieldValue } from '../write-fields.js'
import type { Problem } from './problem.js'

/** What an action is called with: the data of a form, or an object of values. */
export type Payload = FormData | { readonly [name: string]: FieldValue }

/** An action as a component gets it in its props. */
export interface ClientAction<State = unknown> {
  /**
   * Calls the action, from an event handler or an effect, and resolves to what it returned.
   *
   * @throws Error with the members of a `Problem` when the action was not done, so that `issueOf()` reads it
   */
  (payload?: Payload): Promise<State>
  /** As the `action` of a form, or the `formAction` of a button. */
  (data: FormData): Promise<void>
  /** As the first argument of `useActionState()`. What is wrong with the input is a `Problem` in place of the state. */
  (previous: State | Problem | undefined, payload: Payload | undefined): Promise<State | Problem | undefined>
  readonly name: string
}
