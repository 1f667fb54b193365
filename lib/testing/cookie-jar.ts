import type { Cookie, CookieJar as Jar } from 'tough-cookie'
import { loadOptional } from '../base/optional-package.js'

/** The largest name and value together, in bytes, that browsers keep. */
const longestCookie = 4096

/**
 * The cookies of a browser. Cookies with `Secure` go to `https:` and, as in browsers, to the loopback interface.
 *
 * The one place that uses tough-cookie.
 *
 * @see RFC 6265, section 5
 */
export class CookieJar {
  readonly #parse: (line: string) => Cookie | undefined
  readonly #jar: Jar

  /** @throws SealformError `ERR_OPTION_INVALID` when the package tough-cookie is not installed */
  constructor() {
    const library = loadOptional<typeof import('tough-cookie')>('createBrowser()', 'tough-cookie@6')
    this.#parse = (line) => library.Cookie.parse(line, { loose: true })
    this.#jar = new library.CookieJar()
  }

  /** Takes the `Set-Cookie` lines of an answer, and drops what browsers do not keep. */
  store(lines: readonly string[], from: URL): void {
    const url = undecoded(from)
    for (const line of lines) {
      const cookie = this.#parse(line)
      if (!cookie || Buffer.byteLength(cookie.key + cookie.value) > longestCookie) continue
      fixExpiry(cookie)
      const { creationIndex } = cookie
      const known = this.#jar.getCookiesSync(url, { allPaths: true })
      const stored = this.#jar.setCookieSync(cookie, url, { ignoreError: true })
      const old = stored && known.find((one) => isSame(one, stored))
      // RFC 6265 lets a cookie keep its age when its value changes. Chromium counts it as a new one, behind the others.
      if (old && old.value !== stored.value) {
        stored.creation = stored.lastAccessed
        stored.creationIndex = creationIndex
      }
    }
  }

  /** The `Cookie` header for a URL; `undefined` without cookies for it. */
  header(url: URL): string | undefined {
    return this.#jar.getCookieStringSync(undecoded(url)) || undefined
  }
}

/** tough-cookie counts `Max-Age` from the last use of a cookie, browsers count it from when the cookie is set. */
function fixExpiry(cookie: Cookie): void {
  if (cookie.maxAge === null) return
  cookie.expires = cookie.expiryDate(new Date()) ?? 'Infinity'
  cookie.maxAge = null
}

/** tough-cookie decodes the path of a URL, browsers compare it with that of a cookie as it is. */
function undecoded(url: URL): URL {
  const copy = new URL(url)
  copy.pathname = url.pathname.replaceAll('%', '%25')
  return copy
}

function isSame(one: Cookie, other: Cookie): boolean {
  return one.key === other.key && one.domain === other.domain && one.path === other.path
}
