import { randomBytes } from 'node:crypto'
import type { FormEntry } from './entry-list.js'
import type { TextEncoding } from './text-encoding.js'

export const encodingTypes = [
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
] as const

type EncodingType = (typeof encodingTypes)[number]

/** An encoded form. */
export interface FormBody {
  readonly contentType: string
  readonly body: Buffer
}

/**
 * Encodes entries as a browser does.
 *
 * @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#form-submission-algorithm
 */
export async function encodeForm(
  type: EncodingType,
  entries: readonly FormEntry[],
  encoding: TextEncoding,
): Promise<FormBody> {
  if (type === 'multipart/form-data') return multipart(entries, encoding)
  if (type === 'text/plain') return { contentType: type, body: encoding.encode(plainText(entries)) }
  return { contentType: type, body: Buffer.from(urlencoded(entries, encoding)) }
}

/** @see https://url.spec.whatwg.org/#concept-urlencoded-serializer */
export function urlencoded(entries: readonly FormEntry[], encoding: TextEncoding): string {
  const escaped = (text: string) => percentEncode(encoding.encode(withCrLf(text)))
  return entries.map(([name, value]) => `${escaped(name)}=${escaped(textOf(value))}`).join('&')
}

/** @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data */
async function multipart(entries: readonly FormEntry[], encoding: TextEncoding): Promise<FormBody> {
  const boundary = `----WebKitFormBoundary${randomBytes(16).toString('hex').slice(0, 16)}`
  const pieces: Buffer[] = []
  for (const [name, value] of entries) {
    const disposition = `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(withCrLf(name))}"`
    if (typeof value === 'string') {
      pieces.push(encoding.encode(`${disposition}\r\n\r\n`), encoding.encode(withCrLf(value)))
    } else {
      const type = value.type || 'application/octet-stream'
      pieces.push(
        encoding.encode(`${disposition}; filename="${quoted(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`),
        Buffer.from(await value.arrayBuffer()),
      )
    }
    pieces.push(Buffer.from('\r\n'))
  }
  pieces.push(Buffer.from(`--${boundary}--\r\n`))
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat(pieces) }
}

function plainText(entries: readonly FormEntry[]): string {
  return entries.map(([name, value]) => `${withCrLf(name)}=${withCrLf(textOf(value))}\r\n`).join('')
}

/** Replaces files by their names: only multipart/form-data carries files. */
function textOf(value: string | File): string {
  return typeof value === 'string' ? value : value.name
}

function withCrLf(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '\r\n')
}

function quoted(name: string): string {
  return name.replace(/\n/g, '%0A').replace(/\r/g, '%0D').replace(/"/g, '%22')
}

function percentEncode(bytes: Buffer): string {
  const pieces: string[] = []
  for (const byte of bytes) pieces.push(escapes[byte]!)
  return pieces.join('')
}

const escapes: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte)
  if (character === ' ') return '+'
  return /[A-Za-z0-9*\-._]/.test(character)
    ? character
    : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
})
