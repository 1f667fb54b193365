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

export type TargetVerdict =
  | { readonly verdict: 'safe'; readonly location: string }
  | { readonly verdict: 'refused'; readonly reason: TargetRefusalReason }

/**
 * Judges where a redirect may lead: on this site, or to an origin that is listed.
 *
 * @param to what the action gave to `redirect()`: where it comes from a field that the visitor left out, it is no text
 * @param requestUrl path and query of the request, against which a relative target is resolved
 * @param ownOrigin tells the origin under which the app is visited, when it is known; asked for absolute targets alone,
 *   since frameworks work it out anew each time
 */
export function judgeTarget(
  to: unknown,
  requestUrl: string,
  ownOrigin: () => string | undefined,
  allowed: OriginMatcher,
): TargetVerdict {
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
  return scheme.test(to) ? judgeAbsolute(to, ownOrigin, allowed) : judgeRelative(to, requestUrl)
}

function judgeAbsolute(
  to: string,
  ownOrigin: () => string | undefined,
  allowed: OriginMatcher,
): TargetVerdict {
  if (!webScheme.test(to)) return refused('scheme')
  // "https:evil" and "http:/evil" are relative or absolute by the scheme of the page; "https:///evil" skips slashes.
  const authority = webAuthority.exec(to)?.[1]
  if (authority === undefined) return refused('malformed')
  if (authority.includes('@')) return refused('userinfo')
  if (!URL.canParse(to)) return refused('malformed')
  const url = new URL(to)
  if (url.origin !== ownOrigin() && !allowed(url.origin)) return refused('unlisted-origin')
  return safe(url.href)
}

function judgeRelative(to: string, requestUrl: string): TargetVerdict {
  const url = new URL(to, ownUrl(requestUrl))
  // "/.//evil" and "x/..//evil" become "//evil", which as a Location would name a host.
  if (url.pathname.startsWith('//')) return refused('double-slash')
  return safe(url.pathname + url.search + url.hash)
}

/**
 * The path of this request, whatever the request line held: `//evil/x` and `http://evil/x` are paths of ours too.
 * Setters cannot leave the host that the URL was made with.
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

/** In a query a backslash is only a character, but not every reader of a Location knows. */
function safe(location: string): TargetVerdict {
  return { verdict: 'safe', location: location.replaceAll('\\', '%5C') }
}

function refused(reason: TargetRefusalReason): TargetVerdict {
  return { verdict: 'refused', reason }
}

// RFC 3986 characters only, and nothing that resolving could change: no second slash in front, no dot segment.
const plainPath = /^\/(?:[\w~!$&'()*+,;=:@%.-][\w~!$&'()*+,;=:@%./?#-]*)?$/
const plainQuery = /^\?[\w~!$&'()*+,;=:@%./?#-]+$/
const queryOnwards = /[?#].*$/
const dotSegment = /\/\.|%2e/i

// A URL parser drops tabs, line breaks and leading control characters without a word.
const controlCharacter = /[\0-\x1f\x7f-\x9f]/
const loneSurrogate = /\p{Surrogate}/u
const backslashBeforeQuery = /^[^?#]*\\/
const scheme = /^[a-z][a-z0-9+.-]*:/i
const webScheme = /^https?:/i
const webAuthority = /^https?:\/\/([^/?#]+)/i
const pathAndQuery = /^([^?#]*)([^#]*)/

/** Reserved by RFC 2606: it stands for whichever host the request came to. */
const anySite = 'http://sealform.invalid'
