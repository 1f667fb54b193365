import { connect, type Socket } from 'node:net'
import { cpus } from 'node:os'
import { performance } from 'node:perf_hooks'
import { answer, cpuMicroseconds, type Job, type LatencyRun, type Run } from './exchange.js'

/**
 * A load generator for one prepared request: raw sockets with keep-alive, one request at a time on each,
 * and every answer's status and length checked. It has to be cheaper than the fastest server it drives,
 * which rules out `http.request` and `fetch`.
 */
let opened: Opened | undefined

interface Opened {
  readonly job: Job
  readonly sockets: readonly LoadSocket[]
}

answer({
  cpu: cpuMicroseconds,
  async connect(job) {
    const sockets = Array.from({ length: job.connections }, () => new LoadSocket(job))
    await Promise.all(sockets.map((socket) => socket.open()))
    opened = { job, sockets }
    return undefined
  },
  async run() {
    if (!opened) throw new Error('connect comes before run')
    const { job, sockets } = opened
    opened = undefined
    return runJob(job, sockets)
  },
  async paced({ rate }) {
    if (!opened) throw new Error('connect comes before paced')
    const run = opened
    opened = undefined
    return runPaced(run, rate)
  },
})

/**
 * Sends the requests of a job at even intervals. Each is timed from the moment at which it was due, so that one that has to
 * wait for a free connection counts with its waiting.
 */
async function runPaced({ job, sockets }: Opened, rate: number): Promise<LatencyRun> {
  const start = performance.now()
  const interval = 1000 / rate
  const free = [...sockets]
  const times: number[] = []
  await new Promise<void>((resolve) => {
    let due = 0
    const look = () => {
      const now = performance.now()
      while (due < job.maxRequests && free.length > 0 && start + due * interval <= now) {
        const socket = free.pop()!
        const dueAt = start + due++ * interval
        socket.sendOnce(() => {
          times.push(Math.round((performance.now() - dueAt) * 1000))
          free.push(socket)
          if (times.length === job.maxRequests) resolve()
        })
      }
      if (due < job.maxRequests) setImmediate(look)
    }
    look()
  })
  for (const socket of sockets) socket.close()
  return { microseconds: times }
}

async function runJob(job: Job, sockets: readonly LoadSocket[]): Promise<Run> {
  const start = performance.now()
  const deadline = start + job.seconds * 1000
  const patience = start + job.seconds * 1000 * 20
  let sent = 0
  const mayGoOn = () => {
    const now = performance.now()
    const has = now < deadline || (sent < job.minRequests && now < patience)
    return has && sent < job.maxRequests && ++sent > 0
  }

  const stuck = setTimeout(
    () => {
      throw new Error(`answers are missing ${job.seconds * 20 + 10} s after the start`)
    },
    (job.seconds * 20 + 10) * 1000,
  )
  const rest = stayAwake()
  await Promise.all(sockets.map((socket) => socket.sendWhile(mayGoOn)))
  rest()
  clearTimeout(stuck)

  const seconds = (performance.now() - start) / 1000
  const requests = sockets.reduce((sum, socket) => sum + socket.answered, 0)
  const first = sockets.find((socket) => socket.first !== '')?.first ?? ''
  for (const socket of sockets) socket.close()
  return { requests, seconds, first }
}

/**
 * Keeps this core awake. Writing to a process that sleeps on another core costs the writer several µs, most of all on
 * virtual machines. The generator waits for slow servers, so they would pay this for each answer, and fast ones never.
 *
 * @returns a function that stops it
 */
function stayAwake(): () => void {
  let awake = cpus().length > 1
  const look = () => {
    if (awake) setImmediate(look)
  }
  look()
  return () => {
    awake = false
  }
}

const endOfHead = '\r\n\r\n'
const contentLength = /\r\ncontent-length: *(\d+)\r\n/i
const connectionClose = /\r\nconnection: *close\r\n/i

class LoadSocket {
  answered = 0
  first = ''
  readonly #job: Job
  readonly #request: Buffer
  readonly #statusLine: string
  #socket: Socket | undefined
  #unread = ''
  #mayGoOn: () => boolean = () => false
  #finished: () => void = () => {}

  constructor(job: Job) {
    this.#job = job
    this.#request = Buffer.from(job.request, 'latin1')
    this.#statusLine = `HTTP/1.1 ${job.status} `
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const buffer = Buffer.allocUnsafe(64 * 1024)
      const callback = (length: number): boolean => {
        this.#receive(buffer.toString('latin1', 0, length))
        return true
      }
      const socket = connect({ host: '127.0.0.1', port: this.#job.port, onread: { buffer, callback } })
      socket.setNoDelay(true)
      socket.once('connect', resolve)
      socket.once('error', reject)
      socket.once('close', () => {
        if (this.#socket === socket) throw new Error('the server closed a connection without saying so')
      })
      this.#socket = socket
    })
  }

  sendWhile(mayGoOn: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#mayGoOn = mayGoOn
      this.#finished = resolve
      this.#next()
    })
  }

  /** Sends one request, and calls `answered` after its answer. */
  sendOnce(answered: () => void): void {
    let sent = false
    this.#mayGoOn = () => {
      const may = !sent
      sent = true
      return may
    }
    this.#finished = answered
    this.#next()
  }

  close(): void {
    const socket = this.#socket
    this.#socket = undefined
    socket?.destroy()
  }

  #next(): void {
    if (this.#mayGoOn()) this.#socket?.write(this.#request)
    else this.#finished()
  }

  #receive(text: string): void {
    const answer = this.#unread === '' ? text : this.#unread + text
    if (answer.length >= this.#statusLine.length && !answer.startsWith(this.#statusLine)) this.#refuse(answer)
    const length = completeLength(answer)
    if (length === undefined) {
      this.#unread = answer
      return
    }
    this.#unread = ''
    if (answer.length !== length) this.#refuse(answer)
    this.first ||= answer
    this.answered++
    if (connectionClose.test(answer.slice(0, answer.indexOf(endOfHead) + 2))) this.#reopen()
    else this.#next()
  }

  #refuse(answer: string): never {
    throw new Error(`expected one answer with status ${this.#job.status}, got:\n${answer.slice(0, 2000)}`)
  }

  #reopen(): void {
    this.close()
    this.open().then(() => this.#next())
  }
}

/** Returns the length of an answer, or undefined while its head or body is incomplete. */
function completeLength(answer: string): number | undefined {
  const head = answer.indexOf(endOfHead)
  if (head === -1) return undefined
  const length = contentLength.exec(answer.slice(0, head + 2))?.[1]
  if (length === undefined) throw new Error(`an answer without Content-Length:\n${answer.slice(0, head)}`)
  const total = head + endOfHead.length + Number(length)
  return answer.length < total ? undefined : total
}
