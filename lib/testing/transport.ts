import type { Server } from 'node:http'
import supertest from 'supertest'
import type { FormBody } from './form-body.js'

/** One HTTP request. */
interface WireRequest {
  readonly method: 'GET' | 'POST'
  /** Path and query string. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: FormBody | undefined
}

export interface WireAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly setCookies: readonly string[]
  /** Without its content coding. */
  readonly body: Buffer
}

/** Gives the `Host` that supertest sends by itself. */
function ownHost(target: Server | string): string {
  if (typeof target === 'string') return new URL(target).host
  const address = target.address()
  return typeof address === 'object' && address ? `127.0.0.1:${address.port}` : ''
}

/** Sends one request. Follows no redirects, keeps no cookies, and accepts any status. */
export async function exchange(
  target: Server | string,
  { method, path, headers, body }: WireRequest,
): Promise<WireAnswer> {
  const agent = supertest(target)
  const request = (method === 'POST' ? agent.post(path) : agent.get(path))
    .redirects(0)
    .ok(() => true)
    .buffer(true)
    .parse((response, done) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(Buffer.from(piece)))
      response.on('end', () => done(null, Buffer.concat(pieces)))
    })
  // The test has made the server, so its certificate need not be checked.
  if (typeof target !== 'string') request.disableTLSCerts()
  for (const [name, value] of Object.entries(headers)) {
    // Superagent uses it as the name of a TLS server, which cannot be an address from Node 26 on.
    if (name === 'Host' && value === ownHost(target)) continue
    request.set(name, value)
  }
  if (body) {
    request.set('Content-Type', body.contentType)
    // Supertest must not serialize the bytes by their type.
    request.serialize(() => body.body as never).send(body.body)
  }
  const answer = await request
  const received: Record<string, string> = {}
  for (const [name, value] of Object.entries<string | string[]>(answer.headers)) {
    received[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return {
    status: answer.status,
    headers: received,
    setCookies: answer.get('Set-Cookie') ?? [],
    body: Buffer.isBuffer(answer.body) ? answer.body : Buffer.alloc(0),
  }
}
