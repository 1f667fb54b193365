/** Why a request was refused. The words are the same in every release, for logs and for `onRefused`. */
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
  /** The app's own origin, when it is known. */
  readonly expected: string | undefined
  /** The header that caused the refusal. It can contain any text; `undefined` when it is absent or repeated. */
  readonly received: string | undefined
  /** Whether `expected` comes from the `origin` option, and not from the framework. */
  readonly configured: boolean
  /**
   * Whether the framework took the host from X-Forwarded-Host and not from the Host line, because it trusts a proxy.
   */
  readonly forwarded: boolean
}

/** The decision about a request. `token` means: allowed only with a seal that is bound to this session. */
export type OriginVerdict = { readonly verdict: 'allow' } | { readonly verdict: 'token' } | OriginRefusal
