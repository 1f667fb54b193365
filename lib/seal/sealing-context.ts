import type { ActionReferences } from './action-references.js'
import type { KeyRing } from './key-ring.js'

/** What seals are made with and opened with: the part of a registry that sealing needs. */
export interface SealingContext extends ActionReferences {
  readonly keys: KeyRing
  readonly audience: string
  /** The values that a seal held; `undefined` when one of them names an action that is not registered here. */
  decode(text: string): readonly unknown[] | undefined
}
