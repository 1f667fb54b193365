import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ClientHeaders } from '../lib/answer/adapt-reply.js'
import { clientOf } from '../lib/answer/client-table.js'
import {
  type AnswerContent,
  type AnswerFacts,
  addedVary,
  describeAnswer,
  type HeaderChanges,
} from '../lib/answer/describe-answer.js'
import type { Page } from '../lib/page/page.js'

/** A request whose answer is about to be sent. */
interface AnsweredRequest {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly page: Page
  /** The Set-Cookie lines that Sealform has added to the response. */
  readonly cookies: readonly string[]
}

/** Shared by all answers that set no cookie. */
export const noCookies: readonly string[] = []

/** The header changes for a redirect without a rendered page: the answer to most submissions. */
export const redirectAtOnce: HeaderChanges = describeAnswer({
  content: 'redirect',
  answers: 'submission',
  status: 303,
  page: undefined,
  cookies: noCookies,
  said: { getHeader: () => undefined },
})

/** The header changes for a page of the app that shows an outcome, when nothing on it calls for others. */
const outcomeAtOnce: HeaderChanges = describeAnswer({
  content: 'page',
  answers: 'submission',
  status: 200,
  page: { personal: false, hasRegions: false, seals: { oneTime: false, forgotten: false } },
  cookies: noCookies,
  said: { getHeader: () => undefined },
})

/** What is sent, beside the content itself. */
export interface SentFacts {
  readonly content: AnswerContent
  /** The ids of the regions that are sent alone. */
  readonly regions?: readonly string[] | undefined
  /** Headers for the browser library that sent the request. */
  readonly headers?: ClientHeaders | undefined
}

/** Applies Sealform's header changes to the response. Call it after the page has set all of its headers. */
export function describeResponse(request: AnsweredRequest, sent: AnswerContent | SentFacts): void {
  const { req, res, page, cookies } = request
  if (res.headersSent) return
  // Most pages: nothing on them calls for a header.
  if (sent === 'page' && cookies.length === 0 && page.isOrdinary) return
  const facts = typeof sent === 'string' ? { content: sent } : sent
  if (sent === 'page' && cookies.length === 0 && isPlainOutcome(request)) {
    applyChanges(res, outcomeAtOnce)
    return
  }
  const answers = page.showsOutcome ? 'submission' : 'visit'
  const flashRemoval = page.flash && removalOf(request, facts)
  const client = clientFacts(req, answers, facts)
  const { content } = facts
  applyChanges(
    res,
    describeAnswer({
      content,
      answers,
      status: res.statusCode,
      page,
      cookies,
      flashRemoval,
      client,
      said: res,
    }),
  )
}

/** Tells whether the page shows an outcome, and neither it nor its client nor its own headers call for more than `outcomeAtOnce`. */
function isPlainOutcome({ req, res, page }: AnsweredRequest): boolean {
  if (!page.showsOutcome || page.hasRegions || page.seals.forgotten || page.flash || res.statusCode === 503)
    return false
  return !res.hasHeader('Vary') && !res.hasHeader('Cache-Control') && clientOf(req.headers) === undefined
}

function removalOf({ res, page }: AnsweredRequest, { content, regions }: SentFacts): string | undefined {
  const shows = content === 'page' || content === 'region' || (content === 'rich' && page.props !== undefined)
  if (!shows) return undefined
  return page.flash?.removal({ status: res.statusCode, regions: content === 'region' ? regions : undefined })
}

/** The answer to a submission depends on all that its client says; a visit only on the regions that are asked for. */
function clientFacts(
  req: IncomingMessage,
  answers: 'submission' | 'visit',
  { headers = noHeaders }: SentFacts,
): AnswerFacts['client'] {
  const row = answers === 'submission' || headers !== noHeaders ? clientOf(req.headers) : undefined
  if (!row) return undefined
  return { reads: row.header === undefined ? row.reads : [row.header, ...row.reads], headers }
}

const noHeaders: ClientHeaders = {}

/** Sets the headers that tell a client of a redirect. Call it when no page has run. */
export function tellAtOnce({ req, res }: Pick<AnsweredRequest, 'req' | 'res'>, headers: ClientHeaders): void {
  const facts = clientFacts(req, 'submission', { content: 'redirect', headers })
  const vary = facts && addedVary(res.getHeader('Vary'), facts.reads)
  applyChanges(res, {
    remove: [],
    set: { ...redirectAtOnce.set, ...headers, ...(vary === undefined ? {} : { Vary: vary }) },
  })
}

export function applyChanges(res: ServerResponse, { remove, set }: HeaderChanges): void {
  for (const name of remove) res.removeHeader(name)
  for (const name in set) res.setHeader(name, set[name]!)
}

/** Returns the current value of a response header, or an empty string when it is absent. */
export function headerOf(res: ServerResponse, name: string): string {
  return String(res.getHeader(name) ?? '')
}
