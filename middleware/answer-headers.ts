import type { IncomingMessage, ServerResponse } from 'node:http'
import { type AnswerContent, describeAnswer, type HeaderChanges } from '../lib/answer/describe-answer.js'
import { askedRegion } from '../lib/page/asked-region.js'
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

/** Applies Sealform's header changes to the response. Call it after the page has set all of its headers. */
export function describeResponse(request: AnsweredRequest, content: AnswerContent): void {
  const { res, page, cookies } = request
  if (res.headersSent) return
  const answers = page.showsOutcome ? 'submission' : 'visit'
  const status = res.statusCode
  const flashRemoval = page.flash && removalOf(request, content)
  applyChanges(res, describeAnswer({ content, answers, status, page, cookies, flashRemoval, said: res }))
}

function removalOf({ req, res, page }: AnsweredRequest, content: AnswerContent): string | undefined {
  if (content !== 'page' && content !== 'region') return undefined
  const region = content === 'region' ? askedRegion(req.headers) : undefined
  return page.flash?.removal({ status: res.statusCode, region })
}

export function applyChanges(res: ServerResponse, { remove, set }: HeaderChanges): void {
  for (const name of remove) res.removeHeader(name)
  for (const name in set) res.setHeader(name, set[name]!)
}

/** Returns the current value of a response header, or an empty string when it is absent. */
export function headerOf(res: ServerResponse, name: string): string {
  return String(res.getHeader(name) ?? '')
}
