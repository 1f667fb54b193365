import type { ServerResponse } from 'node:http'
import { type AnswerContent, describeAnswer, type HeaderChanges } from '../lib/answer/describe-answer.js'
import type { Page } from '../lib/page/page.js'

/** The request whose answer is sent. */
export interface AnsweredRequest {
  readonly res: ServerResponse
  readonly page: Page
  /** Lines of Set-Cookie that the library has put on the response. */
  readonly cookies: readonly string[]
}

/** For the many answers that set none. */
export const noCookies: readonly string[] = []

/** Headers of a redirect for which no page was run, as it is after most submissions. */
export const redirectAtOnce: HeaderChanges = describeAnswer({
  content: 'redirect',
  answers: 'submission',
  status: 303,
  page: undefined,
  cookies: noCookies,
  said: { getHeader: () => undefined },
})

/** Makes the response say what the library has to say in it. To be called when the page has said everything. */
export function describeResponse({ res, page, cookies }: AnsweredRequest, content: AnswerContent): void {
  if (res.headersSent) return
  const answers = page.showsOutcome ? 'submission' : 'visit'
  const status = res.statusCode
  applyChanges(res, describeAnswer({ content, answers, status, page, cookies, said: res }))
}

export function applyChanges(res: ServerResponse, { remove, set }: HeaderChanges): void {
  for (const name of remove) res.removeHeader(name)
  for (const name in set) res.setHeader(name, set[name]!)
}

/** A header that the response says at the moment, empty when there is none. */
export function headerOf(res: ServerResponse, name: string): string {
  return String(res.getHeader(name) ?? '')
}
