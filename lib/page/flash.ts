import { createHash } from 'node:crypto'
import { SealformError } from '../base/errors.js'
import { lazyPackage } from '../base/lazy-package.js'
import { sessionBinding } from '../seal/seal.js'
import { openState, sealState } from '../seal/sealed-state.js'
import type { SealingContext } from '../seal/sealing-context.js'

const cookie = lazyPackage<typeof import('cookie')>('cookie')

/** The form that was sent when an action set a flash. */
interface FlashingForm {
  readonly action: string
  /** The values bound to the action, as the form's seal holds them. */
  readonly boundText: string
  readonly formId: string | undefined
}

/** A message of one answer for the next page. */
interface Flash {
  readonly form: FlashingForm
  readonly state: unknown
  /** The session value when the answer is made, so after a sign-in or sign-out. Without one, the flash is for any visitor. */
  readonly session: string | undefined
}

/** A form of the page that asks whether the flash is its own. */
export interface AskingForm extends FlashingForm {
  /** The page gave it a `key`, so that its id alone identifies it. */
  readonly keyed: boolean
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
export function flashHeader(
  context: SealingContext,
  { form, state, session }: Flash,
  secure: boolean,
): string {
  const { action, boundText, formId } = form
  const token = sealState(context, state, {
    carrier: 'flash',
    action,
    ttl: flashTtl,
    binding: session === undefined ? undefined : sessionBinding(context.keys, session),
    form: `${mark(boundText)}${mark(formId)}`,
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

/**
 * Puts a flash that was just set into a Cookie header, as the browser would send it next.
 *
 * @param line the `Set-Cookie` line of the flash
 */
export function withFlash(cookieHeader: string | undefined, line: string): string {
  const pair = line.split(';', 1)[0]!
  const name = pair.slice(0, pair.indexOf('=') + 1)
  const others = (cookieHeader ?? '').split(';').map((each) => each.trim())
  return [...others.filter((each) => each !== '' && !each.startsWith(name)), pair].join('; ')
}

/** Makes the `Set-Cookie` line that removes a flash once it has been shown. */
export function clearFlashHeader(secure: boolean): string {
  return cookie().stringifySetCookie(flashCookie(secure), '', { ...cookieOptions(secure), maxAge: 0 })
}

/** Tells whether a visitor sent a flash, without opening it. */
export function hasFlash(cookieHeader: string | undefined): boolean {
  return cookieHeader?.includes('sealform.flash=') === true
}

/** A visitor who may have a flash. */
interface FlashVisitor {
  readonly cookieHeader: string
  readonly secure: boolean
  readonly session: string | undefined
}

/** Opens the flash among the cookies that a visitor sent. One of another session does not open. */
export function openFlash(
  context: SealingContext,
  { cookieHeader, secure, session }: FlashVisitor,
): OpenedFlash | undefined {
  const name = flashCookie(secure)
  const pair = cookieHeader.split(';').find((part) => part.trimStart().startsWith(`${name}=`))
  const opened = openState(context, pair?.slice(pair.indexOf('=') + 1).trim(), {
    carrier: 'flash',
    session,
  })
  if (!opened?.current) return undefined
  const { action, form = '', state } = opened
  return { state, action, values: form.slice(0, markLength), formId: form.slice(markLength) }
}

/** A flash as its cookie holds it. `values` and `formId` are marks of the form's bound values and id. */
export interface OpenedFlash {
  readonly state: unknown
  readonly action: string
  readonly values: string
  readonly formId: string
}

/**
 * Decides whether a form of the page is the one that was sent when the flash was set. Like the form that shows an outcome,
 * a form with a key is found by its id, and one without a key by its bound values.
 */
export function belongsTo(flash: OpenedFlash, form: AskingForm): boolean {
  if (flash.action !== form.action) return false
  const sameId = flash.formId === mark(form.formId)
  if (form.keyed && flash.formId !== noMark) return sameId
  const bound = form.boundText !== ''
  return flash.values === mark(form.boundText) && (sameId || flash.formId === noMark || bound)
}

const markLength = 16

/** Stands for a form id that was not sent. */
const noMark = '-'.repeat(markLength)

/** Shortens a text to 96 bits, because the cookie has to hold it. Two texts of one action never get the same mark by chance. */
function mark(text: string | undefined): string {
  if (text === undefined) return noMark
  return createHash('sha256').update(text).digest('base64url').slice(0, markLength)
}
