import type { Pressed, Submission } from './submission.js'

/** What the script tells about, on the form. Each event bubbles and can be canceled. */
export interface SealformEvents {
  /** Before a form is sent; canceled, nothing is sent. `data` may be changed. */
  readonly submit: Readonly<Pick<Submission, 'button' | 'data' | 'asked'>>
  /** While the body is sent, in bytes; canceled, `<progress data-upload>` stays as it is. */
  readonly progress: Pick<ProgressEvent, 'loaded' | 'total'>
  /** Before the answer of an outcome is shown; canceled, it is not. */
  readonly done: SealformAnswer
  readonly invalid: SealformAnswer
  readonly refused: SealformAnswer
  /**
   * The action failed, or no answer of Sealform came: then `status` is that of a server in between, or 0. Canceled,
   * neither the answer nor the offer to send again is shown.
   */
  readonly failed: SealformAnswer
  /** Before the browser goes to `to`, or shows it when it is this page; canceled, nothing changes. */
  readonly redirect: SealformAnswer
  /** Before a region is replaced, for each; canceled, it stays as it is. */
  readonly swap: { readonly region: Element; readonly fresh: Element }
}

/** What came back. */
export interface SealformAnswer {
  readonly status: number
  /** What was sent as HTML: a whole page, or regions in the body of an otherwise empty one. */
  readonly page: Document | undefined
  /** Where a redirect leads. */
  readonly to?: string | undefined
}

type EventMap = { [Name in keyof SealformEvents as `sealform:${Name}`]: CustomEvent<SealformEvents[Name]> }

declare global {
  interface GlobalEventHandlersEventMap extends EventMap {}
}

/** Dispatches an event on the form. Returns whether the script goes on. */
export const emit = <Name extends keyof SealformEvents>(
  { form }: Pick<Pressed, 'form'>,
  name: Name,
  detail: SealformEvents[Name],
): boolean => {
  return form.dispatchEvent(new CustomEvent(`sealform:${name}`, { bubbles: true, cancelable: true, detail }))
}
