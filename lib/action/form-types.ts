declare const shows: unique symbol

/** What an action tells the compiler of its forms. Nothing of it exists when the program runs. */
export interface FormTypes<State, Name extends string> {
  readonly [shows]?: { readonly state: State; readonly name: Name } | undefined
}

/**
 * The type of `form.state` in a form of this action.
 *
 * @example
 * ```ts
 * const counted: StateOf<typeof addTodo> = undefined
 * ```
 */
export type StateOf<Of> = Of extends FormTypes<infer State, string> ? State : unknown

/**
 * A name of a field in a form of this action.
 *
 * @example
 * ```ts
 * const first: FieldName<typeof addTodo> = 'title'
 * ```
 */
export type FieldName<Of> = Of extends FormTypes<unknown, infer Name> ? Name : string
