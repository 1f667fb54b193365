import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createClient } from 'redis'
import { scratch } from './file-storage.js'
import { freePort } from './free-port.js'
import { redis, requireProgram } from './programs.js'

/**
 * Starts a Redis for a test, on a free port of 127.0.0.1, with its data in a temporary directory. It ends with the
 * test.
 *
 * @param settings as in its configuration file, for example `{ maxmemory: '4mb' }`
 */
export async function startRedis(
  t: TestContext,
  settings: Readonly<Record<string, string>> = {},
): Promise<RedisServer> {
  const server = new RedisServer(requireProgram(redis), await freePort(), scratch(t), settings)
  t.after(() => server.kill())
  await server.start()
  return server
}

export class RedisServer {
  readonly url: string
  readonly #command: string
  readonly #arguments: readonly string[]
  readonly #directory: string
  #process: ChildProcess | undefined

  constructor(
    command: string,
    port: number,
    directory: string,
    settings: Readonly<Record<string, string>> = {},
  ) {
    this.url = `redis://127.0.0.1:${port}`
    this.#command = command
    this.#directory = directory
    const all = {
      port: String(port),
      bind: '127.0.0.1',
      dir: directory,
      save: '',
      'enable-debug-command': 'yes',
      ...settings,
    }
    this.#arguments = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value])
  }

  /** Starts it, and resolves when it accepts commands. */
  async start(): Promise<void> {
    const child = spawn(this.#command, this.#arguments, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#process = child
    running.add(child)
    child.once('exit', () => running.delete(child))
    let printed = ''
    child.stdout.setEncoding('utf8')
    for await (const text of child.stdout.iterator({ destroyOnReturn: false })) {
      printed += text
      if (!printed.includes('Ready to accept connections')) continue
      child.stdout.resume()
      return
    }
    throw new Error(`${this.#command} ended:\n${printed}`)
  }

  /** Kills it, as in a crash. */
  async kill(): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  /** Suspends it until `resume()`: connections stay open, and nothing answers. */
  pause(): void {
    this.#process?.kill('SIGSTOP')
  }

  resume(): void {
    this.#process?.kill('SIGCONT')
  }

  /** Removes its data, as in a crash that loses everything. Call it between `kill()` and `start()`. */
  loseData(): void {
    for (const name of ['appendonlydir', 'appendonly.aof', 'dump.rdb']) {
      rmSync(join(this.#directory, name), { recursive: true, force: true })
    }
  }

  /** Returns a connected client, which closes with the test. */
  async connect(t: TestContext): Promise<ReturnType<typeof newClient>> {
    const client = newClient(this.url)
    t.after(() => client.destroy())
    await client.connect()
    return client
  }
}

/** Creates a client like that of an app: it handles connection errors. */
export function newClient(url: string, socket: { readonly reconnectStrategy?: false } = {}) {
  return createClient({ url, socket }).on('error', () => {})
}

/** A proxy between clients and a Redis. It can cut connections at the worst moment. */
export async function cutter(t: TestContext, server: RedisServer): Promise<Cutter> {
  const cutter = new Cutter(Number(new URL(server.url).port))
  t.after(() => cutter.close())
  await cutter.listen()
  return cutter
}

export class Cutter {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #deaf = false

  constructor(port: number) {
    this.#server = createServer((socket) => {
      const upstream = connect(port, '127.0.0.1')
      const close = () => {
        socket.destroy()
        upstream.destroy()
        this.#sockets.delete(socket)
      }
      this.#sockets.add(socket)
      socket
        .on('data', (data) => upstream.write(data))
        .on('error', close)
        .on('close', close)
      upstream
        .on('data', (data) => {
          if (!this.#deaf) socket.write(data)
        })
        .on('error', close)
        .on('close', close)
    })
  }

  get url(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('not listening')
    return `redis://127.0.0.1:${address.port}`
  }

  async listen(): Promise<void> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
  }

  /** From now on, commands arrive, and replies do not. */
  loseAnswers(): void {
    this.#deaf = true
  }

  /** Cuts all connections. New ones work. */
  cut(): void {
    this.#deaf = false
    for (const socket of this.#sockets) socket.destroy()
  }

  close(): void {
    this.#server.close()
    this.cut()
  }
}

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
