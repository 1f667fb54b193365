import type { IncomingMessage } from 'node:http'
import busboy from 'busboy'

/** Reads the three text fields with busboy, as an app without a library for forms would. */
export function readWithBusboy(request: IncomingMessage): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    const fields: Record<string, string> = {}
    const parser = busboy({ headers: request.headers })
    parser.on('field', (name, value) => {
      fields[name] = value
    })
    parser.on('file', (_name, stream) => {
      stream.resume()
    })
    parser.on('error', reject)
    parser.on('close', () => resolve(fields))
    request.pipe(parser)
  })
}
