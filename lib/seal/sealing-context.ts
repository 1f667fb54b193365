import type { ActionReferences } from './action-references.js'
import type { KeyRing } from './key-ring.js'

/** The part of a registry that sealing and opening need. */
export interface SealingContext extends ActionReferences {
  readonly keys: KeyRing
  readonly audience: string
  /** Reads the values of a seal. Returns `undefined` when one of them names an action that is not registered here. */
  decode(text: string): readonly unknown[] | undefined
}
