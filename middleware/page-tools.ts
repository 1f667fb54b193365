import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import type { Submittable } from '../lib/action/action.js'
import type { Settings } from '../lib/answer/settings.js'
import type { FormOptions, Page } from '../lib/page/page.js'
import type { FailureDetails } from '../lib/page/page-host.js'
import type { Form } from '../views/form.js'
import { createForm } from '../views/page-form.js'
import { printRegion, type RegionContent, type RegionOptions } from '../views/region.js'
import type { SafeHtml } from '../views/safe-html.js'

// What the adapters do in the same way, whatever their framework.

/** What a page finds on its request. */
export interface PageTools {
  /**
   * An action as this page sees it.
   *
   * @param action with all of its values bound
   * @param options `key` tells several forms of one action apart; `initial` is the state before the first submission
   * @throws SealformError `ERR_ACTION_UNKNOWN` on anything but an action of the registry given to the middleware
   */
  form<State>(action: Submittable<State>, options?: FormOptions<State>): Form<State>
  /**
   * Marks a part of the page that can be sent alone to a client that asks for it. Given as a function, it may also fail
   * alone: what it throws goes to the app's error handler, and the rest of the page is shown as usual. Errors with a
   * status of the 400s are the page's, and go through.
   *
   * @param id of the one element in `content`
   * @param options `fallback` makes what stands in place of a region that throws
   * @throws SealformError `ERR_REGION_INVALID` when the element has another id
   */
  region(
    id: string,
    content: SafeHtml | string | (() => SafeHtml | string),
    options?: RegionOptions,
  ): SafeHtml
  region(id: string, content: () => Promise<SafeHtml | string>, options?: RegionOptions): Promise<SafeHtml>
}

export function formOn(
  page: Page,
  settings: Settings<unknown>,
  context: unknown,
  action: Submittable,
  options?: FormOptions,
): Form {
  return createForm(page.form(action, options), page.seals, settings.messages(context))
}

export function regionOn(
  page: Page,
  settings: Settings<unknown>,
  context: unknown,
  id: string,
  content: RegionContent,
  options?: RegionOptions,
): SafeHtml | Promise<SafeHtml> {
  return printRegion(page, settings.messages(context), { ...options, id, content })
}

export function pathOf(url: string): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

/** What no cache may do with an answer to a submission, or with a page that is made for one visitor. */
export function cacheControl(page: Page): string {
  return page.personal ? 'private, no-store' : 'no-store'
}

/** Whether a page is HTML; what does not say what it is counts as such. */
export function isHtml(contentType: string): boolean {
  return contentType === '' || /\bhtml\b/i.test(contentType)
}

/** For the many answers that set none. */
export const noCookies: readonly string[] = []

/**
 * Says cookies again that were there before the page was run. One that says `Set-Cookie` by `setHeader`, as there is no
 * other way to on plain Node, puts its own in their place. Its own come last, so that of one name they count.
 */
export function restoreCookies(res: ServerResponse, lines: readonly string[]): void {
  if (lines.length === 0 || res.headersSent) return
  const said = [res.getHeader('Set-Cookie') ?? []].flat().map(String)
  const missing = lines.filter((line) => !said.includes(line))
  if (missing.length > 0) res.setHeader('Set-Cookie', [...missing, ...said])
}

/** What a page says of its own content, which does not hold for another that is sent in its place. */
export const contentHeaders = [
  'Content-Encoding',
  'Content-Disposition',
  'Content-Range',
  'ETag',
  'Last-Modified',
  'Trailer',
]

/**
 * What a page that shows an outcome is not to see: headers that make a GET conditional or partial, which it is not, and
 * those that tell of the body, which no parser shall look for again.
 */
const hiddenHeaders = new Set([
  'if-none-match',
  'if-modified-since',
  'if-match',
  'if-unmodified-since',
  'if-range',
  'range',
  'content-type',
  'content-length',
  'transfer-encoding',
])

/** What a request was before it was presented as a GET. */
type Sent = Pick<IncomingMessage, 'method' | 'headers'>

/**
 * Makes a submission look like the GET that a browser sends for the page, with these cookies. The headers are copied:
 * from an object of which some were deleted V8 reads all others slowly, and whoever hands headers on trips over one that
 * is there and undefined.
 */
export function presentAsGet(req: IncomingMessage, cookieHeader: string | undefined): Sent {
  const { method, headers } = req
  const shown: IncomingHttpHeaders = {}
  for (const name of Object.keys(headers)) if (!hiddenHeaders.has(name)) shown[name] = headers[name]
  if (cookieHeader !== undefined) shown.cookie = cookieHeader
  replaceHeaders(req, shown)
  req.method = 'GET'
  return method === undefined ? { headers } : { method, headers }
}

/** For whoever looks at the request after the page, such as a log. */
export function restoreRequest(req: IncomingMessage, { method, headers }: Sent): void {
  if (method !== undefined) req.method = method
  replaceHeaders(req, headers)
}

/** On requests of HTTP/2, `headers` cannot be set. */
function replaceHeaders(req: IncomingMessage, value: IncomingHttpHeaders): void {
  if (req.httpVersionMajor < 2) req.headers = value
  else Object.defineProperty(req, 'headers', { value, configurable: true })
}

/** What is thrown, as the Error that the handlers of frameworks want. */
export function asError(thrown: unknown, { action }: FailureDetails): Error {
  try {
    if (thrown instanceof Error) return thrown
    return new Error(`"${action}" threw ${inspect(thrown)}, which is no Error.`, { cause: thrown })
  } catch {
    // Not the cause either, since no log could print it.
    return new Error(`"${action}" threw something that cannot be looked at.`)
  }
}

/** Brings the reference that a visitor was shown together with the error in the log. */
export function failureLine({ action, reference }: FailureDetails): string {
  return `sealform: ${action === undefined ? 'a part of a page' : `"${action}"`} failed, reference ${reference}`
}
