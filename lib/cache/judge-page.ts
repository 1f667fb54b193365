import type { IncomingHttpHeaders } from 'node:http'
import { visitHeaders } from '../base/wire-names.js'

// What a cache of whole pages may read and keep. A page for one visitor must never reach another one, so a page is kept
// only when it is known to be the same for all.

/** The facts that are judged before the page is made. */
export interface AskingFacts {
  readonly method: string | undefined
  readonly host: string
  readonly headers: IncomingHttpHeaders
  /** The page is run again after a submission. */
  readonly showsOutcome: boolean
  /** `settings.session()` returned a value. */
  readonly session: boolean
  /** The query has a parameter that the page has not named. */
  readonly unnamed: boolean
}

export type AskingVerdict =
  | 'ask'
  | 'outcome'
  | 'method'
  | 'host'
  | 'query'
  | 'session'
  | 'authorization'
  | 'flash'
  | 'fragment'

/** Judges whether the cache may answer this request, and keep its answer. */
export function judgeAsking(facts: AskingFacts): AskingVerdict {
  const { method, headers } = facts
  if (facts.showsOutcome) return 'outcome'
  if (method !== 'GET' && method !== 'HEAD') return 'method'
  if (facts.host === '') return 'host'
  // Anybody can make up parameters, and each would be an entry. To leave them out of the key would show a page that depends
  // on one of them to visitors who asked for another.
  if (facts.unnamed) return 'query'
  if (facts.session) return 'session'
  // RFC 9111, section 3.5.
  if (headers.authorization !== undefined) return 'authorization'
  if (headers.cookie?.includes('sealform.flash')) return 'flash'
  for (const name in headers) if (fragmentHeader.test(name)) return 'fragment'
  return 'ask'
}

/** Headers that ask for a part of the page. Not every app names them in Vary. */
const fragmentHeader = /^(?:hx-|x-up-|x-alpine-|turbo-|sealform-|x-requested-with$)/

/** The facts that are judged when the page is made; headers by their names in lower case. */
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
  // A nonce is good for one answer. A cached page would send the same nonce to all visitors.
  if (/'nonce-/.test(String(headers['content-security-policy'] ?? ''))) return 'nonce'
  return 'keep'
}

/** HTML, feeds and plain text. */
const pageType = /^text\/|[/+]xml\b/i

/**
 * Origin changes headers, not pages; content is encoded later; requests for regions are never answered from the cache.
 */
const harmlessVary: readonly string[] = [
  'accept-encoding',
  'origin',
  ...visitHeaders.map((name) => name.toLowerCase()),
]

/** Whether a Cache-Control header forbids to give this answer to others. */
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
