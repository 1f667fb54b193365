import type { OriginMatcher } from './allowed-origins.js'
import { type HeaderFact, type OriginFacts, repeated } from './origin-headers.js'
import type { OriginRefusal, OriginRefusalReason, OriginVerdict } from './origin-verdict.js'
import { isWebOrigin, originOfHost, originOfUrl } from './web-origin.js'

/** The origin settings of an app. */
export interface OriginPolicy {
  /** The `origin` option, normalised. */
  readonly origin: string | undefined
  /** The `allowedOrigins` option, compiled. */
  readonly allowed: OriginMatcher
}

/** The protocol and host that the framework reports. The framework has applied its own proxy settings. */
interface OwnHost {
  /** `http` or `https`. */
  readonly protocol: string
  /** Written as in a Host header. */
  readonly host: string
}

/**
 * Decides from the headers alone whether a submission may come from its page. The first matching rule counts. This
 * check does not replace the seal.
 *
 * Sec-Fetch-Site is read first, because pages cannot set it. Origin alone is not enough: a page with
 * `Referrer-Policy: no-referrer`, the default of Helmet, sends its own forms with `Origin: null`.
 *
 * @see https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
export function judgeOrigin(facts: OriginFacts, own: OwnHost, policy: OriginPolicy): OriginVerdict {
  const configured = policy.origin !== undefined
  let expected = policy.origin
  if (!configured) {
    // Read once, because frameworks compute them again for each access.
    const { protocol, host } = own
    expected = originOfHost(protocol, host)
    const fault = hostFault(facts.host, { protocol, host }, expected)
    if (fault) return refuse(400, fault, fault === 'protocol-unknown' ? protocol : (facts.host ?? host))
  }

  const { origin, site } = facts
  const sender = senderOf(origin, expected, policy.allowed)
  if (sender === 'repeated') return refuse(403, 'origin-repeated', origin)
  if (sender === 'malformed') return refuse(403, 'origin-malformed', origin)

  switch (site) {
    case 'same-origin':
      // The browser says that the page is our own. If Origin differs and no origin is configured, a proxy rewrote Host.
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

/** Returns the app's own origin: the configured one, else that of the framework's protocol and host. */
export function expectedOrigin(own: OwnHost, policy: OriginPolicy): string | undefined {
  return policy.origin ?? originOfHost(own.protocol, own.host)
}

const allow: OriginVerdict = Object.freeze({ verdict: 'allow' })
const token: OriginVerdict = Object.freeze({ verdict: 'token' })

type Sender = 'absent' | 'null' | 'own' | 'listed' | 'other' | 'malformed' | 'repeated'

function senderOf(origin: HeaderFact, expected: string | undefined, allowed: OriginMatcher): Sender {
  if (origin === undefined) return 'absent'
  if (origin === repeated) return 'repeated'
  // A text that equals a canonical origin does not have to be parsed.
  if (origin === expected) return 'own'
  if (origin === 'null') return 'null'
  if (!isWebOrigin(origin)) return 'malformed'
  return allowed(origin) ? 'listed' : 'other'
}

/**
 * Checks the Host line as well as the host that the framework read from it. Koa takes the first of two hosts joined by
 * a comma and drops userinfo; Node takes the first of two lines.
 */
function hostFault(
  line: HeaderFact,
  { protocol, host }: OwnHost,
  expected: string | undefined,
): OriginRefusalReason | undefined {
  if (protocol !== 'http' && protocol !== 'https') return 'protocol-unknown'
  if (line === repeated) return 'host-repeated'
  if (host === '' && !line) return 'host-missing'
  if (expected === undefined) return 'host-malformed'
  if (line === undefined || line === host) return undefined
  return originOfHost(protocol, line) === undefined ? 'host-malformed' : undefined
}
