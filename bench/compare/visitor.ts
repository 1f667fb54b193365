import { Agent, type IncomingMessage, request } from 'node:http'
import { type Form, type Prepared, readForm } from './form.js'

export interface Answer {
  readonly status: number
  readonly location: string | undefined
  readonly text: string
}

/** Sends what a browser without JavaScript would send, and keeps cookies. */
export class Visitor {
  readonly #origin: string
  readonly #cookies = new Map<string, string>()
  readonly #agent: Agent

  constructor(origin: string, connections = 4) {
    this.#origin = origin
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
  }

  get(path: string): Promise<Answer> {
    return this.#ask(new URL(path, this.#origin).href, { method: 'GET' })
  }

  /** The form of a page. */
  async form(path: string): Promise<Form> {
    const { status, text } = await this.get(path)
    if (status !== 200) throw new Error(`GET ${path} answered ${status}:\n${text}`)
    return readForm(text, new URL(path, this.#origin).href)
  }

  /** @param headers in place of those of the page itself */
  post({ url, type, body }: Prepared, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const own = { ...this.postHeaders(type, body.length), ...headers }
    return this.#ask(url, { method: 'POST', headers: own, body })
  }

  postHeaders(type: string, length: number): Record<string, string> {
    return { ...this.#headers(), origin: this.#origin, 'content-type': type, 'content-length': `${length}` }
  }

  /** Closes the connections. The next request opens another: a server may have closed one that was idle. */
  disconnect(): void {
    this.#agent.destroy()
  }

  /** How often the actions of the server have run. */
  async runs(): Promise<number> {
    return Number((await this.get('/runs')).text)
  }

  #headers(): Record<string, string> {
    const cookie = [...this.#cookies].map((pair) => pair.join('=')).join('; ')
    const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
    const fetched = {
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    }
    return { accept, ...fetched, ...(cookie && { cookie }) }
  }

  async #ask(
    url: string,
    { method, headers = {}, body }: { method: string; headers?: Record<string, string>; body?: Buffer },
  ): Promise<Answer> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const asked = request(
        url,
        { method, agent: this.#agent, headers: { ...this.#headers(), ...headers } },
        resolve,
      )
      asked.once('error', reject).end(body)
    })
    for (const line of response.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      this.#cookies.set(name, value)
    }
    const text = Buffer.concat(await response.toArray()).toString()
    return { status: response.statusCode ?? 0, location: response.headers.location, text }
  }
}
