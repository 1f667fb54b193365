import { createHash } from 'node:crypto'
import type { Seal } from './seal.js'
import { readState, type SealedState, writeState } from './sealed-state.js'
import type { SealingContext } from './sealing-context.js'

/** The form that a state belongs to. */
export interface StateOwner {
  readonly action: string
  /** The values bound to the action, as its seal holds them. */
  readonly boundText: string
}

/** Seals the state of a form for its hidden field. */
export function sealState(
  context: SealingContext,
  owner: StateOwner,
  state: unknown,
  ttl: number,
  binding: Uint8Array | undefined,
): Seal {
  return writeState(context, state, {
    carrier: 'field',
    action: owner.action,
    ttl,
    binding,
    form: digest(owner),
  })
}

/**
 * Opens the state that a form carried; `undefined` unless it was sealed here, for this form and session. One that
 * has expired still opens, not `current`, so that a page can show it again.
 */
export function openState(
  context: SealingContext,
  token: string | undefined,
  owner: StateOwner | undefined,
  session: string | undefined,
): SealedState | undefined {
  if (!owner) return undefined
  const opened = readState(context, 'field', token, session)
  return opened?.action === owner.action && opened.form === digest(owner) ? opened : undefined
}

/** The state of one item's form must not pass for another's, so it is tied to the bound values as well. */
function digest({ boundText }: StateOwner): string | undefined {
  return boundText === '' ? undefined : createHash('sha256').update(boundText).digest('base64url')
}
