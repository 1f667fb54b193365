import type { ServerResponse } from 'node:http'
import { SealformError } from '../lib/base/errors.js'
import { headerOf } from './answer-headers.js'

/** The most bytes of a page that are held before Sealform decides whether the page is shown. */
export const maxHeldBytes = 1024 * 1024
/** Milliseconds within which a page must show an outcome. */
export const pageTime = 30_000

export function unanswered(): SealformError {
  return new SealformError(
    'ERR_PAGE_UNANSWERED',
    `The page that should show an outcome did not answer within ${pageTime / 1000} seconds. On Express 4, pass what an async handler throws to next().`,
  )
}

/** Tells whether the page says that its body is JSON. */
export function isJson(res: ServerResponse): boolean {
  return /\bjson\b/i.test(headerOf(res, 'Content-Type'))
}

/** Tells whether the page says that its body is HTML. */
export function isHtml(res: ServerResponse): boolean {
  return /^text\/html\b/i.test(headerOf(res, 'Content-Type'))
}

/** Tells whether the page has compressed its body. Compression that is mounted before Sealform has nothing to do yet. */
export function isEncoded(res: ServerResponse): boolean {
  const encoding = headerOf(res, 'Content-Encoding')
  return encoding !== '' && encoding !== 'identity'
}
