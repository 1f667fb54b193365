import type { IncomingMessage } from 'node:http'
import busboy from 'busboy'

export interface SentField {
  readonly name: string
  /** Bytes of the value. The value itself is not kept. */
  bytes: number
  /** The type of a file. */
  readonly type?: string
}

/** What was read of a body. */
export interface SentBody {
  bytes: number
  readonly fields: SentField[]
}

const most = { fields: 60, files: 20, fieldSize: 64 * 1024 }

/**
 * Watches the body of a form while Sealform reads it. Nothing is read that Sealform does not read itself: in a request that is
 * paused, a listener does not start the flow.
 */
export function watchBody(req: IncomingMessage): SentBody {
  const body: SentBody = { bytes: 0, fields: [] }
  const parser = openParser(req, body)
  req.pause()
  req.on('data', (chunk: Buffer) => {
    body.bytes += chunk.length
    parser?.write(chunk)
  })
  req.on('end', () => parser?.end())
  return body
}

function openParser({ headers }: IncomingMessage, { fields }: SentBody): busboy.Busboy | undefined {
  if (!/^(multipart\/form-data|application\/x-www-form-urlencoded)/.test(headers['content-type'] ?? ''))
    return undefined
  try {
    const parser = busboy({ headers, limits: most })
    parser.on('field', (name, value) => fields.push({ name, bytes: Buffer.byteLength(value) }))
    parser.on('file', (name, stream, { mimeType }) => {
      const file: SentField = { name, bytes: 0, type: mimeType }
      fields.push(file)
      stream.on('data', (chunk: Buffer) => {
        file.bytes += chunk.length
      })
      stream.on('error', ignore)
    })
    // A body that is malformed, or cut off. Sealform says so in its answer.
    parser.on('error', ignore)
    return parser
  } catch {
    return undefined
  }
}

function ignore(): void {}
