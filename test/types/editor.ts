import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { pathToFileURL } from 'node:url'
import { compiler } from '../docs/project.js'

/** A place in a document, both from 0. */
interface Place {
  readonly line: number
  readonly character: number
}

interface Answer {
  readonly id?: number
  /** Set when the compiler asks the editor. */
  readonly method?: string
  readonly result?: { readonly items?: readonly { readonly label: string }[] }
}

/**
 * Opens a file as an editor does, and asks the compiler for the completions at a place.
 *
 * @see https://microsoft.github.io/language-server-protocol/
 */
export async function completionsAt(file: string, text: string, position: Place): Promise<string[]> {
  const server = spawn(process.execPath, [compiler, '--lsp', '--stdio'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const uri = pathToFileURL(file).href
  const textDocument = { uri, languageId: 'typescript', version: 1, text }
  const send = (message: object) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message })
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }
  try {
    send({ id: 1, method: 'initialize', params: { processId: process.pid, rootUri: null, capabilities: {} } })
    for await (const { id, method, result } of messages(server.stdout)) {
      // What the compiler asks of the editor needs no answer but one.
      if (method !== undefined && id !== undefined) send({ id, result: null })
      if (method !== undefined) continue
      if (id === 1) {
        send({ method: 'initialized', params: {} })
        send({ method: 'textDocument/didOpen', params: { textDocument } })
        send({ id: 2, method: 'textDocument/completion', params: { textDocument: { uri }, position } })
      } else return (result?.items ?? []).map(({ label }) => label)
    }
    throw new Error('The compiler ended without an answer.')
  } finally {
    server.kill()
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit')
  }
}

/** The messages in a stream, each with its length in front. */
async function* messages(stream: AsyncIterable<Buffer>): AsyncGenerator<Answer> {
  let waiting = Buffer.alloc(0)
  for await (const chunk of stream) {
    waiting = Buffer.concat([waiting, chunk])
    for (;;) {
      const start = waiting.indexOf('\r\n\r\n') + 4
      const length = Number(/Content-Length: (\d+)/i.exec(waiting.toString('latin1', 0, start))?.[1])
      if (start < 4 || waiting.length < start + length) break
      yield JSON.parse(waiting.toString('utf8', start, start + length))
      waiting = waiting.subarray(start + length)
    }
  }
}
