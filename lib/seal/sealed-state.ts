import { encodeValues } from './bound-values.js'
import { matchesSession, open, type Seal, seal } from './seal.js'
import { sealLife } from './seal-life.js'
import type { SealingContext } from './sealing-context.js'

/**
 * State travels with the visitor, sealed, so that no server has to remember it: in a hidden field from one
 * submission to the next, or in a cookie from an action to the page that it redirects to. The input version says
 * which of the two it is, so that one cannot be passed off as the other.
 */
type StateCarrier = 'field' | 'flash'

/** What a state is tied to. */
interface StateTerms {
  readonly carrier: StateCarrier
  readonly action: string
  /** Seconds. */
  readonly ttl: number
  readonly binding: Uint8Array | undefined
  /** The one form that it belongs to, among those of the action. */
  readonly form: string | undefined
}

/** Seals a state. */
export function sealState(
  context: SealingContext,
  state: unknown,
  { carrier, action, ttl, binding, form }: StateTerms,
): Seal {
  return seal(context.keys, 'state', {
    audience: context.audience,
    action,
    version: carrier,
    ...sealLife(ttl),
    session: binding,
    path: form,
    owner: undefined,
    values: encodeValues([state], `${action} (state)`, context),
  })
}

export interface SealedState {
  readonly action: string
  readonly form: string | undefined
  readonly state: unknown
  /** It has not expired. */
  readonly current: boolean
}

/** Where a state comes from that is to be opened. */
interface StateOrigin {
  readonly carrier: StateCarrier
  readonly session: string | undefined
}

/**
 * Opens a state that was sealed here, for this carrier and session. A flash that was set where there was no session opens in
 * every one: the visitor may have got a session since.
 */
export function openState(
  context: SealingContext,
  token: string | undefined,
  { carrier, session }: StateOrigin,
): SealedState | undefined {
  const opened = token === undefined ? undefined : open(context.keys, 'state', token)
  if (!opened) return undefined
  const anybodys = carrier === 'flash' && opened.content.session === undefined
  if (!anybodys && !matchesSession(context.keys, opened, session)) return undefined
  const { audience, version, action, expires, path, values } = opened.content
  if (audience !== context.audience || version !== carrier) return undefined
  const decoded = context.decode(values)
  return decoded && { action, form: path, state: decoded[0], current: Date.now() / 1000 < expires }
}
