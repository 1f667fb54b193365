import type { SubmissionSource } from './submission.js'

/** What a framework's adapter tells of one POST. */
export interface Exchange extends SubmissionSource {
  /** The framework's own protocol and host, its proxy settings honoured. */
  readonly protocol: string
  readonly host: string
  readonly path: string
  /** What seals are tied to at this moment; an action can change it. */
  session(): string | undefined
}
