import { type RequestListener, Server } from 'node:http'
import { createRequire } from 'node:module'
import type supertest from 'supertest'

export type Requests = ReturnType<typeof supertest>

const require = createRequire(import.meta.url)

/**
 * Makes the requests of supertest to an app on one port. supertest by itself starts a server for each request. Each request still
 * has a connection of its own: one that the server closes must not be taken for the next.
 *
 * @param app the origin of a server that listens, or what answers
 */
export function requestsTo(app: string | RequestListener): Requests {
  // Servers in processes of their own, which make no request, would take a quarter longer to start with this import.
  const requests: typeof supertest = require('supertest')
  return requests(typeof app === 'string' ? app : new OpenServer(app))
}

/** A server that supertest starts, and does not close after each request. It lets its process end. */
class OpenServer extends Server {
  constructor(app: RequestListener) {
    super(app)
    this.unref()
    this.on('connection', (socket) => socket.unref())
  }

  override close(done?: (error?: Error) => void): this {
    done?.()
    return this
  }
}
