import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { TestContext } from 'node:test'
import { until } from './patience.js'

/** A stream of server-sent events, as a browser sees it. */
export interface OpenedStream {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** The data of the events that have come so far. */
  readonly events: readonly string[]
  /** Everything that has come, comments included. */
  text(): string
  /** Whether the server has ended it. */
  ended(): boolean
  /** Waits for this number of events. */
  received(count: number): Promise<readonly string[]>
  /** Leaves, as a browser does that goes to another page. */
  leave(): void
}

export interface StreamOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Whether the body is read. @default true */
  readonly reads?: boolean
}

/** Asks a local server for a stream. Resolves with the head of the answer, and leaves when the test is over. */
export async function openStream(
  t: TestContext,
  port: number,
  path: string,
  { headers = {}, reads = true }: StreamOptions = {},
): Promise<OpenedStream> {
  let sent: ClientRequest | undefined
  t.after(() => sent?.destroy())
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    sent = request({ port, host: '127.0.0.1', path, agent: false, headers: { ...sameOrigin, ...headers } })
    sent.on('response', resolve).on('error', reject).end()
  })
  let text = ''
  let ended = false
  const events: string[] = []
  answer
    .on('error', () => {})
    .on('close', () => {
      ended = true
    })
  if (reads) {
    answer.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
      events.splice(0, events.length, ...[...text.matchAll(/^data: (.*)\n\n/gm)].map(([, data]) => data!))
    })
  }
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    events,
    text: () => text,
    ended: () => ended,
    async received(count) {
      await until(() => events.length >= count)
      return events
    },
    leave: () => void sent?.destroy(),
  }
}

const sameOrigin = { Accept: 'text/event-stream', 'Sec-Fetch-Site': 'same-origin' }
