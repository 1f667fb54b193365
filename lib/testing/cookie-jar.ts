import { isIP } from 'node:net'
import { parseSetCookie } from 'cookie'
import { isTrustworthy } from './trustworthy.js'

interface StoredCookie {
  readonly name: string
  readonly value: string
  readonly domain: string
  /** For this very host, not for those below it. */
  readonly hostOnly: boolean
  readonly path: string
  readonly secure: boolean
  /** Milliseconds since 1970. */
  readonly expires: number
}

/**
 * The cookies of a browser. Cookies with `Secure` go to `https:` and, as browsers have it, to the loopback interface.
 *
 * @see RFC 6265, section 5
 */
export class CookieJar {
  /** In the order of their creation. */
  readonly #cookies = new Map<string, StoredCookie>()

  /** Takes the `Set-Cookie` lines of an answer; what no browser would keep is dropped. */
  store(lines: readonly string[], url: URL): void {
    for (const line of lines) {
      const cookie = readCookie(line, url)
      if (!cookie) continue
      const key = JSON.stringify([cookie.name, cookie.domain, cookie.path])
      // One that changes counts as new.
      if (this.#cookies.get(key)?.value !== cookie.value) this.#cookies.delete(key)
      this.#cookies.set(key, cookie)
    }
  }

  /** The `Cookie` header for a URL; `undefined` without cookies for it. */
  header(url: URL): string | undefined {
    const pairs = this.#for(url).map(({ name, value }) => (name === '' ? value : `${name}=${value}`))
    return pairs.length > 0 ? pairs.join('; ') : undefined
  }

  /** The cookies for a URL, by name, their values as they are in the header. */
  all(url: URL): ReadonlyMap<string, string> {
    return new Map(this.#for(url).map(({ name, value }) => [name, value]))
  }

  /** The longest paths first, and of those as long the oldest (section 5.4). */
  #for(url: URL): StoredCookie[] {
    const now = Date.now()
    return [...this.#cookies.values()]
      .filter(
        (cookie) =>
          cookie.expires > now &&
          (cookie.hostOnly ? cookie.domain === url.hostname : isWithin(url.hostname, cookie.domain)) &&
          pathMatches(url.pathname, cookie.path) &&
          (!cookie.secure || isTrustworthy(url)),
      )
      .sort((a, b) => b.path.length - a.path.length)
  }
}

/** What the name and value of a cookie may have together, in bytes, in all browsers of today. */
const longestCookie = 4096

function readCookie(line: string, url: URL): StoredCookie | undefined {
  const { name, value = '', ...attributes } = parseSetCookie(line, { decode: (text) => text })
  const domain = attributes.domain?.replace(/^\./, '').toLowerCase() || undefined
  const path = attributes.path?.startsWith('/') ? attributes.path : defaultPath(url.pathname)
  const secure = attributes.secure === true
  if (Buffer.byteLength(name + value) > longestCookie || (name === '' && value === '')) return undefined
  if (domain !== undefined && (!isWithin(url.hostname, domain) || isPublic(domain, url.hostname)))
    return undefined
  if (secure && !isTrustworthy(url)) return undefined
  if (/^__Secure-/i.test(name) && !secure) return undefined
  if (/^__Host-/i.test(name) && !(secure && domain === undefined && attributes.path === '/')) return undefined
  const { maxAge, expires } = attributes
  return {
    name,
    value,
    domain: domain ?? url.hostname,
    hostOnly: domain === undefined,
    path,
    secure,
    expires: maxAge !== undefined ? Date.now() + maxAge * 1000 : (expires?.getTime() ?? Infinity),
  }
}

function isWithin(host: string, domain: string): boolean {
  return host === domain || (host.endsWith(`.${domain}`) && isIP(host) === 0)
}

/** `com` can have no cookies. The longer list of such suffixes is left out: a test has one host. */
function isPublic(domain: string, host: string): boolean {
  return domain !== host && !domain.includes('.')
}

/** @see RFC 6265, section 5.1.4 */
function defaultPath(path: string): string {
  const last = path.lastIndexOf('/')
  return last <= 0 ? '/' : path.slice(0, last)
}

function pathMatches(path: string, own: string): boolean {
  return path === own || (path.startsWith(own) && (own.endsWith('/') || path[own.length] === '/'))
}
