/** What was wrong with a submission. `useActionState()` has it in place of the state until the next submission. */
export interface Problem {
  /** `invalid`: the fields are not as the action wants them. `refused`: nothing was done; `reason` says why. */
  readonly outcome: 'invalid' | 'refused' | 'failed'
  readonly status: number
  /** A word such as `expired` or `forbidden`. */
  readonly reason: string | undefined
  /** What a page would say, in the visitor's language. */
  readonly message: string
  readonly issues: readonly { readonly name: string; readonly message: string }[]
  /** What was sent, without secrets. */
  readonly values: readonly (readonly [name: string, value: string])[]
  /** The files that wait on the server, so that they do not have to be chosen again. */
  readonly files: readonly { readonly name: string; readonly file: string; readonly size: number }[]
  /** The last state of the action. */
  readonly state: unknown
}

const brand = Symbol.for('sealform.problem')

/** Returns the problem that has taken the place of a state. */
export const problemIn = (state: unknown): Problem | undefined => Object(state)[brand] && (state as Problem)

/** Makes a problem of what an answer tells. */
export const problemOf = (told: Omit<Problem, 'files'>, files: Problem['files'] = []): Problem =>
  ({ ...told, files, [brand]: true }) as Problem

/**
 * Returns what is wrong with a field; `undefined` when nothing is.
 *
 * @param state what `useActionState()` has, or what a call has thrown
 * @param name the field. @default the message for the form as a whole
 * @example
 * ```tsx
 * <p role="alert">{issueOf(state, 'title')}</p>
 * ```
 */
export const issueOf = (state: unknown, name?: string): string | undefined => {
  const problem = problemIn(state)
  return (name === undefined ? problem : problem?.issues.find((issue) => issue.name === name))?.message
}

/**
 * Returns what was typed into a field, to show it again after a problem. A `<select>` also needs it as its `key`, because React
 * resets a form after each action, and a select to its first option.
 *
 * @param otherwise what the field shows without a problem. @default ''
 * @example
 * ```tsx
 * <input name="title" defaultValue={valueOf(state, 'title')} />
 * <select name="list" key={valueOf(state, 'list', 'home')} defaultValue={valueOf(state, 'list', 'home')}>
 * ```
 */
const givenValue = (state: unknown, name: string, otherwise = ''): string =>
  problemIn(state)?.values.find(([each]) => each === name)?.[1] ?? otherwise

export { givenValue as valueOf }

/** Returns the state that the action has returned, also while a problem is shown. */
export const stateOf = <State>(state: State): Exclude<State, Problem> | undefined =>
  (problemIn(state) ?? { state }).state as Exclude<State, Problem> | undefined
