import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { Messages } from '../outcome/messages.js'
import type { Page } from './page.js'
import type { PageHost } from './page-host.js'

/** A request whose page is made by a function of the library, such as `renderReact()`. */
export interface RenderingHost extends PageHost {
  readonly page: Page
  /** The URL that the browser asked for. */
  readonly url: string
  messages(): Messages
  /** The nonce of the page's Content-Security-Policy. */
  nonce(): string | undefined
  /** Answers the request of the page with HTML. Keeps a status and a type that the page has set. */
  sendBody(html: string | Buffer | Readable): void
}

/** The property of a request that holds the host of the middleware that answers it or makes its page. */
export const hostKey = Symbol('sealform')

/** Returns the host that makes the page of a request; `undefined` where the middleware is not mounted. */
export function renderingHostOf(
  at: IncomingMessage | { readonly req: IncomingMessage },
): RenderingHost | undefined {
  const req: IncomingMessage & { [hostKey]?: RenderingHost } = 'req' in at ? at.req : at
  return req[hostKey]
}
