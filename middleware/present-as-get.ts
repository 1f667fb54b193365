import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/**
 * Headers that are hidden from a page that shows an outcome. Some would make the GET conditional or partial. Others
 * describe the body, and would make a parser read it again.
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

/** Headers by which a browser says that it has a copy of the page. */
const conditions = new Set(['if-none-match', 'if-modified-since'])

/** The method and headers of a request before a page saw others. */
type Sent = Pick<IncomingMessage, 'method' | 'headers'>

/**
 * Makes a submission look like the GET that a browser sends for the page, with this Cookie header. Copies the headers.
 * Deleting some would make V8 read the others slowly, and setting them to undefined breaks code that forwards headers.
 */
export function presentAsGet(req: IncomingMessage, cookieHeader: string | undefined): Sent {
  const { method, headers } = req
  const shown = without(hiddenHeaders, headers)
  if (cookieHeader !== undefined) shown.cookie = cookieHeader
  replaceHeaders(req, shown)
  req.method = 'GET'
  return method === undefined ? { headers } : { method, headers }
}

/**
 * Makes the request for a region of a page unconditional. The copy that the browser has is the whole page: whatever Vary
 * says, Chromium asks by the ETag of that copy, and with a 304 the client would get the whole page in place of its region.
 *
 * @returns what `restoreRequest` takes; `undefined` when there was no condition
 */
export function askInFull(req: IncomingMessage): Sent | undefined {
  const { headers } = req
  if (headers['if-none-match'] === undefined && headers['if-modified-since'] === undefined) return undefined
  replaceHeaders(req, without(conditions, headers))
  return { headers }
}

function without(hidden: ReadonlySet<string>, headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const shown: IncomingHttpHeaders = {}
  for (const name of Object.keys(headers)) if (!hidden.has(name)) shown[name] = headers[name]
  return shown
}

/** Restores the method and headers for code that reads the request after the page, such as a log. */
export function restoreRequest(req: IncomingMessage, { method, headers }: Sent): void {
  if (method !== undefined) req.method = method
  replaceHeaders(req, headers)
}

/** Replaces the headers of a request. On HTTP/2 requests `headers` has no setter, so it is redefined. */
function replaceHeaders(req: IncomingMessage, value: IncomingHttpHeaders): void {
  if (req.httpVersionMajor < 2) req.headers = value
  else Object.defineProperty(req, 'headers', { value, configurable: true })
}
