import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { formIn, fromSamePage, testKey, urlencoded } from './koa-app.js'

export interface OnceServerOptions {
  /** The address of Redis. */
  readonly redis: string
  /** The lease in seconds, in place of the library's. */
  readonly lease?: number
  readonly keys: readonly string[]
}

type Message = { readonly port: number } | { readonly ran: string }

/** An answer, as a client sees it. */
export interface Answer {
  readonly status: number
  readonly location: string | null
  readonly cookies: readonly string[]
  readonly retryAfter: string | null
  readonly body: string
}

/** A server in its own process, whose orders run once. It ends with the test. */
export class OnceProcess {
  readonly #process: ChildProcess
  readonly #port: number
  /** The texts of the orders that ran on this server. */
  readonly runs: string[] = []

  private constructor(child: ChildProcess, port: number) {
    this.#process = child
    this.#port = port
    child.on('message', (message: Message) => {
      if ('ran' in message) this.runs.push(message.ran)
    })
  }

  /** @param options its key ring is by default the key of all tests */
  static async start(
    t: TestContext,
    { keys = [testKey], ...options }: Omit<OnceServerOptions, 'keys'> & Partial<OnceServerOptions>,
  ): Promise<OnceProcess> {
    const script = fileURLToPath(new URL('once-server.js', import.meta.url))
    const child = spawn(process.execPath, [script, JSON.stringify({ ...options, keys })], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { PATH: process.env.PATH, NODE_ENV: 'test' },
    })
    t.after(() => child.kill('SIGKILL'))
    const [message] = (await once(child, 'message')) as [Message]
    if (!('port' in message)) throw new Error('The server does not listen.')
    return new OnceProcess(child, message.port)
  }

  /** Ends the orders that run, whatever their time. */
  finish(): void {
    this.#process.send('finish')
  }

  /** Kills it, as in a crash. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await once(this.#process, 'exit')
  }

  /** Returns the hidden fields of a new form. */
  async form(action: 'order' | 'rename'): Promise<Record<string, string>> {
    const response = await fetch(this.#url)
    return formIn(await response.text(), action).fields
  }

  async send(fields: Record<string, string>, typed: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(this.#url, {
      method: 'POST',
      redirect: 'manual',
      headers: { ...fromSamePage, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: urlencoded(fields, typed),
    })
    return {
      status: response.status,
      location: response.headers.get('location'),
      cookies: response.headers.getSetCookie(),
      retryAfter: response.headers.get('retry-after'),
      body: await response.text(),
    }
  }

  get #url(): string {
    return `http://127.0.0.1:${this.#port}/`
  }
}
