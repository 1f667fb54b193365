import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

/** A request that appends to an upload, as it goes over the line. */
interface Appended {
  readonly offset: number
  /** Bytes of it that have been sent, with its headers. */
  bytes: number
}

/** The line between a browser and a server, which can break. */
export class BreakingLine {
  /**
   * The requests that append to an upload, in their order. On a connection that was used before, Chromium itself sends once more what got
   * no answer, at the same offset.
   */
  readonly appended: Appended[] = []
  /** How often a request that appends was broken. */
  breaks = 0
  /** How often a connection was tried while the line was off. */
  refused = 0
  readonly #port: number
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer((client) => this.#pass(client))
  #most = Number.POSITIVE_INFINITY
  #times = 0
  #off = false
  #cutting = false

  constructor(port: number) {
    this.#port = port
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Breaks the connections of the next requests that append, each after so many of its bytes. @param times how many. @default 1 */
  breakAfter(bytes: number, times = 1): void {
    this.#most = bytes
    this.#times = times
  }

  /** Breaks the next request that appends, after so many of its bytes, and cuts the line with it. */
  cutAfter(bytes: number): void {
    this.breakAfter(bytes)
    this.#cutting = true
  }

  /** Lets no connection through, and ends those that there are. @param off false to mend the line */
  cut(off: boolean): void {
    this.#off = off
    if (off) this.#endAll()
  }

  async open(): Promise<void> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#endAll()
    await once(this.#server, 'close')
  }

  #endAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #pass(client: Socket): void {
    if (this.#off) {
      this.refused++
      client.destroy()
      return
    }
    const onward = connect(this.#port, '127.0.0.1')
    let appending: Appended | undefined
    let broken = false
    const end = () => {
      client.destroy()
      // What was passed on before still arrives.
      if (broken) onward.end()
      else onward.destroy()
    }
    for (const socket of [client, onward]) {
      this.#sockets.add(socket)
      socket.on('error', end)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        end()
      })
    }
    onward.pipe(client)
    client.on('data', (bytes) => {
      const head = bytes.toString('latin1', 0, 4000)
      if (isHead.test(head)) {
        appending = appendedBy(head)
        if (appending) this.appended.push(appending)
      }
      if (appending) appending.bytes += bytes.length
      const takesMore = onward.write(bytes)
      if (appending && appending.bytes > this.#most) {
        this.#times--
        if (this.#times === 0) this.#most = Number.POSITIVE_INFINITY
        broken = true
        this.breaks++
        end()
        if (this.#cutting) {
          this.#cutting = false
          this.#sockets.delete(onward)
          this.cut(true)
        }
      } else if (!takesMore) {
        client.pause()
        onward.once('drain', () => client.resume())
      }
    })
  }
}

const isHead = /^[A-Z]+ \/[^\r\n]* HTTP\/1\.1\r\n/

function appendedBy(head: string): Appended | undefined {
  const offset = head.startsWith('PATCH ') ? /\r\nupload-offset: (\d+)/i.exec(head)?.[1] : undefined
  return offset === undefined ? undefined : { offset: Number(offset), bytes: 0 }
}

/** Opens a line to a server. It ends with the test. */
export async function breakingLine(t: TestContext, port: number): Promise<BreakingLine> {
  const line = new BreakingLine(port)
  await line.open()
  t.after(() => line.close())
  return line
}
