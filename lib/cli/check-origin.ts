import { webProtocol } from '../base/web-protocol.js'
import { compileAllowedOrigins, normaliseOrigin } from '../origin/allowed-origins.js'
import { explainRefusal } from '../origin/explain-origin.js'
import { judgeOrigin } from '../origin/judge-origin.js'
import type { OriginFacts } from '../origin/origin-headers.js'
import type { OriginVerdict } from '../origin/origin-verdict.js'
import { isTrustworthy } from '../origin/trustworthy.js'
import { originOfHost } from '../origin/web-origin.js'
import type { CheckReport } from './check-keys.js'
import { table } from './command.js'

/** The settings of an app, the origin that visitors see, and the headers that reach the app. */
interface Surroundings {
  /** The origin that visitors see. */
  readonly visited: string
  readonly origin: string | undefined
  readonly allowedOrigins: readonly string[] | undefined
  /** Whether the middleware has a `session` option. */
  readonly session: boolean
  readonly trustProxy: boolean
  /** `http` or `https`: the protocol between the last proxy and the app. */
  readonly protocol: string
  readonly host: string
  readonly forwardedProto: string | undefined
  readonly forwardedHost: string | undefined
}

/** A submission as browsers send it. */
interface Sample {
  readonly name: string
  /** Sec-Fetch-Site. */
  readonly site?: string
  readonly origin: string
  /** The result that is right; `either` where it depends on whether there is a session. */
  readonly expected: 'pass' | 'either' | 'fail'
}

/**
 * Judges the submissions of browsers by the real origin policy.
 *
 * @throws SealformError `ERR_OPTION_INVALID` on options that the middleware would refuse
 */
export function checkOrigin(app: Surroundings): CheckReport {
  const policy = {
    origin: normaliseOrigin(app.origin),
    allowed: compileAllowedOrigins(app.allowedOrigins),
  }
  const own = frameworkView(app)
  const judged = samples(app).map((sample) => {
    const { site, origin } = sample
    const facts: OriginFacts = { site, origin, referer: undefined, host: app.host }
    return { ...sample, verdict: judgeOrigin(facts, own, policy) }
  })
  const rows = judged.map(
    ({ name, expected, verdict }) => [name, describe(verdict, expected, app.session)] as const,
  )
  const ownOrigin = policy.origin ?? originOfHost(own.protocol, own.host) ?? 'unknown'
  const source = policy.origin === undefined ? viewName(app) : 'its origin option'
  const result = table([['visitors see', app.visited], ['the app is', `${ownOrigin}, by ${source}`], ...rows])
  const wrong = judged.filter(({ expected, verdict }) => expected === 'pass' && !passes(verdict, app.session))
  const advice = new Set(
    wrong.flatMap(({ verdict }) => (verdict.verdict === 'allow' ? [] : explainRefusal(verdict))),
  )
  const takesFirst = app.trustProxy && policy.origin === undefined && app.forwardedHost?.includes(',')
  const warnings = takesFirst ? [firstHostWarning] : []
  return { text: [result, ...advice, ...warnings].join('\n\n'), wrong: wrong.length > 0 }
}

const firstHostWarning =
  'Warning: frameworks take the first of several hosts in X-Forwarded-Host, and the client may have written that one. Have the outermost proxy replace the header (nginx: proxy_set_header X-Forwarded-Host $host), or set the origin option.'

/**
 * Returns the protocol and host that Koa and Express read from the headers. Both prefer the headers of a trusted proxy.
 */
function frameworkView({ protocol, host, trustProxy, forwardedProto, forwardedHost }: Surroundings) {
  if (!trustProxy) return { protocol, host }
  return {
    protocol: webProtocol(firstOf(forwardedProto), protocol),
    host: firstOf(forwardedHost) ?? host,
  }
}

function firstOf(header: string | undefined): string | undefined {
  return header?.split(',', 1)[0]?.trim() || undefined
}

function viewName({ trustProxy, forwardedProto, forwardedHost }: Surroundings): string {
  const forwarded = forwardedProto !== undefined || forwardedHost !== undefined
  if (!forwarded) return 'its protocol and Host'
  return trustProxy
    ? 'X-Forwarded-Proto, X-Forwarded-Host and Host'
    : 'its protocol and Host: X-Forwarded-* is not trusted'
}

function samples({ visited, allowedOrigins = [] }: Surroundings): Sample[] {
  const listed = allowedOrigins
    .filter((entry) => !entry.includes('*'))
    .map((entry) => new URL(withScheme(entry)).origin)
  // Browsers send Sec-Fetch-Site only to origins that they trust: https, and this machine.
  const sendsSite = isTrustworthy(new URL(visited))
  const own = [
    { name: 'a form of our own page', site: 'same-origin', origin: visited, expected: 'pass' },
    { name: 'the same under no-referrer', site: 'same-origin', origin: 'null', expected: 'pass' },
  ] as const
  return [
    ...(sendsSite ? own : []),
    { name: 'a form of our own page, without Sec-Fetch-Site', origin: visited, expected: 'pass' },
    {
      name: 'the same under no-referrer, without Sec-Fetch-Site',
      origin: 'null',
      expected: sendsSite ? 'either' : 'pass',
    },
    ...listed.map(
      (origin) => ({ name: `a form of ${origin}`, site: 'cross-site', origin, expected: 'pass' }) as const,
    ),
    {
      name: 'a form of another site',
      site: 'cross-site',
      origin: 'https://other-site.example',
      expected: 'fail',
    },
  ]
}

function withScheme(entry: string): string {
  return /^https?:\/\//.test(entry) ? entry : `https://${entry}`
}

function passes({ verdict }: OriginVerdict, session: boolean): boolean {
  return verdict === 'allow' || (verdict === 'token' && session)
}

function describe(verdict: OriginVerdict, expected: Sample['expected'], session: boolean): string {
  if (verdict.verdict === 'allow') return 'allowed'
  if (verdict.verdict === 'token') {
    return session
      ? 'allowed with a seal that is bound to the session'
      : 'refused with 403: the request does not show which page sent it'
  }
  return `refused with ${verdict.status} (${verdict.reason})${expected === 'fail' ? ', as it should be' : ''}`
}
