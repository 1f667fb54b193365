/** What an action of a page is to the components around it. The page on the server has the same under the same key. */
export interface ActionParts {
  /** The newest. */
  readonly seal: string
  /**
   * Returns what a form begins with. On the server each form has something; in the browser the form that shows the outcome.
   *
   * @param at the place of the form in the tree
   */
  begin(at: string, form: AskedForm): FormBeginning | undefined
  /** Makes the name and the value of a button. The server alone can. */
  button?(form: ActionParts, byName: boolean): { readonly name: string; readonly value?: string }
  /** The sealed state for the next call, by the state that the action has returned. */
  readonly carried: Map<unknown, string>
}

/** What a form says of itself. */
interface AskedForm {
  readonly initial: unknown
  /** It shows an outcome: its children are made from the state. */
  readonly shows: boolean
}

/** The state of a form, and what the server prints of it. */
export interface FormBeginning {
  readonly state: unknown
  readonly id?: string
  readonly sealedState?: string | undefined
  readonly enctype?: string | undefined
}

/** The key of the parts of an action. */
export const parts: unique symbol = Symbol.for('sealform.parts') as never

/** Returns the parts of an action, also of one in `onClient()`. */
export const partsOf = (action: unknown): ActionParts => {
  const own = (action as { readonly [parts]?: ActionParts })[parts]
  if (!own) throw new Error('Give <Form> and <Submit> an action from the props of the page.')
  return own
}
