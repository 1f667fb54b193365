import { readValues } from './read-values.js'
import { locationHeader, richType } from './wire.js'

/** What came of a call. `outcome` says which further members it has. */
export type CallAnswer<State = unknown> = Answer &
  (
    | { readonly outcome: 'done'; readonly state: State }
    /** The fields are not as the action wants them: `issues` says why. */
    | { readonly outcome: 'invalid' }
    /** Only validation was asked for, and nothing is wrong. */
    | { readonly outcome: 'valid' }
    /** Nothing was done. `reason` is a word such as `expired` or `forbidden`. */
    | { readonly outcome: 'refused'; readonly reason: string }
    /** The action is done, and leads to another page: an absolute URL. */
    | { readonly outcome: 'redirect'; readonly location: string }
    /** The action has answered by itself, or something in front of Sealform has. A copy of a one-time call gets no text. */
    | { readonly outcome: 'answered'; readonly text?: string | undefined }
    /**
     * The action failed, and the log has the `reference`. Without one no answer of Sealform came, so that the action may have
     * run or not: `status` is that of a server in between, or 0 without a connection.
     */
    | { readonly outcome: 'failed' }
  )

interface Answer {
  readonly status: number
  /** What a page would say, in the visitor's language; empty when no answer of Sealform came. */
  readonly message: string
  readonly issues: readonly { readonly name: string; readonly message: string }[]
  /** What was sent, when it has to be corrected or sent again, without secrets. */
  readonly values: readonly (readonly [name: string, value: string])[]
  readonly reference?: string | undefined
  readonly seals: readonly FreshFields[]
}

/** New hidden fields for a form of the page. `call()` has put them in their places. */
export interface FreshFields {
  readonly form: string | undefined
  readonly seal: string
  readonly state: string | undefined
  /** Those of the form that was sent. */
  readonly sent: boolean
  /** The seal of the button that was pressed, when it has one of its own. */
  readonly button?: string | undefined
  /** The files that wait on the server for the next submission, each by its field, its name and its bytes. */
  readonly files: readonly FreshFile[]
}

/** The hidden field of a file that waits. */
interface FreshFile {
  readonly name: string
  readonly file: string
  readonly size: number
  readonly seal: string
}

/** Reads the answer to a request. */
export const readAnswer = (request: XMLHttpRequest, url: string): CallAnswer<never> => {
  const { status, responseURL, responseText: text } = request
  const answer = { status, text, message: '', issues: [], values: [], seals: [] }
  if (request.getResponseHeader('Content-Type')?.startsWith(richType)) {
    try {
      const told = readValues(text) as CallAnswer<never>
      return told.outcome === 'redirect' ? { ...told, location: new URL(told.location, url).href } : told
    } catch {
      return { ...answer, outcome: 'failed' }
    }
  }
  // The action or a guard has redirected by its own means. Where something in front of Sealform has, the request has followed.
  const told = request.getResponseHeader(locationHeader)
  const location = new URL(told ?? responseURL, url).href
  if (told || location !== url) return { ...answer, outcome: 'redirect', location }
  return { ...answer, outcome: status && status < 400 ? 'answered' : 'failed' }
}
