import { stringifySetCookie } from 'cookie'
import { SealformError } from './errors.js'
import type { Registry } from './registry.js'
import { matchesSession, open, type Seal, seal } from './seal.js'
import { encodeValues } from './values.js'

/**
 * State travels with the visitor, sealed, so that no server has to remember it: in a hidden field from one
 * submission to the next, or in a cookie from an action to the page that it redirects to. The version claim says
 * which of the two it is, so that one cannot be passed off as the other.
 */
type Carrier = 'field' | 'flash'

/** Seals the state of a form for its hidden field. */
export function sealState(
  registry: Registry,
  action: string,
  state: unknown,
  ttl: number,
  binding: Uint8Array | undefined,
): Seal {
  return carry(registry, 'field', action, [state], ttl, binding)
}

/**
 * Opens the state that a form carried; `undefined` unless it was sealed here, for this action and session.
 * One that has expired still opens, not `current`, so that a page can show it again.
 */
export function openState(
  registry: Registry,
  token: string | undefined,
  action: string | undefined,
  session: string | undefined,
): { readonly state: unknown; readonly current: boolean } | undefined {
  const opened = uncarry(registry, 'field', token, session)
  if (!opened || opened.action !== action) return undefined
  return { state: opened.values[0], current: opened.current }
}

/** The cookie that carries what `flash()` says to the next page. */
const flashCookie = 'sealform.flash'

/** Seconds for which a flash waits for its page. */
const flashTtl = 300

/** Browsers keep at most 4096 bytes of name, value and attributes (RFC 6265, section 6.1). */
const longestFlash = 3800

/**
 * The `Set-Cookie` line that carries what `flash()` says.
 *
 * @throws SealformError `ERR_FLASH_TOO_LARGE` when it does not fit into a cookie
 */
export function flashHeader(registry: Registry, action: string, state: unknown, secure: boolean): string {
  const token = carry(registry, 'flash', action, [state], flashTtl, undefined)
  if (token.length > longestFlash) {
    throw new SealformError(
      'ERR_FLASH_TOO_LARGE',
      `The state that "${action}" flashes makes a cookie of ${token.length} characters; ${longestFlash} is the most that browsers keep. Flash an id and look the rest up, or return done(state).`,
    )
  }
  return stringifySetCookie(flashCookie, token, { ...flashOptions, secure, maxAge: flashTtl })
}

const flashOptions = { path: '/', httpOnly: true, sameSite: 'lax' } as const

/** Removes the flash cookie once it has been shown. */
export const clearFlashHeader = stringifySetCookie(flashCookie, '', { ...flashOptions, maxAge: 0 })

/** The token of the flash cookie in a `Cookie` header. */
export function flashTokenOf(header: string | undefined): string | undefined {
  if (header === undefined || !header.includes(flashCookie)) return undefined
  const pair = header.split(';').find((part) => part.trimStart().startsWith(`${flashCookie}=`))
  return pair?.slice(pair.indexOf('=') + 1).trim()
}

/** Opens a flash cookie: the action that set it and what it says. */
export function openFlash(
  registry: Registry,
  token: string | undefined,
): { readonly action: string; readonly state: unknown } | undefined {
  const opened = uncarry(registry, 'flash', token, undefined)
  return opened?.current ? { action: opened.action, state: opened.values[0] } : undefined
}

function carry(
  registry: Registry,
  carrier: Carrier,
  action: string,
  values: readonly unknown[],
  ttl: number,
  binding: Uint8Array | undefined,
): Seal {
  const issued = Math.floor(Date.now() / 1000)
  return seal(registry.keys, 'state', {
    audience: registry.audience,
    action,
    version: carrier,
    issued,
    expires: issued + Math.ceil(ttl),
    session: binding,
    path: undefined,
    values: encodeValues(values, `${action} (state)`, registry),
  })
}

interface Carried {
  readonly action: string
  readonly values: readonly unknown[]
  readonly current: boolean
}

function uncarry(
  registry: Registry,
  carrier: Carrier,
  token: string | undefined,
  session: string | undefined,
): Carried | undefined {
  const opened = token === undefined ? undefined : open(registry.keys, 'state', token)
  if (!opened || !matchesSession(registry.keys, opened, session)) return undefined
  const { audience, version, action, expires, values } = opened.claims
  if (audience !== registry.audience || version !== carrier) return undefined
  const decoded = registry.decode(values)
  return decoded && { action, values: decoded, current: Date.now() / 1000 < expires }
}
