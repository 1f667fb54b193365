import type { OriginMatcher } from './allowed-origins.js'
import { type HeaderFact, type OriginFacts, repeated } from './origin-headers.js'
import type { OriginRefusal, OriginRefusalReason, OriginVerdict } from './origin-verdict.js'
import { isWebOrigin, originOfHost, originOfUrl } from './web-origin.js'

/** What an app has configured. */
export interface OriginPolicy {
  /** The `origin` option, normalised. */
  readonly origin: string | undefined
  /** The `allowedOrigins` option, compiled. */
  readonly allowed: OriginMatcher
}

/** The framework's own view of the request, its proxy settings honoured. */
export interface OwnHost {
  /** `http` or `https`. */
  readonly protocol: string
  /** As in a Host header. */
  readonly host: string
}

/**
 * Judges from its headers alone where a submission comes from. The first rule that fits decides. It never replaces
 * the seal.
 *
 * Sec-Fetch-Site is asked first: pages cannot set it, and a page under `Referrer-Policy: no-referrer`, the default
 * of Helmet, posts its own forms with `Origin: null`.
 *
 * @see https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
export function judgeOrigin(facts: OriginFacts, own: OwnHost, policy: OriginPolicy): OriginVerdict {
  const configured = policy.origin !== undefined
  let expected = policy.origin
  if (!configured) {
    // Frameworks work these out anew each time they are asked.
    const { protocol, host } = own
    expected = originOfHost(protocol, host)
    const fault = hostFault(facts.host, protocol, host, expected)
    if (fault) return refuse(400, fault, fault === 'protocol-unknown' ? protocol : (facts.host ?? host))
  }

  const { origin, site } = facts
  const sender = senderOf(origin, expected, policy.allowed)
  if (sender === 'repeated') return refuse(403, 'origin-repeated', origin)
  if (sender === 'malformed') return refuse(403, 'origin-malformed', origin)

  switch (site) {
    case 'same-origin':
      // Without a configured origin, another Origin on the page's own word means that a proxy rewrote Host.
      return sender === 'other' && configured ? refuse(403, 'other-origin', origin) : allow
    case 'same-site':
    case 'cross-site':
      return typeof origin === 'string' && policy.allowed(origin) ? allow : refuse(403, site, origin)
    case 'none':
      if (sender === 'absent') return token
      break
    case undefined:
      if (sender === 'absent') return judgeReferer()
      break
    case repeated:
      return refuse(403, 'site-repeated', site)
    default:
      return refuse(403, 'site-unknown', site)
  }
  if (sender === 'null') return token
  return sender === 'other' ? refuse(403, 'other-origin', origin) : allow

  function judgeReferer(): OriginVerdict {
    const { referer } = facts
    if (referer === undefined) return token
    if (referer === repeated) return refuse(403, 'referer-repeated', referer)
    const from = originOfUrl(referer)
    if (from === undefined) return refuse(403, 'referer-malformed', referer)
    return from === expected || policy.allowed(from) ? allow : refuse(403, 'other-referer', from)
  }

  function refuse(status: 400 | 403, reason: OriginRefusalReason, header: HeaderFact): OriginRefusal {
    const received = header === repeated ? undefined : header
    const forwarded =
      !configured && typeof facts.host === 'string' && originOfHost(own.protocol, facts.host) !== expected
    return { verdict: 'refuse', status, reason, expected, received, configured, forwarded }
  }
}

/** The origin under which the app is visited: the configured one, else what the framework says. */
export function expectedOrigin(own: OwnHost, policy: OriginPolicy): string | undefined {
  return policy.origin ?? originOfHost(own.protocol, own.host)
}

const allow: OriginVerdict = Object.freeze({ verdict: 'allow' })
const token: OriginVerdict = Object.freeze({ verdict: 'token' })

type Sender = 'absent' | 'null' | 'own' | 'listed' | 'other' | 'malformed' | 'repeated'

function senderOf(origin: HeaderFact, expected: string | undefined, allowed: OriginMatcher): Sender {
  if (origin === undefined) return 'absent'
  if (origin === repeated) return 'repeated'
  // What equals a canonical origin needs no parsing.
  if (origin === expected) return 'own'
  if (origin === 'null') return 'null'
  if (!isWebOrigin(origin)) return 'malformed'
  return allowed(origin) ? 'listed' : 'other'
}

/**
 * Looks at the Host line itself and at what the framework made of it: Koa takes the first of two hosts joined by a
 * comma and drops userinfo, and Node takes the first of two lines.
 */
function hostFault(
  line: HeaderFact,
  protocol: string,
  host: string,
  expected: string | undefined,
): OriginRefusalReason | undefined {
  if (protocol !== 'http' && protocol !== 'https') return 'protocol-unknown'
  if (line === repeated) return 'host-repeated'
  if (host === '' && !line) return 'host-missing'
  if (expected === undefined) return 'host-malformed'
  if (line === undefined || line === host) return undefined
  return originOfHost(protocol, line) === undefined ? 'host-malformed' : undefined
}
