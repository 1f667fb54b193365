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
 * Decides whether a redirect may lead to a target: a URL of this site, or of a listed origin.
 *
 * @param to what the action passed to `redirect()`. It is not a string when it comes from a field that was not sent
 * @param requestUrl path and query of the request; relative targets are resolved against it
 */
export function judgeTarget(to: unknown, requestUrl: string, policy: TargetPolicy): TargetVerdict {
  if (typeof to !== 'string') return refused('no-text')
  if (plainPath.test(to) && !dotSegment.test(to)) return { verdict: 'safe', location: to }
  if (plainQuery.test(to) && plainPath.test(requestUrl) && !dotSegment.test(requestUrl)) {
    return { verdict: 'safe', location: requestUrl.replace(queryOnwards, '') + to }
  }
  if (to === '') return refused('empty')
  if (controlCharacter.test(to)) return refused('control-character')
  if (to.trim() !== to) return refused('whitespace')
  if (loneSurrogate.test(to)) return refused('malformed')
  if (backslashBeforeQuery.test(to)) return refused('backslash')
  if (to.startsWith('//')) return refused('protocol-relative')
  return scheme.test(to) ? judgeAbsolute(to, policy) : judgeRelative(to, requestUrl)
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

function judgeRelative(to: string, requestUrl: string): TargetVerdict {
  const url = new URL(to, ownUrl(requestUrl))
  // "/.//evil" and "x/..//evil" become "//evil", which is a host in a Location header.
  if (url.pathname.startsWith('//')) return refused('double-slash')
  return safe(url.pathname + url.search + url.hash)
}

/**
 * Returns the URL of this request on a fixed host. A request line may contain `//evil/x` or `http://evil/x`; both are
 * paths of this app. The setters of `URL` cannot change the host.
 */
function ownUrl(requestUrl: string): URL {
  const target = webAuthority.test(requestUrl) ? requestUrl.replace(webAuthority, '') : requestUrl
  const [, path = '', query = ''] = pathAndQuery.exec(target) ?? []
  const url = new URL(anySite)
  url.pathname = path
  url.pathname = url.pathname.replace(/^\/+/, '/')
  url.search = query
  return url
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
const queryOnwards = /[?#].*$/
const dotSegment = /\/\.|%2e/i

// A URL parser silently drops tabs, line breaks and leading control characters.
const controlCharacter = /[\0-\x1f\x7f-\x9f]/
const loneSurrogate = /\p{Surrogate}/u
const backslashBeforeQuery = /^[^?#]*\\/
const scheme = /^[a-z][a-z0-9+.-]*:/i
const webScheme = /^https?:/i
const webAuthority = /^https?:\/\/([^/?#]+)/i
const pathAndQuery = /^([^?#]*)([^#]*)/

/** Stands for the host of the request. RFC 2606 reserves `.invalid`. */
const anySite = 'http://sealform.invalid'
