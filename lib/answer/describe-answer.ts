import type { ServerResponse } from 'node:http'
import { mediaTypes, visitHeaders } from '../base/wire-names.js'
import type { JsonFormat } from './asked-format.js'

export interface AnswerFacts {
  readonly content: AnswerContent
  /** A submission, or a page of the app that shows no outcome. */
  readonly answers: 'submission' | 'visit'
  readonly status: number
  /** The page that was run; `undefined` when the outcome is a redirect and no page ran. */
  readonly page: DescribedPage | undefined
  /** The Set-Cookie lines that were on the response before the page ran. */
  readonly cookies: readonly string[]
  /** What the answer says to the browser library that sent the request. @default nothing */
  readonly client?: ClientFacts | undefined
  /** The Set-Cookie line that removes a flash which is shown now. @default none */
  readonly flashRemoval?: string | undefined
  /** Reads the headers that are on the response now. */
  readonly said: Pick<ServerResponse, 'getHeader'>
}

interface ClientFacts {
  /** Request headers that the answer depends on. */
  readonly reads: readonly string[]
  readonly headers: Readonly<Record<string, string>>
}

/**
 * What is sent. `html` is other HTML in place of the app's page: the built-in page. `reload` is the page for a client that
 * asks for it once more.
 */
export type AnswerContent = 'redirect' | 'page' | 'region' | 'html' | 'reload' | JsonFormat

interface DescribedPage {
  /** The page is made for one visitor. */
  readonly personal: boolean
  /** The page has regions, which can be sent alone. */
  readonly hasRegions: boolean
  readonly seals: {
    /** The page holds the seal of a one-time action. */
    readonly oneTime: boolean
    /** The page has to do with an action whose pages browsers must not store. */
    readonly forgotten: boolean
  }
}

/** Changes to the headers of an answer before it is sent. `remove` applies first, then `set`. */
export interface HeaderChanges {
  readonly remove: readonly string[]
  readonly set: Readonly<Record<string, string | readonly string[]>>
}

/** Computes the header changes for an answer. Headers of the page that are not named here stay as they are. */
export function describeAnswer(facts: AnswerFacts): HeaderChanges {
  const { content, answers, page, client } = facts
  if (!page) return redirectAtOnce
  const set: Record<string, string | readonly string[]> = { ...client?.headers }
  const cacheControl = cacheControlOf(facts, page)
  if (cacheControl !== undefined) set['Cache-Control'] = cacheControl
  const vary = addedVary(facts.said.getHeader('Vary'), variesBy(facts, page))
  if (vary !== undefined) set.Vary = vary
  const setCookie = cookiesOf(facts)
  if (setCookie) set['Set-Cookie'] = setCookie
  // RFC 9110, section 10.2.3. A Retry-After that the action or the page has set takes precedence.
  if (facts.status === 503 && answers === 'submission' && facts.said.getHeader('Retry-After') === undefined) {
    set['Retry-After'] = retryAfter
  }
  const contentType = contentTypes[content]
  if (contentType !== undefined) set['Content-Type'] = contentType
  return { remove: removedBy(facts), set }
}

/**
 * Returns the Cache-Control for an answer to a submission or a page for one visitor. A page that is shown again may be
 * stored by the visitor's own browser: after a correction, Back finds what was typed. Without a stored answer a browser
 * asks to send the form again, or shows an error (RFC 9111, section 5.2.2.5).
 */
function cacheControlOf({ content, answers, said }: AnswerFacts, page: DescribedPage): string | undefined {
  if (content === 'redirect' || content === 'reload') return 'no-store'
  const own = said.getHeader('Cache-Control')
  // Back never leads to JSON, so no copy of it is needed.
  if (content === 'json' || content === 'rich') return page.personal ? 'private, no-store' : 'no-store'
  const forgotten = page.seals.forgotten || (answers === 'submission' && noStore.test(String(own)))
  if (forgotten) return page.personal ? 'private, no-store' : 'no-store'
  if (answers === 'submission') return 'private, no-cache'
  if (page.personal) return 'private, no-store'
  // A shared cache would send one seal to two visitors, and the second would get "this form was already used".
  return page.seals.oneTime && own === undefined ? 'private, no-cache' : undefined
}

const noStore = /\bno-store\b/i

const redirectAtOnce: HeaderChanges = { remove: [], set: { 'Cache-Control': 'no-store' } }

/** Seconds. */
const retryAfter = '5'

/** Headers by which a client asks whether its cached copy is still valid. */
const validators = ['ETag', 'Last-Modified']

/** Headers that describe the page's content. They are wrong for HTML that is sent in its place. */
const replaced = [
  'Content-Encoding',
  'Content-Disposition',
  'Content-Range',
  ...validators,
  'Trailer',
  // Only a redirect needs it, and the status is no longer that of a redirect.
  'Location',
]
const ownContent = ['Content-Type', ...replaced]
const none: readonly string[] = []

const html = 'text/html; charset=utf-8'

/** The types of what replaces the page. */
const contentTypes: Readonly<Record<AnswerContent, string | undefined>> = {
  redirect: undefined,
  page: undefined,
  region: html,
  html,
  reload: undefined,
  json: 'application/json; charset=utf-8',
  rich: mediaTypes.rich,
}

function removedBy({ content, answers }: AnswerFacts): readonly string[] {
  if (content === 'redirect') return ownContent
  if (contentTypes[content] !== undefined) return replaced
  // The page after a submission is for this visitor at this moment, so a later revalidation is wrong.
  return answers === 'submission' ? validators : none
}

const accept = ['Accept'] as const

/** The request headers on which the answer depends: those that ask for a region, those of the client, and the one that asks for JSON. */
function variesBy(
  { content, answers, client }: AnswerFacts,
  { hasRegions }: DescribedPage,
): readonly string[] {
  const byFormat = answers === 'submission' && content !== 'redirect' ? accept : none
  if (content === 'json' || content === 'rich' || (!hasRegions && !client)) return byFormat
  return [...(hasRegions ? visitHeaders : []), ...(client?.reads ?? []), ...byFormat]
}

/** Adds the request headers that an answer depends on to Vary, each once (RFC 9110, section 12.5.5). */
export function addedVary(
  said: ReturnType<ServerResponse['getHeader']>,
  reads: readonly string[],
): string | undefined {
  if (reads.length === 0) return undefined
  if (said === undefined && reads === accept) return accept[0]
  const present = String(said ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (present.includes('*')) return undefined
  const lower = present.map((name) => name.toLowerCase())
  const missing = [...new Set(reads)].filter((name) => !lower.includes(name.toLowerCase()))
  return missing.length > 0 ? [...present, ...missing].join(', ') : undefined
}

/**
 * Adds the Set-Cookie lines again that the page overwrote, and the one that removes a flash. `setHeader` overwrites lines,
 * and on plain Node it is the usual way to set a cookie. The page's own lines come last, so that they win when two lines
 * set the same cookie.
 */
function cookiesOf({ cookies, flashRemoval, said }: AnswerFacts): readonly string[] | undefined {
  if (cookies.length === 0 && flashRemoval === undefined) return undefined
  const own = [said.getHeader('Set-Cookie') ?? []].flat().map(String)
  if (flashRemoval === undefined) {
    const missing = cookies.filter((line) => !own.includes(line))
    return missing.length > 0 ? [...missing, ...own] : undefined
  }
  // A flash that was set in this very answer is shown by it as well.
  const removed = flashRemoval.slice(0, flashRemoval.indexOf('=') + 1)
  const left = own.filter((line) => !line.startsWith(removed))
  const missing = cookies.filter((line) => !left.includes(line) && !line.startsWith(removed))
  return [...missing, flashRemoval, ...left]
}
