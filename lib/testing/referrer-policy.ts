import { attribute, type Element, type HtmlDocument } from './document.js'

/** How much a page tells other pages about where the visitor came from. */
export type ReferrerPolicy = (typeof policies)[number]

const policies = [
  'no-referrer',
  'no-referrer-when-downgrade',
  'same-origin',
  'origin',
  'strict-origin',
  'origin-when-cross-origin',
  'strict-origin-when-cross-origin',
  'unsafe-url',
] as const

const defaultPolicy: ReferrerPolicy = 'strict-origin-when-cross-origin'

/** Reads the last known policy in a `Referrer-Policy` header. */
export function readPolicy(text: string | undefined): ReferrerPolicy | undefined {
  const words = (text ?? '').toLowerCase().split(/[\s,]+/)
  return words
    .map((word) => policies.find((policy) => policy === word))
    .findLast((policy) => policy !== undefined)
}

/** Reads a page's policy: that of its `<meta name="referrer">`, else that of its headers. */
export function policyOfPage(document: HtmlDocument, header: string | undefined): ReferrerPolicy {
  const metas = document.byTag('meta').filter((meta) => attribute(meta, 'name')?.toLowerCase() === 'referrer')
  const inPage = metas.map((meta) => readPolicy(attribute(meta, 'content'))).findLast(Boolean)
  return inPage ?? readPolicy(header) ?? defaultPolicy
}

/** Reads the policy of a link or form, which may differ from that of its page. */
export function policyOfElement(element: Element, page: ReferrerPolicy): ReferrerPolicy {
  const rel = (attribute(element, 'rel') ?? '').toLowerCase().split(/\s+/)
  if (rel.includes('noreferrer')) return 'no-referrer'
  return (element.tagName === 'a' && readPolicy(attribute(element, 'referrerpolicy'))) || page
}

/**
 * Gives the `Referer` of a request within one origin.
 *
 * @see https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer
 */
export function refererHeader(policy: ReferrerPolicy, from: URL): string | undefined {
  if (policy === 'no-referrer') return undefined
  if (policy === 'origin' || policy === 'strict-origin') return `${from.origin}/`
  return `${from.origin}${from.pathname}${from.search}`
}

/**
 * Gives the `Origin` of a POST within one origin.
 *
 * @see https://fetch.spec.whatwg.org/#append-a-request-origin-header
 */
export function originHeader(policy: ReferrerPolicy, from: URL): string {
  return policy === 'no-referrer' ? 'null' : from.origin
}
