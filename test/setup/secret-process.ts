import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Ending } from './file-storage.js'
import { formIn, fromSamePage, urlencoded } from './koa-app.js'

export interface SecretServerOptions {
  readonly key: string
  /** What its page does: prints its secrets as passwords or as text, throws before or after them, or is not there. */
  readonly page: 'whole' | 'as-text' | 'throws-first' | 'throws-last' | 'missing'
}

/** A server in a process of its own, whose form asks for secrets. It ends with the test. */
export class SecretProcess {
  readonly #url: string

  private constructor(port: number) {
    this.#url = `http://127.0.0.1:${port}/`
  }

  static async start(t: Ending, options: SecretServerOptions): Promise<SecretProcess> {
    const script = fileURLToPath(new URL('secret-server.js', import.meta.url))
    const child = spawn(process.execPath, [script, JSON.stringify(options)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { PATH: process.env.PATH, NODE_ENV: 'test' },
    })
    t.after(() => void child.kill('SIGKILL'))
    const [message] = (await once(child, 'message')) as [{ readonly port: number }]
    return new SecretProcess(message.port)
  }

  /** The hidden fields of a fresh form, and the page around them. */
  async form(): Promise<{ readonly fields: Record<string, string>; readonly html: string }> {
    const response = await fetch(this.#url)
    return formIn(await response.text(), 'open')
  }

  async send(
    ...fields: readonly Readonly<Record<string, string>>[]
  ): Promise<{ status: number; body: string }> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { ...fromSamePage, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: urlencoded(...fields),
    })
    return { status: response.status, body: await response.text() }
  }
}
