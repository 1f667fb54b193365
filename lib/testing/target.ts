import { once } from 'node:events'
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Server as NetServer } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import { SealformError } from '../base/errors.js'

type Listener = (req: IncomingMessage, res: ServerResponse) => unknown

/** What can be visited: a Koa app, an Express app or any request listener, a server, or the URL of a running server. */
export type Target = { callback(): Listener } | Listener | HttpServer | TlsServer | string | URL

/** The address that requests go to. */
export interface Address {
  /** For supertest. */
  readonly send: HttpServer | string
  /** The origin of the server. */
  readonly origin: string
}

/** The servers that were started for apps. They end with the program and do not keep it alive. */
const servers = new WeakMap<object, HttpServer>()

/**
 * Finds out where a target listens, and starts a server for a target that does not listen.
 *
 * @throws SealformError `ERR_OPTION_INVALID` on anything but a target
 */
export async function addressOf(target: Target): Promise<Address> {
  if (typeof target === 'string' || target instanceof URL) {
    const url = URL.canParse(String(target)) ? new URL(target) : undefined
    if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw noTarget(`"${target}"`)
    return { send: url.origin, origin: url.origin }
  }
  const server = serverOf(target)
  if (!server.listening) await (starting.get(server) ?? start(server))
  const address = server.address()
  if (address === null || typeof address === 'string') throw noTarget('a server on a socket without a port')
  const protocol = server instanceof TlsServer ? 'https' : 'http'
  return { send: server as HttpServer, origin: `${protocol}://127.0.0.1:${address.port}` }
}

/** Servers that are about to listen, so that concurrent visits do not start one twice. */
const starting = new WeakMap<object, Promise<unknown>>()

function start(server: HttpServer | TlsServer): Promise<unknown> {
  const started = once(server.listen(0, '127.0.0.1').unref(), 'listening').finally(() =>
    starting.delete(server),
  )
  starting.set(server, started)
  return started
}

function serverOf(target: Exclude<Target, string | URL>): HttpServer | TlsServer {
  if (target instanceof NetServer) return target
  const known = servers.get(target)
  if (known) return known
  const listener = typeof target === 'function' ? target : target?.callback?.()
  if (typeof listener !== 'function') throw noTarget(target === null ? 'null' : `a ${typeof target}`)
  const server = createServer((req, res) => void listener(req, res))
  servers.set(target, server)
  return server
}

function noTarget(what: string): SealformError {
  return new SealformError(
    'ERR_OPTION_INVALID',
    `visit() takes a Koa or Express app, a (req, res) function, an http.Server or an http: URL, not ${what}.`,
  )
}
