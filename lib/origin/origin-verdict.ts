/** Why a request was refused. Each word is stable: logs and `onRefused` go by it. */
export type OriginRefusalReason =
  | 'protocol-unknown'
  | 'host-missing'
  | 'host-malformed'
  | 'host-repeated'
  | 'origin-malformed'
  | 'origin-repeated'
  | 'site-unknown'
  | 'site-repeated'
  | 'same-site'
  | 'cross-site'
  | 'other-origin'
  | 'referer-malformed'
  | 'referer-repeated'
  | 'other-referer'

export interface OriginRefusal {
  readonly verdict: 'refuse'
  readonly status: 400 | 403
  readonly reason: OriginRefusalReason
  /** The origin that would have passed, when the app knows its own. */
  readonly expected: string | undefined
  /** The header that decided, as it came: it may hold anything. `undefined` when it is absent or repeated. */
  readonly received: string | undefined
  /** Whether `expected` is the `origin` option, rather than what the framework says. */
  readonly configured: boolean
  /** Whether the framework has the host from elsewhere than the Host line: from X-Forwarded-Host, when it trusts a proxy. */
  readonly forwarded: boolean
}

/** `token`: allowed only with a session-bound seal that matches. */
export type OriginVerdict = { readonly verdict: 'allow' } | { readonly verdict: 'token' } | OriginRefusal
