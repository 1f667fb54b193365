import { randomBytes } from 'node:crypto'
import { Child } from './child.js'
import type { Taken } from './exchange.js'
import type { Cores } from './machine.js'
import { forge, type Visit, visit } from './scenarios.js'
import { type Spread, spreadOf } from './statistics.js'

/** The number of fresh servers of each app, and of timed uploads to each server. */
export interface UploadPlan {
  readonly starts: number
  readonly rounds: number
}

const MiB = 1024 * 1024
/** The sizes of one large upload, and of each of many at the same time, in bytes. */
const large = 256 * MiB
const medium = 16 * MiB
const together = 20

interface UploadApp {
  readonly id: string
  readonly name: string
  readonly script: string
  /** The status for a wrong token; undefined for an app that checks none. */
  readonly forgedStatus?: number
}

export const uploadApps: readonly UploadApp[] = [
  { id: 'u', name: 'node:http, busboy to disk; no protection', script: './apps/upload-busboy.js' },
  {
    id: 'm',
    name: 'Koa, router, @koa/multer to disk, token',
    script: './apps/upload-multer.js',
    forgedStatus: 403,
  },
  { id: 's', name: 'Koa, router, Sealform', script: './apps/upload-sealform.js', forgedStatus: 400 },
]

/** The measurements of one app. */
export interface UploadFigures {
  readonly app: UploadApp
  /** Of one large upload each, in the order of the rounds. */
  readonly seconds: number[]
  readonly cpu: number[]
  /** The peak of resident memory over that of an idle server, in bytes: one large upload, and many at the same time. */
  readonly largeMemory: number[]
  readonly manyMemory: number[]
  /** The cost of a forged upload when it was answered. */
  readonly forged: Taken[]
}

/**
 * Measures all apps, each in every round. Memory is measured with a server's first uploads, before its heap has grown.
 */
export async function measureUploads(
  plan: UploadPlan,
  cores: Cores,
  progress: (line: string) => void,
): Promise<readonly UploadFigures[]> {
  const all = uploadApps.map(
    (app): UploadFigures => ({ app, seconds: [], cpu: [], largeMemory: [], manyMemory: [], forged: [] }),
  )
  for (let start = 0; start < plan.starts; start++) {
    progress(`start ${start + 1} of ${plan.starts}: uploads`)
    const load = new Child('./upload-load.js', cores.load)
    const servers: UploadServer[] = []
    try {
      for (const { app } of all) servers.push(await UploadServer.start(app, cores, load))
      for (const [i, server] of servers.entries()) all[i]!.largeMemory.push(await server.memoryOf(large, 1))
      for (let round = 0; round < plan.rounds; round++) {
        const order = round % 2 === 0 ? [...servers.entries()] : [...servers.entries()].reverse()
        for (const [i, server] of order) {
          const { seconds, cpu } = await server.upload(large, 1)
          all[i]!.seconds.push(seconds)
          all[i]!.cpu.push(cpu)
        }
      }
    } finally {
      for (const { child } of servers) await child.stop()
    }
    try {
      for (const figures of all) {
        const server = await UploadServer.start(figures.app, cores, load)
        servers.push(server)
        figures.manyMemory.push(await server.memoryOf(medium, together))
        if (figures.app.forgedStatus !== undefined) figures.forged.push(await server.forged())
      }
    } finally {
      await Promise.all([load, ...servers.map(({ child }) => child)].map((child) => child.stop()))
    }
  }
  return all
}

/** Returns, for each round, the time for one large upload, divided by that of bare busboy. */
export function timeRatios(all: readonly UploadFigures[], id: string): number[] {
  const base = all.find(({ app }) => app.id === 'u')?.seconds ?? []
  const own = all.find(({ app }) => app.id === id)?.seconds ?? []
  return own.map((seconds, i) => seconds / (base[i] ?? Number.NaN))
}

export function inMiB(bytes: readonly number[]): Spread {
  return spreadOf(bytes.map((one) => one / MiB))
}

export class UploadServer {
  readonly child: Child
  readonly #app: UploadApp
  readonly #load: Child
  readonly #visit: Visit

  private constructor(app: UploadApp, { child, load }: { child: Child; load: Child }, from: Visit) {
    this.child = child
    this.#app = app
    this.#load = load
    this.#visit = from
  }

  static async start(app: UploadApp, cores: Cores, load: Child): Promise<UploadServer> {
    const child = new Child(app.script, cores.server, { SEALFORM_KEYS: randomBytes(32).toString('base64') })
    try {
      return new UploadServer(app, { child, load }, await visit(await child.ask('port', undefined)))
    } catch (error) {
      await child.stop()
      throw error
    }
  }

  async upload(bytes: number, uploads: number): Promise<{ seconds: number; cpu: number }> {
    const before = await this.child.ask('cpu', undefined)
    const { seconds } = await this.#send({ hidden: this.#visit.hidden, bytes, uploads, status: 303 })
    return { seconds, cpu: ((await this.child.ask('cpu', undefined)) - before) / 1e6 }
  }

  async memoryOf(bytes: number, uploads: number): Promise<number> {
    const rest = await this.child.ask('rest', undefined)
    await this.#send({ hidden: this.#visit.hidden, bytes, uploads, status: 303 })
    return (await this.child.ask('peak', undefined)) - rest
  }

  async forged(): Promise<Taken> {
    const hidden = this.#visit.hidden.map(
      ([name, value], i) => [name, i === 0 ? forge(value) : value] as const,
    )
    await this.#send({ hidden, bytes: large, uploads: 1, status: this.#app.forgedStatus ?? 0 })
    return this.child.ask('taken', undefined)
  }

  async #send({ hidden, bytes, uploads, status }: Sending): Promise<{ seconds: number }> {
    const { port } = this.#visit
    try {
      return await this.#load.ask('upload', {
        port,
        ...uploadOf(port, hidden, bytes),
        bytes,
        uploads,
        status,
      })
    } catch (error) {
      throw new Error(`(${this.#app.id}) an upload failed`, { cause: error })
    }
  }
}

interface Sending {
  readonly hidden: readonly (readonly [name: string, value: string])[]
  /** Of each upload. */
  readonly bytes: number
  readonly uploads: number
  readonly status: number
}

const boundary = '----WebKitFormBoundarySeX3bYc0Ra9pQm1t'

/** Returns the request around the content of a file, as Chromium sends it. */
function uploadOf(
  port: number,
  hidden: readonly (readonly [name: string, value: string])[],
  bytes: number,
): { before: string; after: string } {
  const fields = [...hidden, ['title', 'Holidays'] as const].map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  const file = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="film.mp4"\r\nContent-Type: video/mp4\r\n\r\n`
  const start = `${fields.join('')}${file}`
  const after = `\r\n--${boundary}--\r\n`
  const head = [
    'POST /form HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    `Origin: http://127.0.0.1:${port}`,
    'Sec-Fetch-Site: same-origin',
    `Content-Type: multipart/form-data; boundary=${boundary}`,
    `Content-Length: ${start.length + bytes + after.length}`,
  ]
  return { before: `${head.join('\r\n')}\r\n\r\n${start}`, after }
}
