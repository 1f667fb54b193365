import { boundDigest, type FormOwner } from './form-owner.js'
import type { Seal } from './seal.js'
import { openState, type SealedState, sealState } from './sealed-state.js'
import type { SealingContext } from './sealing-context.js'

/** What the state of a form is tied to. The bound values are part of it: the state of one item's form must not pass for another's. */
interface FormStateTerms extends FormOwner {
  /** Seconds. */
  readonly ttl: number
  readonly binding: Uint8Array | undefined
}

/** Seals the state of a form for its hidden field. */
export function sealFormState(context: SealingContext, state: unknown, terms: FormStateTerms): Seal {
  const { action, ttl, binding } = terms
  return sealState(context, state, { carrier: 'field', action, ttl, binding, form: boundDigest(terms) })
}

/** Where the state of a form comes from that is to be opened. */
interface FormStateOrigin {
  /** The form that carried it, when its own seal has opened. */
  readonly owner: FormOwner | undefined
  readonly session: string | undefined
}

/**
 * Opens the state that a form carried; `undefined` unless it was sealed here, for this form and session. One that
 * has expired still opens, not `current`, so that a page can show it again.
 */
export function openFormState(
  context: SealingContext,
  token: string,
  { owner, session }: FormStateOrigin,
): SealedState | undefined {
  if (!owner) return undefined
  const opened = openState(context, token, { carrier: 'field', session })
  return opened?.action === owner.action && opened.form === boundDigest(owner) ? opened : undefined
}
