import type { ServerResponse } from 'node:http'
import { fileIn } from '../lib/answer/own-file.js'
import type { ClientTeller } from '../lib/answer/tell-client.js'
import { headerOf } from './answer-headers.js'
import { contentHeaders } from './content-headers.js'

/** Statuses after which a client asks for the other page by GET. After the others it sends the form there. */
const redirects: ReadonlySet<number> = new Set([301, 302, 303])

/**
 * Makes a response of a redirect that tells the client of it. Returns whether it did: the response then has no body.
 *
 * @param tell how the client is told; `undefined` for a browser without a library
 */
export function tellOwnRedirect(res: ServerResponse, tell: ClientTeller | undefined): boolean {
  const location = res.getHeader('Location')
  if (!tell || typeof location !== 'string' || !redirects.has(res.statusCode)) return false
  const headers = tell.redirect(location)
  if (!headers) return false
  for (const name of contentHeaders) res.removeHeader(name)
  res.statusCode = 204
  res.setHeader('Cache-Control', 'no-store')
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  return true
}

/** Adds headers to a response with a file, by which the client saves it or leaves its page alone. */
export function tellOwnFile(res: ServerResponse, tell: ClientTeller | undefined): void {
  if (!tell) return
  const file = fileIn({
    status: res.statusCode,
    type: headerOf(res, 'Content-Type'),
    disposition: headerOf(res, 'Content-Disposition'),
  })
  const headers = file && tell.file(file)
  for (const name in headers) res.setHeader(name, headers[name]!)
}
