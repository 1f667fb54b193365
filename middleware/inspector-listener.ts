import type { RequestListener, ServerResponse } from 'node:http'
import { judgeVisitor } from '../lib/inspect/judge-visitor.js'
import { refusalPage } from '../views/inspector/refusal-page.js'
import { createInspectorApp, type InspectedApp, type OwnApp } from './inspector-app.js'
import { createListener } from './node-listener.js'

const headers = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
}

/** Makes what answers the requests for the pages of the inspector. */
export function createInspectorListener(own: OwnApp, inspected: InspectedApp): RequestListener {
  const listener = createListener(createInspectorApp(own, inspected))

  return function inspector(req, res) {
    if (res.headersSent) return
    forgetHeaders(res)
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
    res.statusCode = 200
    const verdict = judgeVisitor({
      address: req.socket.remoteAddress,
      host: req.headers.host ?? req.headers[':authority']?.toString(),
      headers: Object.keys(req.headers),
    })
    if (verdict === 'admit') {
      listener(req, res)
      return
    }
    res.statusCode = 403
    res.setHeader('Content-Type', 'text/html; charset=utf-8')
    res.end(refusalPage(verdict).toString())
  }
}

/**
 * Takes back the headers that earlier middleware of the app has set, such as a cookie or a policy of its own, and those that it
 * would set when the headers are written, as the package on-headers does by a `writeHead` of its own.
 */
function forgetHeaders(res: ServerResponse): void {
  for (const name of res.getHeaderNames()) res.removeHeader(name)
  Reflect.deleteProperty(res, 'writeHead')
}
