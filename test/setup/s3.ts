import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { startFauxqs } from 'fauxqs'

/** What goes wrong with a request: an error of S3 with its status, no answer at all, or a connection that breaks. */
export type S3Fault = { readonly status: number; readonly code: string } | 'hang' | 'cut'

export const bucket = 'files'

/**
 * Starts an object storage for a test: the emulator of the package fauxqs. In front of it stands what it lacks: writing on the
 * condition that there is no such object, the list of uploads that are not complete, and faults.
 */
export async function startS3(t: TestContext): Promise<S3Server> {
  const emulator = await startFauxqs({
    port: 0,
    host: '127.0.0.1',
    logger: false,
    init: { buckets: [bucket] },
  })
  t.after(() => emulator.stop())
  const server = new S3Server(emulator.port)
  await server.start()
  t.after(() => server.stop())
  return server
}

export class S3Server {
  /** Asked about every request, by its method and URL. */
  fault: (method: string, url: string) => S3Fault | undefined = () => undefined
  /** Whether the server knows `If-None-Match`. */
  conditional = true
  /** The most objects that one list holds. */
  pageSize = 1000
  /** Every request, by its method and URL. */
  readonly asked: string[] = []
  /** The uploads that are not complete: their keys and when they began. */
  readonly uploads = new Map<string, { readonly key: string; begun: Date }>()
  readonly #emulator: number
  readonly #server = createServer((req, res) => {
    this.#answer(req, res).catch(() => res.destroy())
  })

  constructor(emulator: number) {
    this.#emulator = emulator
  }

  get endpoint(): string {
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}`
  }

  async start(): Promise<void> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  /** Makes a client, which ends with the test. */
  client(t: TestContext, options: { readonly maxAttempts?: number } = {}): S3Client {
    const client = new S3Client({
      region: 'us-east-1',
      endpoint: this.endpoint,
      forcePathStyle: true,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      ...options,
    })
    t.after(() => client.destroy())
    return client
  }

  /** Lists the keys of the objects. */
  async keys(client: S3Client): Promise<string[]> {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }))
    return Contents.map(({ Key = '' }) => Key)
  }

  async #answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { method = '', url = '' } = req
    this.asked.push(`${method} ${url}`)
    const fault = this.fault(method, url)
    if (fault === 'hang') return
    if (fault === 'cut') return this.#pass(req, res, true)
    if (fault) return refuse(res, fault.status, fault.code)
    if (method === 'GET' && /[?&]uploads/.test(url)) return this.#listUploads(res)
    if (req.headers['if-none-match'] === '*') {
      if (!this.conditional) return refuse(res, 501, 'NotImplemented')
      if (await this.#has(url)) return refuse(res, 412, 'PreconditionFailed')
    }
    await this.#pass(req, res, false)
  }

  /** Passes a request on, and its answer back: all of it, or half and then a broken connection. */
  async #pass(req: IncomingMessage, res: ServerResponse, cut: boolean): Promise<void> {
    const { method = '', url = '', headers } = req
    const path = url.includes('list-type=2') ? `${url}&max-keys=${this.pageSize}` : url
    const onward = request({ host: '127.0.0.1', port: this.#emulator, method, path, headers })
    req.pipe(onward)
    const [answer] = (await once(onward, 'response')) as [IncomingMessage]
    const body = await buffer(answer)
    this.#noteUpload(method, url, body.toString('latin1'))
    res.writeHead(answer.statusCode ?? 500, answer.headers)
    if (!cut) res.end(body)
    else res.write(body.subarray(0, body.length / 2), () => res.destroy())
  }

  #noteUpload(method: string, url: string, body: string): void {
    const made = method === 'POST' && /<UploadId>([^<]+)</.exec(body)?.[1]
    if (made) this.uploads.set(made, { key: pathOf(url).slice(bucket.length + 2), begun: new Date() })
    const ended = method !== 'PUT' && /[?&]uploadId=([^&]+)/.exec(url)?.[1]
    if (ended) this.uploads.delete(decodeURIComponent(ended))
  }

  #listUploads(res: ServerResponse): void {
    const uploads = [...this.uploads].map(
      ([id, { key, begun }]) =>
        `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${begun.toISOString()}</Initiated></Upload>`,
    )
    res.writeHead(200, { 'Content-Type': 'application/xml' })
    res.end(
      `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${uploads.join('')}</ListMultipartUploadsResult>`,
    )
  }

  async #has(url: string): Promise<boolean> {
    const answer = await fetch(`http://127.0.0.1:${this.#emulator}${pathOf(url)}`, { method: 'HEAD' })
    return answer.ok
  }
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? ''
}

function refuse(res: ServerResponse, status: number, code: string): void {
  res.writeHead(status, { 'Content-Type': 'application/xml', Connection: 'close' })
  res.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`)
}
