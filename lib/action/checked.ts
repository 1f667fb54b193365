import type { Entry } from '../base/entry.js'
import type { NameOf } from '../input/validate.js'
import type { Messages } from '../outcome/messages.js'
import type { Outcome } from '../outcome/outcome.js'

/** The validated input. */
export interface Checked {
  readonly input: unknown
  readonly nameOf: NameOf
}

/** Validates a submission in place of a schema. */
export type Check = (sent: SentFields, messages: () => Messages) => Promise<Checked | Outcome>

interface SentFields {
  readonly entries: readonly Entry[]
  /** The state that the form carried. */
  readonly previous: unknown
}
