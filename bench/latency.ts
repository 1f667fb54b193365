import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { App } from './apps.js'
import { Child } from './child.js'
import type { LatencyRun } from './exchange.js'
import type { Cores } from './machine.js'
import { Server } from './rounds.js'

/** How long servers are saturated to learn what they can take, and how long they are then kept at a share of that, in seconds. */
const saturationSeconds = 1
const pacedSeconds = 3
const rounds = 4
/** The share of what the slower of the two can take. Both get the same number of requests. */
const share = 0.6

/** What visitors wait for at 60 % of saturation. */
export interface LatencyFigures {
  readonly app: App
  /** A slow upload runs beside the requests. */
  readonly beside: boolean
  readonly requestsPerSecond: number
  /** Milliseconds, one of each round. */
  readonly median: number[]
  readonly p99: number[]
}

/** Measures apps at the same rate, in rounds whose order turns round, with and without a slow upload beside. */
export async function measureLatency(
  apps: readonly App[],
  cores: Cores,
  progress: (line: string) => void,
): Promise<readonly LatencyFigures[]> {
  const load = new Child('./load.js', cores.load)
  const servers: Server[] = []
  try {
    for (const app of apps) servers.push(await Server.start(app, cores))
    for (const { child } of servers) child.pause()
    const saturation: number[] = []
    for (const server of servers) {
      progress(`(${server.app.id}): what it can take`)
      const take = (seconds: number) => server.turn(load, { scenario: 'redirect', connections: 32, seconds })
      server.child.resume()
      await take(saturationSeconds * 4)
      saturation.push((await take(saturationSeconds)).requestsPerSecond)
      server.child.pause()
    }
    const rate = Math.floor(Math.min(...saturation) * share)
    const all = [false, true].flatMap((beside) =>
      servers.map(
        ({ app }): LatencyFigures => ({ app, beside, requestsPerSecond: rate, median: [], p99: [] }),
      ),
    )
    for (let round = 0; round < rounds; round++) {
      progress(`round ${round + 1} of ${rounds}: ${rate} requests/s`)
      const order = round % 2 === 0 ? all : all.toReversed()
      for (const figures of order) {
        const server = servers.find(({ app }) => app === figures.app)!
        server.child.resume()
        const upload = figures.beside ? await SlowUpload.begin(server) : undefined
        const run = await server.paced(load, { rate, seconds: pacedSeconds })
        await upload?.end()
        server.child.pause()
        figures.median.push(quantile(run, 0.5))
        figures.p99.push(quantile(run, 0.99))
      }
    }
    return all
  } finally {
    await Promise.all([load, ...servers.map(({ child }) => child)].map((child) => child.stop()))
  }
}

/** @returns milliseconds */
function quantile({ microseconds }: LatencyRun, part: number): number {
  const sorted = [...microseconds].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]! / 1000
}

/** A multipart form with a long text that arrives in small pieces for as long as the measurement takes. */
class SlowUpload {
  readonly #socket: Socket
  readonly #timer: NodeJS.Timeout
  #sent = 0

  private constructor(socket: Socket, piece: string) {
    this.#socket = socket
    this.#timer = setInterval(() => {
      // Less than the 256 KiB that a field may have.
      if (this.#sent++ < 200) socket.write(piece)
    }, pieceTime)
  }

  static async begin(server: Server): Promise<SlowUpload> {
    const socket = connect(server.port, '127.0.0.1')
    socket.on('error', () => {})
    await new Promise((resolve) => socket.once('connect', resolve))
    socket.write(server.beginUpload())
    return new SlowUpload(socket, randomBytes(512).toString('hex'))
  }

  /** Breaks the upload off. */
  async end(): Promise<void> {
    clearInterval(this.#timer)
    const closed = new Promise((resolve) => this.#socket.once('close', resolve))
    this.#socket.destroy()
    await closed
  }
}

/** Milliseconds between two pieces of 1 KiB. */
const pieceTime = 20
