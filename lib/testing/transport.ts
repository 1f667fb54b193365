import type { Server } from 'node:http'
import supertest from 'supertest'
import type { FormBody } from './form-body.js'

/** One request, as it goes over the wire. */
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
  /** Unpacked, when it came packed. */
  readonly body: Buffer
}

/** What is sent as `Host` anyway. */
function ownHost(target: Server | string): string {
  if (typeof target === 'string') return new URL(target).host
  const address = target.address()
  return typeof address === 'object' && address ? `127.0.0.1:${address.port}` : ''
}

/** Sends one request; follows nothing, keeps nothing, and takes any status. */
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
  // A server that is handed over is known already, whoever has signed its certificate.
  if (typeof target !== 'string') request.disableTLSCerts()
  for (const [name, value] of Object.entries(headers)) {
    // Superagent makes the name of a TLS server of it, which from Node 26 on cannot be an address.
    if (name === 'Host' && value === ownHost(target)) continue
    request.set(name, value)
  }
  if (body) {
    request.set('Content-Type', body.contentType)
    // As bytes, whatever supertest thinks of their type.
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
