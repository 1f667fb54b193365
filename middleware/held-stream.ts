import { Readable, Stream } from 'node:stream'

/** What was read of a stream: all of it, or the first part and a stream of everything, that part included. */
export type HeldStream =
  | { readonly finished: true; readonly bytes: Buffer }
  | { readonly finished: false; readonly bytes: Buffer; readonly all: Readable }

/** Returns the body of a Koa page as a stream, if it is one: of Node, of the web, a blob or a response of `fetch`. */
export function streamOf(body: unknown): Readable | undefined {
  if (body instanceof Readable) return body
  if (body instanceof Response) return streamOf(body.body) ?? Readable.from([])
  if (body instanceof Blob) return streamOf(body.stream())
  if (body instanceof ReadableStream) return Readable.fromWeb(body)
  // Streams of old packages have `pipe()` and events, and nothing else in common with those of Node.
  return body instanceof Stream && 'pipe' in body
    ? new Readable().wrap(body as unknown as NodeJS.ReadableStream)
    : undefined
}

/**
 * Reads a stream until it ends, or until more than `limit` bytes are held.
 *
 * @param signal ends the reading, and destroys the stream
 * @throws what the stream failed with, or the reason of the signal
 */
export async function holdStream(stream: Readable, limit: number, signal: AbortSignal): Promise<HeldStream> {
  const abort = () => stream.destroy(signal.reason)
  // The stream can fail between two readings, when nothing else listens.
  stream.on('error', ignore)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  try {
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk)
      chunks.push(bytes)
      length += bytes.length
      if (length > limit) return unfinished(Buffer.concat(chunks), stream)
    }
    return { finished: true, bytes: Buffer.concat(chunks) }
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function unfinished(bytes: Buffer, stream: Readable): HeldStream {
  const all = Readable.from(joined(bytes, stream), { objectMode: false })
  // Destroying a generator that was not started does not reach what it reads.
  all.once('close', () => stream.destroy())
  return { finished: false, bytes, all }
}

async function* joined(first: Buffer, rest: Readable): AsyncGenerator<Buffer> {
  yield first
  for await (const chunk of rest) yield chunk
}

function ignore(): void {}
