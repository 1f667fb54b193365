import type { IncomingHttpHeaders } from 'node:http'
import { regionHeaders } from '../base/wire-names.js'

// What a cache of whole pages may read and keep. One visitor's page must never become another's, so whatever is not
// known to be the same for everybody is left out.

/** What is looked at before the page is made. */
export interface AskingFacts {
  readonly method: string | undefined
  readonly host: string
  readonly headers: IncomingHttpHeaders
  /** The page is run again after a submission. */
  readonly showsOutcome: boolean
  /** `settings.session()` has given a value. */
  readonly session: boolean
}

export type AskingVerdict =
  | 'ask'
  | 'outcome'
  | 'method'
  | 'host'
  | 'session'
  | 'authorization'
  | 'flash'
  | 'fragment'

/** Judges whether this request may be answered from the cache, and its answer be kept. */
export function judgeAsking({ method, host, headers, showsOutcome, session }: AskingFacts): AskingVerdict {
  if (showsOutcome) return 'outcome'
  if (method !== 'GET' && method !== 'HEAD') return 'method'
  if (host === '') return 'host'
  if (session) return 'session'
  // RFC 9111, section 3.5.
  if (headers.authorization !== undefined) return 'authorization'
  if (headers.cookie?.includes('sealform.flash')) return 'flash'
  for (const name in headers) if (fragmentHeader.test(name)) return 'fragment'
  return 'ask'
}

/** Who sends these may be answered with a part of the page, whether the app says so in Vary or not. */
const fragmentHeader = /^(?:hx-|x-up-|turbo-|sealform-|x-requested-with$)/

/** What is looked at once the page is made; headers by their names in lower case. */
export interface KeepingFacts {
  readonly status: number
  readonly body: unknown
  readonly headers: Readonly<NodeJS.Dict<number | string | readonly string[]>>
  /** A seal on it is tied to a session, or it has shown a flash. */
  readonly personal: boolean
  readonly session: boolean
  /** A region of it has failed, and something else stands there. */
  readonly failed: boolean
  /** It holds the seal of an action that runs once for each seal. */
  readonly oneTime: boolean
  /** Names of request headers that tell kept pages apart, in lower case. */
  readonly vary: readonly string[]
}

export type KeepingVerdict =
  | 'keep'
  | 'status'
  | 'body'
  | 'type'
  | 'cookie'
  | 'personal'
  | 'failed'
  | 'one-time'
  | 'cache-control'
  | 'encoding'
  | 'vary'
  | 'nonce'

/** Judges whether a page may be shown to others as well. */
export function judgeKeeping(facts: KeepingFacts): KeepingVerdict {
  const { headers } = facts
  if (facts.status !== 200) return 'status'
  if (typeof facts.body !== 'string' && !Buffer.isBuffer(facts.body)) return 'body'
  if (!pageType.test(String(headers['content-type'] ?? ''))) return 'type'
  if (headers['set-cookie'] !== undefined) return 'cookie'
  if (facts.personal || facts.session) return 'personal'
  if (facts.failed) return 'failed'
  if (facts.oneTime) return 'one-time'
  if (isPrivate(headers['cache-control'])) return 'cache-control'
  if (headers['content-encoding'] !== undefined) return 'encoding'
  const known = [...harmlessVary, ...facts.vary]
  if (namesIn(headers.vary).some((name) => !known.includes(name.toLowerCase()))) return 'vary'
  // A nonce is good for one answer. A page that was kept with one would have it for everybody.
  if (/'nonce-/.test(String(headers['content-security-policy'] ?? ''))) return 'nonce'
  return 'keep'
}

/** HTML, feeds and plain text. */
const pageType = /^text\/|[/+]xml\b/i

/** Origin changes headers, not pages; encodings are made later; requests for regions are never answered from here. */
const harmlessVary: readonly string[] = [
  'accept-encoding',
  'origin',
  ...regionHeaders.map((name) => name.toLowerCase()),
]

/** Whether a Cache-Control header forbids that others get this answer. */
export function isPrivate(cacheControl: unknown): boolean {
  return cacheControl !== undefined && /\b(?:private|no-store)\b/i.test(String(cacheControl))
}

/** The names in a header that lists names, such as Vary. */
export function namesIn(value: number | string | readonly string[] | undefined): string[] {
  if (value === undefined) return []
  return String(value)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}
