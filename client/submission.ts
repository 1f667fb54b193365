/** A form that is being sent, and the button that was pressed, if any. */
export interface Pressed {
  readonly form: HTMLFormElement
  readonly button: HTMLElement | null
}

/** One submission, from the press of a button to the end of its answer. */
export interface Submission extends Pressed {
  /** What is sent. A listener of `sealform:submit` may change it. */
  data: FormData
  /** The ids of the regions to ask for; none when the browser sends the form. */
  asked: readonly string[]
  /** The form was sent by `data-submit-on`, so the answer leaves the focus where it is. */
  automatic: boolean
  /** The seal of the form. Without one it is sent by GET. */
  sealed: Element | undefined
  /** How often it was sent again by itself. */
  repeats: number
  /** Takes back what shows that it is underway. */
  unmark?: () => void
  /** Set when it is sent. */
  request?: XMLHttpRequest | null
}

/**
 * Reads an attribute of the button that was pressed, else of the form. A property would not do: a control named `action`
 * or `method` hides that of its form.
 *
 * @param prefix what the name on a button begins with, such as `form` in `formaction`
 */
export const read = ({ form, button }: Pressed, name: string, prefix = ''): string | null => {
  return button?.getAttribute(prefix + name) ?? form.getAttribute(name)
}

/** Spells what is sent under a name, to be shown or compared; a file by its name. */
export const textOf = (data: FormData, name: string): string => {
  return data
    .getAll(name)
    .map((value) => (value as File).name ?? value)
    .join(', ')
}
