import type { RefusalReason } from '../outcome/outcome.js'

/** A refusal as `onRefused` receives it. Holds none of the visitor's input. */
export interface Refusal {
  readonly reason: RefusalReason
  /** The status of the answer. In `mode: 'report'`, the status that `'enforce'` would send. */
  readonly status: number
  /** What was wrong and what to change, written for developers. */
  readonly detail: string
  /** The action's name. `undefined` when the seal did not open. */
  readonly action: string | undefined
  /** False when `mode: 'report'` let the request through. */
  readonly enforced: boolean
}
