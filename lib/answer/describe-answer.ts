import type { ServerResponse } from 'node:http'
import { regionHeaders } from '../base/wire-names.js'

export interface AnswerFacts {
  readonly content: AnswerContent
  /** A submission, or a page of the app that shows no outcome. */
  readonly answers: 'submission' | 'visit'
  readonly status: number
  /** The page that was run; none was when a submission is redirected at once. */
  readonly page: DescribedPage | undefined
  /** Lines of Set-Cookie that were on the response before the page was run. */
  readonly cookies: readonly string[]
  /** Gives what the response says at the moment. */
  readonly said: Pick<ServerResponse, 'getHeader'>
}

/** What is sent. `html` is a region alone or the built-in page, in place of what the page has printed. */
export type AnswerContent = 'redirect' | 'page' | 'html'

export interface DescribedPage {
  /** It is made for one visitor. */
  readonly personal: boolean
  /** Parts of it can be sent alone. */
  readonly hasRegions: boolean
  /** It holds the seal of a one-time action. */
  readonly seals: { readonly oneTime: boolean }
}

/** What changes in the headers of an answer before it is sent: first these names go, then these values come. */
export interface HeaderChanges {
  readonly remove: readonly string[]
  readonly set: Readonly<Record<string, string | readonly string[]>>
}

/** Tells what the headers of an answer have to say. The page's own headers stay where these do not speak. */
export function describeAnswer(facts: AnswerFacts): HeaderChanges {
  const { content, answers, page } = facts
  if (!page) return redirectAtOnce
  const set: Record<string, string | readonly string[]> = {}
  const cacheControl = cacheControlOf(facts, page)
  if (cacheControl !== undefined) set['Cache-Control'] = cacheControl
  const vary = page.hasRegions ? addedVary(facts.said.getHeader('Vary')) : undefined
  if (vary !== undefined) set.Vary = vary
  const setCookie = facts.cookies.length > 0 ? restoredCookies(facts) : undefined
  if (setCookie) set['Set-Cookie'] = setCookie
  // RFC 9110, section 10.2.3. What the action or the page says itself is known better.
  if (facts.status === 503 && answers === 'submission' && facts.said.getHeader('Retry-After') === undefined) {
    set['Retry-After'] = retryAfter
  }
  if (content === 'html') set['Content-Type'] = 'text/html; charset=utf-8'
  return { remove: removedBy(facts), set }
}

/** What no cache may do with an answer to a submission, or with a page that is made for one visitor. */
function cacheControlOf({ answers, said }: AnswerFacts, page: DescribedPage): string | undefined {
  if (page.personal) return 'private, no-store'
  if (answers === 'submission') return 'no-store'
  // A second visitor who got the same seal would be told that it was used.
  return page.seals.oneTime && said.getHeader('Cache-Control') === undefined ? 'private, no-cache' : undefined
}

const redirectAtOnce: HeaderChanges = { remove: [], set: { 'Cache-Control': 'no-store' } }

/** Seconds. */
const retryAfter = '5'

/** What says whether a copy that somebody has is still good. */
const validators = ['ETag', 'Last-Modified']

/** What a page says of its own content, which does not hold for what is sent in its place. */
const replaced = [
  'Content-Encoding',
  'Content-Disposition',
  'Content-Range',
  ...validators,
  'Trailer',
  // The place to go on to is not in what the visitor gets.
  'Location',
]
const ownContent = ['Content-Type', ...replaced]
const none: readonly string[] = []

function removedBy({ content, answers }: AnswerFacts): readonly string[] {
  if (content === 'redirect') return ownContent
  if (content === 'html') return replaced
  // The page as it is now, for the one who sent the form: there is nothing to come back for.
  return answers === 'submission' ? validators : none
}

/** RFC 9110, section 12.5.5: names the headers that ask for a region, each once. */
function addedVary(said: ReturnType<ServerResponse['getHeader']>): string | undefined {
  const present = String(said ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (present.includes('*')) return undefined
  const lower = present.map((name) => name.toLowerCase())
  const missing = regionHeaders.filter((name) => !lower.includes(name.toLowerCase()))
  return missing.length > 0 ? [...present, ...missing].join(', ') : undefined
}

/**
 * The cookies that were there before the page was run, where it has put its own in their place: `setHeader` does, and on
 * plain Node there is no other way to set one. The page's own come last, so that of one name they count.
 */
function restoredCookies({ cookies, said }: AnswerFacts): readonly string[] | undefined {
  const own = [said.getHeader('Set-Cookie') ?? []].flat().map(String)
  const missing = cookies.filter((line) => !own.includes(line))
  return missing.length > 0 ? [...missing, ...own] : undefined
}
