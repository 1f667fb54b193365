import type { OriginMatcher } from './allowed-origins.js'

/** Why a redirect target was refused. */
export type TargetRefusalReason =
  | 'no-text'
  | 'empty'
  | 'control-character'
  | 'whitespace'
  | 'backslash'
  | 'protocol-relative'
  | 'scheme'
  | 'userinfo'
  | 'malformed'
  | 'double-slash'
  | 'unlisted-origin'

/** The origins to which an absolute target may lead. */
interface TargetPolicy {
  /**
   * Returns the app's own origin, when it is known. Called for absolute targets only, since it is computed each time.
   */
  ownOrigin(): string | undefined
  readonly allowed: OriginMatcher
  /** The code of the app chose the target, so its origin may be any. @default false */
  readonly external?: boolean
}

type TargetVerdict =
  | { readonly verdict: 'safe'; readonly location: string }
  | { readonly verdict: 'refused'; readonly reason: TargetRefusalReason }

/**
 * Decides whether a redirect may lead to a target: a URL of this site, or of a listed origin. A relative target stays
 * relative, because only the browser knows the URL of the page: a proxy in front may have removed a prefix from the path.
 *
 * @param to what the action passed to `redirect()`. It is not a string when it comes from a field that was not sent
 */
export function judgeTarget(to: unknown, policy: TargetPolicy): TargetVerdict {
  if (typeof to !== 'string') return refused('no-text')
  if (plainPath.test(to) && !dotSegment.test(to)) return { verdict: 'safe', location: to }
  if (plainQuery.test(to)) return { verdict: 'safe', location: to }
  if (to === '') return refused('empty')
  if (controlCharacter.test(to)) return refused('control-character')
  if (to.trim() !== to) return refused('whitespace')
  if (loneSurrogate.test(to)) return refused('malformed')
  if (backslashBeforeQuery.test(to)) return refused('backslash')
  if (to.startsWith('//')) return refused('protocol-relative')
  return scheme.test(to) ? judgeAbsolute(to, policy) : judgeRelative(to)
}

function judgeAbsolute(to: string, policy: TargetPolicy): TargetVerdict {
  if (!webScheme.test(to)) return refused('scheme')
  // "https:evil" and "http:/evil" are relative or absolute, depending on the page's scheme; "https:///evil" skips
  // slashes.
  const authority = webAuthority.exec(to)?.[1]
  if (authority === undefined) return refused('malformed')
  if (authority.includes('@')) return refused('userinfo')
  if (!URL.canParse(to)) return refused('malformed')
  const url = new URL(to)
  const known = policy.external === true || url.origin === policy.ownOrigin() || policy.allowed(url.origin)
  if (!known) return refused('unlisted-origin')
  return safe(url.href)
}

/**
 * Judges where a relative target leads, and gives the target itself. Its base is the root, where `..` removes the most: a
 * target that is harmless from there is harmless from every page.
 */
function judgeRelative(to: string): TargetVerdict {
  const url = new URL(to, anySite)
  // "/.//evil" and "x/..//evil" become "//evil", which is a host in a Location header.
  if (url.origin !== anySite || url.pathname.startsWith('//')) return refused('double-slash')
  if (to.startsWith('/')) return safe(url.pathname + url.search + url.hash)
  const encoded = to.replace(notInUrls, encodeURIComponent)
  // RFC 3986, section 4.2: without "./" the first segment would look like a scheme.
  return safe(colonInFirstSegment.test(encoded) ? `./${encoded}` : encoded)
}

/** Escapes backslashes. In a query they are ordinary characters, but some clients read them as slashes. */
function safe(location: string): TargetVerdict {
  return { verdict: 'safe', location: location.replaceAll('\\', '%5C') }
}

function refused(reason: TargetRefusalReason): TargetVerdict {
  return { verdict: 'refused', reason }
}

// Only characters of RFC 3986, and nothing that resolving could change: no second slash at the start, no dot segment.
const plainPath = /^\/(?:[\w~!$&'()*+,;=:@%.-][\w~!$&'()*+,;=:@%./?#-]*)?$/
const plainQuery = /^\?[\w~!$&'()*+,;=:@%./?#-]+$/
const dotSegment = /\/\.|%2e/i

// A URL parser silently drops tabs, line breaks and leading control characters.
const controlCharacter = /[\0-\x1f\x7f-\x9f]/
const loneSurrogate = /\p{Surrogate}/u
const backslashBeforeQuery = /^[^?#]*\\/
const scheme = /^[a-z][a-z0-9+.-]*:/i
const webScheme = /^https?:/i
const webAuthority = /^https?:\/\/([^/?#]+)/i
const colonInFirstSegment = /^[^/?#]*:/
/** Characters that RFC 3986 does not have. `%` stays, because it begins an escape. */
const notInUrls = /[^\w~!$&'()*+,;=:@%./?#[\]-]/gu

/** Stands for the host of the request. RFC 2606 reserves `.invalid`. */
const anySite = 'http://sealform.invalid'
