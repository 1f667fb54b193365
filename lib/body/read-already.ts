import { IncomingMessage } from 'node:http'

/** Where something that read the body earlier leaves it: the request, and the framework's own request object if it has one. */
export type BodyHolders = readonly object[]

// `rawBody` comes first: where both are Buffers, `body` may be a part of it or decoded.
const names = ['rawBody', 'body'] as const

/**
 * Returns the bytes of a body that something else has read and kept: Cloud Functions and Firebase put them into
 * `req.rawBody`, `express.raw()` and serverless adapters into `req.body`, Koa's parsers into `ctx.request.body`.
 */
export function bytesReadAlready(holders: BodyHolders): Buffer | undefined {
  for (const name of names) {
    for (const holder of holders) {
      const bytes: unknown = Reflect.get(holder, name)
      if (Buffer.isBuffer(bytes)) return bytes
      if (bytes instanceof Uint8Array) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
  }
  return undefined
}

/**
 * Tells whether reading the request makes the body: it was not received by Node's parser. Serverless adapters make such
 * requests. They are complete from the start, and nothing is readable before the first `read()`.
 */
export function makesItsBody(req: IncomingMessage): boolean {
  if (!req.complete || req.readableDidRead || !(req instanceof IncomingMessage)) return false
  return Reflect.get(req, '_read') !== receivesBody
}

const receivesBody: unknown = Reflect.get(IncomingMessage.prototype, '_read')
