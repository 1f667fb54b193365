import type { ClientAction } from './client-action.js'
import type { Problem } from './problem.js'

/** Where the data that an action gets has the data of the form. */
const whole = Symbol()

/** Returns the data of a form with the hidden fields that React has left in it. */
export const withHidden = (data: FormData & { readonly [whole]?: FormData }): FormData => data[whole] ?? data

/** Returns the data of a form as an action gets it. */
export const withoutHidden = (data: FormData): FormData => {
  const own = new FormData()
  for (const [name, value] of data) if (!/^sealform\b/.test(name)) own.append(name, value as string)
  return Object.assign(own, { [whole]: data })
}

/**
 * Returns an action around an action: in the browser `run` takes its place, for an optimistic update or a check. Without
 * JavaScript the form submits the action itself.
 *
 * @param run gets what the action would get, the hidden fields of the form left out. For a form without a hook, write the type
 *   of its one argument: `(data: FormData) => …`
 * @example
 * ```tsx
 * const [state, submit] = useActionState(
 *   onClient(add, async (previous, data) => {
 *     addShown(data.get('title'))
 *     return add(previous, data)
 *   }),
 *   undefined,
 * )
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
export function onClient(_action: object, run: (...args: never[]) => unknown): unknown {
  return (...args: unknown[]) =>
    run(...(args.map((arg) => (arg instanceof FormData ? withoutHidden(arg) : arg)) as never[]))
}
