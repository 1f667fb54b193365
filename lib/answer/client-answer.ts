// What the table of clients knows of an answer, and how a client takes it.

export interface AnswerKind {
  /** It answers a submission. */
  readonly isOutcome: boolean
  /** It has a status outside of 2xx. */
  readonly fails: boolean
}

export interface ShownPage {
  /** It has a status outside of 2xx. */
  readonly fails: boolean
  /** Tells whether the page has none of the elements that the client asks for by their ids. */
  lacks(): boolean
}

export type Others =
  /** As further elements. */
  | 'beside'
  /** As further elements that htmx is told to look for. */
  | 'out-of-band'
  /** As stream elements inside of the frame. */
  | 'stream'
  /** As further elements, all of them named by a response header. */
  | 'named'
  /** Not at all. */
  | 'never'

export type Whole =
  /** The client shows whole pages by itself. */
  | 'as it is'
  /** With a `meta` element that makes Turbo show the answer as a page. */
  | 'marked'
  /** In the place of the element that was asked for. */
  | 'inside'
  /** With these response headers. */
  | Readonly<Record<string, string>>
