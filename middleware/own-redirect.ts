import type { ServerResponse } from 'node:http'
import type { TellRedirect } from '../lib/answer/tell-redirect.js'
import { contentHeaders } from './content-headers.js'

/** Statuses after which a client asks for the other page by GET. After the others it sends the form there. */
const redirects: ReadonlySet<number> = new Set([301, 302, 303])

/**
 * Makes a response of a redirect that tells the client of it. Returns whether it did: the response then has no body.
 *
 * @param tell how the client is told; `undefined` for a client that follows
 */
export function tellOwnRedirect(res: ServerResponse, tell: TellRedirect | undefined): boolean {
  const location = res.getHeader('Location')
  if (!tell || typeof location !== 'string' || !redirects.has(res.statusCode)) return false
  const headers = tell(location)
  if (!headers) return false
  for (const name of contentHeaders) res.removeHeader(name)
  res.statusCode = 204
  res.setHeader('Cache-Control', 'no-store')
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  return true
}
