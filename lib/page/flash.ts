import { SealformError } from '../base/errors.js'
import { lazyPackage } from '../base/lazy-package.js'
import { openState, sealState } from '../seal/sealed-state.js'
import type { SealingContext } from '../seal/sealing-context.js'

const cookie = lazyPackage<typeof import('cookie')>('cookie')

/** A message of one answer for the next page. */
interface Flash {
  /** The name of the action that set it. */
  readonly action: string
  readonly state: unknown
}

/** Seconds for which a flash waits for its page. */
const flashTtl = 300

/** Browsers keep at most 4096 bytes of name, value and attributes (RFC 6265, section 6.1). */
const longestFlash = 3800

/**
 * The name of the cookie that carries a flash. The prefix used over https keeps other hosts of the domain from setting this
 * cookie (RFC 6265bis, section 4.1.3.2).
 */
function flashCookie(secure: boolean): string {
  return secure ? '__Host-sealform.flash' : 'sealform.flash'
}

function cookieOptions(secure: boolean) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure } as const
}

/**
 * Makes the `Set-Cookie` line that carries a flash.
 *
 * @throws SealformError `ERR_FLASH_TOO_LARGE` when it does not fit into a cookie
 */
export function flashHeader(context: SealingContext, { action, state }: Flash, secure: boolean): string {
  const token = sealState(context, state, {
    carrier: 'flash',
    action,
    ttl: flashTtl,
    binding: undefined,
    form: undefined,
  })
  if (token.length > longestFlash) {
    throw new SealformError(
      'ERR_FLASH_TOO_LARGE',
      `The state that "${action}" flashes makes a cookie of ${token.length} characters; ${longestFlash} is the most that browsers keep. Flash an id and look the rest up, or return done(state).`,
    )
  }
  return cookie().stringifySetCookie(flashCookie(secure), token, {
    ...cookieOptions(secure),
    maxAge: flashTtl,
  })
}

/** Makes the `Set-Cookie` line that removes a flash once it has been shown. */
export function clearFlashHeader(secure: boolean): string {
  return cookie().stringifySetCookie(flashCookie(secure), '', { ...cookieOptions(secure), maxAge: 0 })
}

/** Opens the flash among the cookies that a visitor sent. */
export function openFlash(context: SealingContext, cookieHeader: string, secure: boolean): Flash | undefined {
  const name = flashCookie(secure)
  if (!cookieHeader.includes(name)) return undefined
  const pair = cookieHeader.split(';').find((part) => part.trimStart().startsWith(`${name}=`))
  const opened = openState(context, pair?.slice(pair.indexOf('=') + 1).trim(), {
    carrier: 'flash',
    session: undefined,
  })
  return opened?.current ? opened : undefined
}
