import { type ClientRequest, request as send } from 'node:http'
import { text } from 'node:stream/consumers'
import { uploadNames } from '../../lib/base/wire-names.js'
import { until } from './patience.js'

/** An answer to a request of an upload. */
export interface UploadReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

interface BrokenPiece {
  readonly offset: number
  readonly announced: number
  readonly arrived: () => boolean | Promise<boolean>
}

type HeaderLines = Readonly<Record<string, string>>

/** What a browser says of a page of the same origin. */
const sameOrigin = { Host: 'app.example', 'Sec-Fetch-Site': 'same-origin', Origin: 'http://app.example' }

/** The requests that a client of resumable uploads sends, in any order and with any mistake. */
export class ResumableClient {
  readonly #port: number
  readonly #lines: HeaderLines
  readonly #page: string

  /** @param page the path of the page with the form */
  constructor(port: number, lines: HeaderLines = {}, page = '/page') {
    this.#port = port
    this.#page = page
    this.#lines = { ...sameOrigin, ...lines }
  }

  /** Begins an upload. `lines` replace headers; an empty one leaves the header out. */
  begin(seal: string, size: number, file: HeaderLines = {}, lines: HeaderLines = {}): Promise<UploadReply> {
    const said = new URLSearchParams({ field: 'picture', name: 'a.png', type: 'image/png', ...file })
    return this.request('POST', this.#page, {
      [uploadNames.seal]: seal,
      [uploadNames.file]: String(said),
      'Upload-Length': String(size),
      'Upload-Complete': '?0',
      'Content-Length': '0',
      ...lines,
    })
  }

  head(location: string, lines: HeaderLines = {}): Promise<UploadReply> {
    return this.request('HEAD', `${this.#page}${location}`, lines)
  }

  cancel(location: string, lines: HeaderLines = {}): Promise<UploadReply> {
    return this.request('DELETE', `${this.#page}${location}`, lines)
  }

  append(
    location: string,
    offset: number,
    content: Uint8Array,
    lines: HeaderLines = {},
  ): Promise<UploadReply> {
    return this.request(
      'PATCH',
      `${this.#page}${location}`,
      appending(offset, content.length, lines),
      content,
    )
  }

  /**
   * Appends bytes and breaks the connection before as many as announced have come.
   *
   * @param arrived tells whether the server has stored them. What is on the way when a connection breaks is lost
   */
  async breakOff(
    location: string,
    { offset, announced, arrived }: BrokenPiece,
    content: Uint8Array,
  ): Promise<void> {
    const headers = { ...this.#lines, ...appending(offset, announced, {}) }
    const req = send({
      port: this.#port,
      host: '127.0.0.1',
      method: 'PATCH',
      path: `${this.#page}${location}`,
      headers,
    })
    const closed = new Promise((resolve) => req.on('close', resolve))
    req.on('error', () => {})
    req.write(content)
    await until(arrived)
    req.destroy()
    await closed
  }

  request(
    method: string,
    path: string,
    lines: HeaderLines,
    content: Uint8Array | AsyncIterable<Uint8Array> = Buffer.alloc(0),
  ): Promise<UploadReply> {
    const headers = Object.fromEntries(
      Object.entries({ ...this.#lines, ...lines }).filter(([, value]) => value !== ''),
    )
    const req = send({ port: this.#port, host: '127.0.0.1', method, path, headers })
    const answered = new Promise<UploadReply>((resolve, reject) => {
      req.on('error', reject)
      req.on('response', (res) => {
        text(res).then((body) => resolve({ status: res.statusCode ?? 0, headers: res.headers, body }), reject)
      })
    })
    if (content instanceof Uint8Array) req.end(content)
    else void pass(content, req)
    return answered
  }
}

/** Writes pieces as they come, until the server has closed the connection. */
async function pass(content: AsyncIterable<Uint8Array>, req: ClientRequest): Promise<void> {
  for await (const piece of content) {
    if (req.destroyed) return
    req.write(piece)
  }
  req.end()
}

function appending(offset: number, length: number, lines: HeaderLines): HeaderLines {
  return {
    'Content-Type': 'application/partial-upload',
    'Content-Length': String(length),
    'Upload-Offset': String(offset),
    'Upload-Complete': '?1',
    ...lines,
  }
}

/** The URL of an upload that has begun. */
export function locationOf({ headers }: UploadReply): string {
  const { location } = headers
  if (typeof location !== 'string') throw new Error('The answer has no Location.')
  return location
}

/** What the hidden field of the file is to hold, when the upload is complete. */
export function keptOf({ headers }: UploadReply): string {
  const kept = headers[uploadNames.kept.toLowerCase()]
  if (typeof kept !== 'string') throw new Error('The upload is not complete.')
  return kept
}
