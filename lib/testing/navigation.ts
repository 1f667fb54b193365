import { isTrustworthy } from '../origin/trustworthy.js'
import type { CookieJar } from './cookie-jar.js'
import type { FormBody } from './form-body.js'
import { originHeader, type ReferrerPolicy, readPolicy, refererHeader } from './referrer-policy.js'
import { refuse } from './refuse.js'
import type { Address } from './target.js'
import { exchange, type WireAnswer } from './transport.js'

/** One request for a page. */
export interface Navigation {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly body: FormBody | undefined
  /** The page with the link or form; `undefined` for an address that was typed. */
  readonly from: { readonly url: URL; readonly policy: ReferrerPolicy } | undefined
  readonly reload: boolean
}

/** A redirect on the way. */
export interface Redirection {
  readonly status: number
  /** Where the answer came from. */
  readonly url: string
  /** Where it led. */
  readonly to: string
}

/** What a navigation has led to. */
export interface Loaded {
  /** The last request, for sending it again. */
  readonly request: Navigation
  readonly answer: WireAnswer
  readonly redirects: readonly Redirection[]
  /** Where the answer leads, when that is another site, to which nothing is sent. */
  readonly onward: URL | undefined
}

/** What all requests of a browser have in common. */
export interface Connection {
  readonly address: Address
  /** The origin that the browser visits. */
  readonly origin: string
  readonly jar: CookieJar
  readonly headers: Readonly<Record<string, string>>
}

const mostRedirects = 20

/**
 * Goes to a page, and follows redirects.
 *
 * @throws SealformError `ERR_BROWSER_REFUSED` after 20 redirects
 * @see https://fetch.spec.whatwg.org/#http-redirect-fetch
 */
export async function load(connection: Connection, navigation: Navigation): Promise<Loaded> {
  const redirects: Redirection[] = []
  let request = navigation
  const asksAnew = navigation.reload || navigation.method === 'POST'
  // Chromium keeps this Origin even when a redirect brings another policy, which counts for the `Referer` only.
  const origin = navigation.from && originHeader(navigation.from.policy, navigation.from.url)
  for (;;) {
    const answer = await exchange(connection.address.send, {
      method: request.method,
      path: pathOf(request.url),
      headers: headersOf(connection, request, { asksAnew, origin }),
      body: request.body,
    })
    connection.jar.store(answer.setCookies, request.url)
    const to = redirectTarget(answer, request.url)
    if (!to) return { request, answer, redirects, onward: undefined }
    if (to.origin !== connection.origin) return { request, answer, redirects, onward: to }
    redirects.push({ status: answer.status, url: request.url.href, to: to.href })
    if (redirects.length > mostRedirects) {
      refuse(
        `More than ${mostRedirects} redirects, as a browser would say: ${redirects
          .slice(-4)
          .map((one) => one.url)
          .join(' → ')} → …`,
      )
    }
    request = redirected(request, answer, to)
  }
}

function redirected(request: Navigation, answer: WireAnswer, url: URL): Navigation {
  const { status, headers } = answer
  const becomesGet = status === 303 || (request.method === 'POST' && (status === 301 || status === 302))
  const policy = readPolicy(headers['referrer-policy'])
  const from = request.from && { ...request.from, policy: policy ?? request.from.policy }
  return becomesGet ? { ...request, url, from, method: 'GET', body: undefined } : { ...request, url, from }
}

function redirectTarget({ status, headers }: WireAnswer, url: URL): URL | undefined {
  const { location } = headers
  if (location === undefined || ![301, 302, 303, 307, 308].includes(status)) return undefined
  if (!URL.canParse(location, url.href))
    refuse(`The redirect from ${url.href} leads to no URL: ${JSON.stringify(location)}`)
  const target = new URL(location, url)
  if (target.hash === '') target.hash = url.hash
  return target
}

/** Makes the headers of Chromium that may matter to a server. */
function headersOf(
  connection: Connection,
  { method, url, from }: Navigation,
  { asksAnew, origin }: { readonly asksAnew: boolean; readonly origin: string | undefined },
): Record<string, string> {
  const headers: Record<string, string> = { Host: url.host }
  if (connection.address.origin !== connection.origin)
    headers['X-Forwarded-Proto'] = url.protocol.slice(0, -1)
  if (asksAnew) headers['Cache-Control'] = 'max-age=0'
  headers['Upgrade-Insecure-Requests'] = '1'
  if (origin !== undefined && method === 'POST') headers.Origin = origin
  headers.Accept =
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7'
  if (isTrustworthy(url)) {
    headers['Sec-Fetch-Site'] = from ? 'same-origin' : 'none'
    headers['Sec-Fetch-Mode'] = 'navigate'
    headers['Sec-Fetch-User'] = '?1'
    headers['Sec-Fetch-Dest'] = 'document'
  }
  const referer = from && refererHeader(from.policy, from.url)
  if (referer !== undefined) headers.Referer = referer
  headers['Accept-Encoding'] = 'gzip, deflate, br'
  headers['Accept-Language'] = 'en-US,en;q=0.9'
  const cookies = connection.jar.header(url)
  if (cookies !== undefined) headers.Cookie = cookies
  return { ...headers, ...connection.headers }
}

/** Gives path and query string. Not by `search`, which is the same for `/?` and `/`. */
function pathOf(url: URL): string {
  return url.href.slice(url.origin.length, url.hash === '' ? undefined : -url.hash.length)
}
