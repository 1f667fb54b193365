import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { freePort } from '../../test/setup/free-port.js'
import { until } from '../../test/setup/patience.js'
import { cpuOfProcess } from '../next/process-cpu.js'
import { folderOf, node } from './install.js'
import type { Peer } from './peers.js'

/** The server of an app, in production, on 127.0.0.1. */
export class PeerServer {
  readonly origin: string
  readonly #peer: Peer
  readonly #port: number
  #process: ChildProcess | undefined
  #log = ''
  readonly #kill = () => this.#process?.kill('SIGKILL')

  private constructor(peer: Peer, port: number) {
    this.#peer = peer
    this.#port = port
    this.origin = `http://127.0.0.1:${port}`
    // An interrupted comparison leaves no process behind.
    process.once('exit', this.#kill)
  }

  static async start(peer: Peer): Promise<PeerServer> {
    const server = new PeerServer(peer, peer.port ?? (await freePort()))
    await server.restart()
    return server
  }

  /** Ends the process, if there is one, and starts another on the same port with the same environment. */
  async restart(): Promise<void> {
    await this.#end()
    const env = { PATH: process.env.PATH, NODE_ENV: 'production' as const, PORT: `${this.#port}`, ...secrets }
    const child = spawn(node, this.#peer.start(this.#port), {
      cwd: folderOf(this.#peer),
      env: { ...env, ...this.#peer.env?.(this.#port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process = child
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#log = (this.#log + text).slice(-5000)
      })
    }
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`${this.#peer.name} ended:\n${this.#log}`)
      return fetch(`${this.origin}/runs`).then(
        ({ status }) => status === 200,
        () => false,
      )
    })
  }

  /** CPU µs that its processes have used so far, user and system. */
  cpu(): number {
    return this.#pids().reduce((sum, pid) => sum + cpuOfProcess(pid), 0)
  }

  /** Bytes that its processes have read so far, from sockets and files. */
  read(): number {
    return this.#pids().reduce((sum, pid) => {
      const text = readFileSync(`/proc/${pid}/io`, 'utf8')
      return sum + Number(/^rchar: (\d+)$/m.exec(text)?.[1])
    }, 0)
  }

  async stop(): Promise<void> {
    await this.#end()
    process.off('exit', this.#kill)
  }

  async #end(): Promise<void> {
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await exited
  }

  #pids(): number[] {
    const { pid } = this.#process ?? {}
    return pid === undefined ? [] : [pid, ...descendants(pid)]
  }
}

function descendants(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
  return children.flatMap((child) => [child, ...descendants(child)])
}

/** The same for a process and the next one, as in a deployment. */
const secrets = {
  SECRET: 'a secret of the comparison, 32 bytes or more',
  SEALFORM_KEYS: Buffer.from('a key of the comparison, 32 byte').toString('base64'),
}
