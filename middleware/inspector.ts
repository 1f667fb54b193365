import type { IncomingMessage, ServerResponse } from 'node:http'
import { judgeVisitor } from '../lib/inspect/judge-visitor.js'
import { refusalPage } from '../views/inspector/refusal-page.js'
import type { ServedApp } from './app.js'
import { createInspectorApp } from './inspector-app.js'
import { dismount, hostOn, isServed } from './mounted.js'
import { createListener } from './node-listener.js'
import { pathOf } from './request-path.js'

/** The pages of `sealform(actions, { inspect })`. */
export interface Inspector {
  /** Tells whether a request is for one of the pages. Takes it from earlier middleware of the library, if so. */
  takes(req: IncomingMessage): boolean
  /** Answers a request that it has taken. */
  answer(req: IncomingMessage, res: ServerResponse): void
}

const headers = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
}

/** Makes the inspector of an app. `undefined` without the option, and outside of development. */
export function createInspector({ registry, inspect }: ServedApp): Inspector | undefined {
  const { inspection } = registry
  if (inspect === undefined || inspection === undefined) return undefined
  const own = createInspectorApp({ registry, inspection, path: inspect })
  const listener = createListener(own)

  return {
    takes(req) {
      const path = pathOf(req.url ?? '')
      if (path !== inspect && !path.startsWith(`${inspect}/`)) return false
      // Lets earlier middleware know that the submissions of these pages are not its own.
      isServed(own, hostOn(req))
      dismount(req)
      return true
    },
    answer(req, res) {
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
    },
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
