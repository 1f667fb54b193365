import type { SerializeOptions } from 'cookie'
import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { lazyPackage } from '../base/lazy-package.js'

const cookie = lazyPackage<typeof import('cookie')>('cookie')

/** Options of one cookie, as in the cookie package. */
export type CookieOptions = Omit<SerializeOptions, 'encode'>

/**
 * The visitor's cookies, for an action to read and change. Changes are visible immediately, also to the page that is
 * rendered in the same answer, and they are sent to the browser. When the action throws, its changes are dropped.
 */
export interface Cookies {
  /** Returns the decoded value, or `undefined`. */
  get(name: string): string | undefined
  /** Returns all cookies, or those with one name. */
  getAll(name?: string): { name: string; value: string }[]
  has(name: string): boolean
  /**
   * Sets a cookie.
   *
   * @param options as in the cookie package; `maxAge` in seconds. @default `path: '/'`, `httpOnly: true`,
   *   `sameSite: 'lax'`, `secure` when the request came over https
   * @throws SealformError `ERR_COOKIE_INVALID` on an invalid name, value or option, `ERR_OPTION_INVALID` on a misspelt option
   * @see RFC 6265, section 4.1
   */
  set(name: string, value: string, options?: CookieOptions): void
  /** Removes a cookie. Pass the `path` and `domain` that it was set with. */
  delete(name: string, options?: Pick<CookieOptions, 'path' | 'domain'>): void
}

/** A cookie that an action has set, or removed: then `value` is `undefined`. */
export interface CookieChange {
  readonly name: string
  readonly value: string | undefined
  readonly header: string
}

const cookieOptions = [
  'path',
  'domain',
  'maxAge',
  'expires',
  'httpOnly',
  'secure',
  'sameSite',
  'partitioned',
  'priority',
] as const

/** The cookies of one request with the changes so far. */
export class SubmissionCookies implements Cookies {
  readonly #header: string
  readonly #sent: Map<string, string>
  readonly #secure: boolean
  readonly #changes = new Map<string, CookieChange>()

  constructor(header: string | undefined, secure: boolean) {
    this.#header = header ?? ''
    this.#sent = new Map(sentCookies(this.#header))
    this.#secure = secure
  }

  get(name: string): string | undefined {
    return this.#current().get(name)
  }

  getAll(name?: string): { name: string; value: string }[] {
    const all = [...this.#current()].map(([key, value]) => ({ name: key, value }))
    return name === undefined ? all : all.filter((cookie) => cookie.name === name)
  }

  has(name: string): boolean {
    return this.#current().has(name)
  }

  set(name: string, value: string, options: CookieOptions = {}): void {
    checkOptions('cookies.set()', options, cookieOptions)
    const defaults = { path: '/', httpOnly: true, sameSite: 'lax', secure: this.#secure } as const
    const merged: CookieOptions = { ...defaults, ...givenOptions(name, options) }
    const gone =
      merged.maxAge === 0 || (merged.expires !== undefined && merged.expires.getTime() <= Date.now())
    const header = setCookieHeader(name, value, merged)
    this.#change({ name, value: gone ? undefined : value, header }, merged)
  }

  delete(name: string, options: Pick<CookieOptions, 'path' | 'domain'> = {}): void {
    checkOptions('cookies.delete()', options, cookieOptions)
    this.set(name, '', { ...options, maxAge: 0, expires: new Date(0) })
  }

  /** The changes, in the order in which they were made. */
  get changes(): readonly CookieChange[] {
    return [...this.#changes.values()]
  }

  /** Repeats the changes of an earlier run of the same submission. */
  repeat(changes: readonly CookieChange[]): void {
    for (const change of changes) this.#changes.set(change.header, change)
  }

  /** The `Set-Cookie` lines, in the order in which the changes were made. */
  get headers(): string[] {
    return [...this.#changes.values()].map((change) => change.header)
  }

  /**
   * The `Cookie` header that the browser would send next, for the page rendered in the same answer. Cookies that the action
   * did not change stay byte for byte, because a browser may send names that the cookie package refuses to write.
   */
  get nextHeader(): string {
    const changed = new Set([...this.#changes.values()].map(({ name }) => name))
    const kept = this.#header.split(';').filter((pair) => !changed.has(pair.split('=', 1)[0]!.trim()))
    const added = [...changed].flatMap((name) => {
      const value = this.get(name)
      return value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]
    })
    return [...kept.map((pair) => pair.trim()), ...added].filter((pair) => pair !== '').join('; ')
  }

  #change(change: CookieChange, { path, domain }: CookieOptions): void {
    const identity = `${change.name};${path ?? ''};${domain ?? ''}`
    this.#changes.delete(identity)
    this.#changes.set(identity, change)
  }

  #current(): Map<string, string> {
    if (this.#changes.size === 0) return this.#sent
    const current = new Map(this.#sent)
    for (const { name, value } of this.#changes.values()) {
      if (value === undefined) current.delete(name)
      else current.set(name, value)
    }
    return current
  }
}

export function sentCookies(header: string): [string, string][] {
  return Object.entries(cookie().parseCookie(header)).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] satisfies [string, string]],
  )
}

/**
 * Returns the options that have a value. An `undefined` from a spread object would take `HttpOnly` and `Secure` away, and
 * so would a `null`.
 *
 * @throws SealformError `ERR_COOKIE_INVALID`
 */
function givenOptions(cookieName: string, options: CookieOptions): CookieOptions {
  const refuse = (option: string, what: string) =>
    new SealformError(
      'ERR_COOKIE_INVALID',
      `The cookie "${cookieName}" cannot be set: its option ${option} ${what}.`,
    )
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  for (const [option, value] of given) {
    if (value === null) throw refuse(option, 'is null; leave it out for the default')
    if (option === 'expires' && !(value instanceof Date)) throw refuse(option, 'must be a Date')
    if (option === 'maxAge' && !Number.isSafeInteger(value))
      throw refuse(option, `is ${value}; write whole seconds`)
  }
  return Object.fromEntries(given)
}

function setCookieHeader(name: string, value: string, options: CookieOptions): string {
  if (typeof value !== 'string') {
    throw new SealformError(
      'ERR_COOKIE_INVALID',
      `The value of the cookie "${name}" must be a string, not ${typeof value}.`,
    )
  }
  try {
    return cookie().stringifySetCookie(name, value, options)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SealformError('ERR_COOKIE_INVALID', `The cookie "${String(name)}" cannot be set: ${why}`, {
      cause,
    })
  }
}
