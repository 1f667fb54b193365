import { compileAllowedOrigins, normaliseOrigin } from '../origin/allowed-origins.js'
import { explainRefusal } from '../origin/explain-origin.js'
import { judgeOrigin } from '../origin/judge-origin.js'
import type { OriginFacts } from '../origin/origin-headers.js'
import type { OriginVerdict } from '../origin/origin-verdict.js'
import { isTrustworthy } from '../origin/trustworthy.js'
import { originOfHost } from '../origin/web-origin.js'
import type { CheckReport } from './check-keys.js'
import { table } from './command.js'

/** An app, where it is visited, and what reaches it. */
export interface Surroundings {
  /** The origin that visitors see. */
  readonly visited: string
  readonly origin: string | undefined
  readonly allowedOrigins: readonly string[] | undefined
  /** The middleware can tie seals to a session. */
  readonly session: boolean
  readonly trustProxy: boolean
  /** `http` or `https`, as the last proxy speaks to the app. */
  readonly protocol: string
  readonly host: string
  readonly forwardedProto: string | undefined
  readonly forwardedHost: string | undefined
}

/** A submission as some browser sends it. */
interface Sample {
  readonly name: string
  readonly facts: Pick<OriginFacts, 'site' | 'origin' | 'referer'>
  /** What ought to come of it; `either` where it depends on whether there is a session. */
  readonly ought: 'pass' | 'either' | 'fail'
}

/**
 * Judges by the real policy what browsers would send.
 *
 * @throws SealformError `ERR_OPTION_INVALID` on options that the middleware would not take
 */
export function checkOrigin(around: Surroundings): CheckReport {
  const policy = {
    origin: normaliseOrigin(around.origin),
    allowed: compileAllowedOrigins(around.allowedOrigins),
  }
  const seen = frameworkView(around)
  const judged = samples(around).map((sample) => ({
    ...sample,
    verdict: judgeOrigin({ ...sample.facts, host: around.host }, seen, policy),
  }))
  const wrong = judged.some(({ ought, verdict }) => ought === 'pass' && !passes(verdict, around.session))
  const rows = judged.map(
    ({ name, ought, verdict }) => [name, describe(verdict, ought, around.session)] as const,
  )
  const app = policy.origin ?? originOfHost(seen.protocol, seen.host) ?? 'not to be known'
  const places = [
    ['visitors see', around.visited],
    ['the app is', `${app}, by ${policy.origin === undefined ? viewName(around) : 'its origin option'}`],
  ] as const
  const all = table([...places, ...rows])
  const chosen = around.trustProxy && policy.origin === undefined && around.forwardedHost?.includes(',')
  const advice = new Set(
    judged.flatMap(({ ought, verdict }) =>
      ought === 'pass' && verdict.verdict !== 'allow' && !passes(verdict, around.session)
        ? explainRefusal(verdict)
        : [],
    ),
  )
  return { text: [all, ...advice, ...(chosen ? [leftmost] : [])].join('\n\n'), wrong }
}

const leftmost =
  'Warning: frameworks take the first of several hosts in X-Forwarded-Host, which is the one that the client may have written itself. Have the outermost proxy replace the header (nginx: proxy_set_header X-Forwarded-Host $host), or set the origin option.'

/** What Koa and Express make of the headers: a proxy that is trusted has the first word, in both of them. */
function frameworkView({ protocol, host, trustProxy, forwardedProto, forwardedHost }: Surroundings) {
  if (!trustProxy) return { protocol, host }
  return {
    protocol: firstOf(forwardedProto)?.toLowerCase() ?? protocol,
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
  // Browsers say it to places that they trust: https, and this machine.
  const saysSite = isTrustworthy(new URL(visited))
  const silent = saysSite ? 'either' : 'pass'
  return [
    ...(saysSite
      ? [
          sample('a form of our own page', 'same-origin', visited, 'pass'),
          sample('the same under no-referrer', 'same-origin', 'null', 'pass'),
        ]
      : []),
    sample('a form of our own page, without Sec-Fetch-Site', undefined, visited, 'pass'),
    sample('the same under no-referrer, without Sec-Fetch-Site', undefined, 'null', silent),
    ...listed.map((origin) => sample(`a form of ${origin}`, 'cross-site', origin, 'pass')),
    sample('a form of another site', 'cross-site', 'https://other-site.example', 'fail'),
  ]
}

function sample(name: string, site: string | undefined, origin: string, ought: Sample['ought']): Sample {
  return { name, facts: { site, origin, referer: undefined }, ought }
}

function withScheme(entry: string): string {
  return /^https?:\/\//.test(entry) ? entry : `https://${entry}`
}

function passes({ verdict }: OriginVerdict, session: boolean): boolean {
  return verdict === 'allow' || (verdict === 'token' && session)
}

function describe(verdict: OriginVerdict, ought: Sample['ought'], session: boolean): string {
  if (verdict.verdict === 'allow') return 'allowed'
  if (verdict.verdict === 'token') {
    return session
      ? 'allowed to whoever is signed in, with the seal of the session'
      : 'refused with 403: nothing tells who sent it'
  }
  return `refused with ${verdict.status} (${verdict.reason})${ought === 'fail' ? ', as it should be' : ''}`
}
