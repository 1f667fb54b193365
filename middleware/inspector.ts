import { randomBytes } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createActions } from '../lib/action/registry.js'
import { createServedApp, type ServedApp } from './app.js'
import { cutAnswer } from './cut-answer.js'
import { dismount, hostOn, isServed } from './mounted.js'
import { pathOf } from './request-path.js'

/** The pages of `sealform(actions, { inspect })`. */
export interface Inspector {
  /** Tells whether a request is for one of the pages. Takes it from earlier middleware of the library, if so. */
  takes(req: IncomingMessage): boolean
  /** Answers a request that it has taken. */
  answer(req: IncomingMessage, res: ServerResponse): void
}

/**
 * Makes the inspector of an app. `undefined` without the option, and outside of development. Its pages are loaded by the first
 * visit: most processes never print one.
 */
export function createInspector({ registry, inspect }: ServedApp): Inspector | undefined {
  const { inspection, development } = registry
  if (inspect === undefined || inspection === undefined) return undefined
  // A registry and a random key of its own: no seal of the app is good here, nor one of these pages in the app.
  const actions = createActions({
    app: 'sealform.inspector',
    keys: randomBytes(32).toString('base64'),
    ...(development !== undefined && { development }),
  })
  const own = { ...createServedApp(actions, {}), actions }
  let listener: Promise<RequestListener> | undefined
  const load = async () => {
    const { createInspectorListener } = await import('./inspector-listener.js')
    return createInspectorListener(own, { registry, inspection, path: inspect })
  }

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
      const { url } = req
      listener ??= load()
      listener
        .then((answer) => {
          // Code that mounts the app below a prefix may have put back what it had taken off.
          req.url = url
          answer(req, res)
        })
        .catch((error: unknown) => {
          console.error(error)
          if (res.headersSent) cutAnswer(res)
          else res.writeHead(500, { 'Content-Length': 0 }).end()
        })
    },
  }
}
