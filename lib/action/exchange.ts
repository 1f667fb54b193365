import type { SubmissionSource } from './submission.js'

/** One POST, as a framework's adapter describes it. */
export interface Exchange extends SubmissionSource {
  /** The protocol and host from the framework, which apply its proxy settings. */
  readonly protocol: string
  readonly host: string
  readonly path: string
  /** Returns the session value that seals are bound to now. An action can change it. */
  session(): string | undefined
}
