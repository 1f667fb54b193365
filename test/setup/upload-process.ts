import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { requestText, talk } from './raw-http.js'
import type { Part } from './upload-app.js'

export interface ServerOptions {
  /** Where the files lie. */
  readonly directory: string
  /** @default '10s' */
  readonly idleTime?: string
  /** How many seconds its clock is ahead. */
  readonly clockAhead?: number
  /** The user to which it switches when it listens. */
  readonly user?: number
}

/** The commands: open all files that the system allows, close them again, or only report. */
export type Command = 'starve' | 'feed' | 'report'

export interface ServerState {
  /** Bytes of memory, after garbage collection. */
  readonly heapUsed: number
  /** The errors that reached the app's error handler since the last report. */
  readonly errors: readonly string[]
  readonly descriptors: readonly string[]
  readonly timers: number
}

/** The bytes that the server had read from the socket when its answer was written. */
export interface Answered {
  readonly answered: number
  readonly bytesRead: number
}

type Message = { readonly listening: { readonly port: number } } | { readonly state: ServerState } | Answered

/** A server in its own process. */
export class UploadProcess {
  readonly port: number
  readonly answers: Answered[] = []
  readonly directory: string
  readonly #process: ChildProcess

  private constructor(child: ChildProcess, port: number, directory: string) {
    this.#process = child
    this.port = port
    this.directory = directory
    child.on('message', (message: Message) => {
      if ('answered' in message) this.answers.push(message)
    })
  }

  /** @param descriptors how many descriptors the process may open */
  static async start(options: ServerOptions, descriptors?: number): Promise<UploadProcess> {
    const script = fileURLToPath(new URL('upload-server.js', import.meta.url))
    const node = [process.execPath, '--expose-gc', script, JSON.stringify(options)]
    const limited = ['/bin/sh', '-c', `ulimit -n ${descriptors}; exec "$@"`, 'sh', ...node]
    const [file = '', ...rest] = descriptors === undefined ? node : limited
    const child = spawn(file, rest, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { PATH: process.env.PATH, NODE_ENV: 'test' },
    })
    const [message] = (await once(child, 'message')) as [Message]
    if (!('listening' in message)) throw new Error('The server does not listen.')
    return new UploadProcess(child, message.listening.port, options.directory)
  }

  /** Sends a command and returns its answer. Other messages may arrive in between, several at a time. */
  state(command: Command = 'report'): Promise<ServerState> {
    return new Promise((resolve) => {
      const listen = (message: Message) => {
        if (!('state' in message)) return
        this.#process.off('message', listen)
        resolve(message.state)
      }
      this.#process.on('message', listen)
      this.#process.send({ command })
    })
  }

  /** Sends a signal and waits for the end. Returns the exit code, or the signal that ended it. */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | NodeJS.Signals> {
    const { exitCode, signalCode } = this.#process
    if (exitCode !== null || signalCode !== null) return exitCode ?? signalCode ?? 0
    const exit = once(this.#process, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
    this.#process.kill(signal)
    const [code, by] = await exit
    return code ?? by ?? 0
  }

  /** Returns the files in the storage. */
  stored(): readonly string[] {
    return readdirSync(this.directory)
  }

  /** Returns the hidden fields of a new form. */
  async hidden(path = '/', cookie?: string): Promise<readonly Part[]> {
    const headers: [string, string][] = [['Host', 'app.example']]
    if (cookie !== undefined) headers.push(['Cookie', cookie])
    const { answers } = await talk(this.port, [requestText(`GET ${path} HTTP/1.1`, headers)])
    const inputs = answers[0]?.body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g) ?? []
    return [...inputs].map(([, name, value]) => [name!, value!] as const)
  }
}
