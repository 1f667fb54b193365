import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

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
