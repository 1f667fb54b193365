import type { ClientAction } from '../react/client-action.js'
import type { Problem } from '../react/problem.js'
import { parts, partsOf } from './page-action.js'

/**
 * Returns an action around an action: in the browser `run` takes its place, for an optimistic update or a check. Without
 * JavaScript the form submits the action itself.
 *
 * @param run gets what the action would get. For a form whose children are no function, write the type of its one argument:
 *   `(data: FormData) => …`
 * @example
 * ```tsx
 * <Form action={onClient(add, async (previous, data) => {
 *   addShown(String(data.get('title')))
 *   return add(previous, data)
 * })}>
 * ```
 */
export function onClient<State, Result>(
  action: ClientAction<State>,
  run: (previous: State | Problem | undefined, data: FormData) => Result,
): (previous: State | Problem | undefined, data: FormData) => Result
export function onClient<Result>(
  action: (...args: never[]) => unknown,
  run: (data: FormData) => Result,
): (data: FormData) => Result
export function onClient(action: object, run: (...args: never[]) => unknown): unknown {
  return Object.defineProperty((...args: never[]) => run(...args), parts, { value: partsOf(action) })
}
