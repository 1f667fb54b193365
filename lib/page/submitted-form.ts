import type { Definition } from '../action/action.js'
import type { ShownFile } from '../files/uploads.js'

/** A button with a seal of its own. */
export interface SubmittedButton {
  /** The name of its action; `undefined` when the seal did not open for this form. */
  readonly action: string | undefined
  /** The bound values as the seal held them. */
  readonly boundText: string
  /** The seal was good for this visitor here and now, so that it may be made anew. */
  readonly admitted: Definition | undefined
}

/** What a page needs to give back what was sent, whatever became of it. */
export interface SubmittedForm {
  /** In clear, so good for nothing but finding the form again. */
  formId: string | undefined
  /** From the form's own seal, once it has opened. */
  definition: Definition | undefined
  /** That seal was good for this visitor here and now, so that it may be made anew. */
  admitted: boolean
  /** That seal is bound to the path of this page, so this page has printed the form, also when the seal is refused. */
  onOwnPath: boolean
  /** The bound values as the seal held them, to find the same form again. */
  boundText: string
  /** The button that was pressed, when it has a seal of its own. */
  button: SubmittedButton | undefined
  /** When its page was made, in whole seconds since 1970; `undefined` when its seal did not open. */
  begun: number | undefined
  /** Set when a hook of a React page has sent it, with the key by which React knows the hook again. */
  hook: { readonly key: string | undefined } | undefined
  state: unknown
  hasState: boolean
  entries: readonly (readonly [string, string])[]
  /** The names of fields that came as secrets, beside those that their names or the action declare. */
  secretNames: ReadonlySet<string> | undefined
  /** Files that wait on the server for the next submission, and the action that alone may have them. */
  files: { readonly definition: Definition; readonly list: readonly ShownFile[] } | undefined
}
