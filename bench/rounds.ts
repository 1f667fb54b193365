import { randomBytes } from 'node:crypto'
import type { App } from './apps.js'
import { Child } from './child.js'
import type { LatencyRun, Run } from './exchange.js'
import type { Cores } from './machine.js'
import { checkAnswer, requestOf, type Scenario, unfinished, type Visit, visit } from './scenarios.js'

export interface Plan {
  /** How often all servers are started. */
  readonly starts: number
  /** Rounds per start; in each, every app has one turn. */
  readonly rounds: number
  readonly turnSeconds: number
  /** The unmeasured load before each turn. */
  readonly leadInSeconds: number
  /** The warm-up before the rounds: a number of requests for each server and scenario, or a time if that ends first. */
  readonly warmUpRequests: number
  readonly warmUpSeconds: number
  readonly connections: number
}

/** One turn of one app. */
export interface Sample {
  readonly app: App
  readonly scenario: Scenario
  /** The number of the round. Samples of one round are close in time, so ratios are taken within a round. */
  readonly round: number
  readonly requestsPerSecond: number
  /** CPU time of the server process per request, in µs. */
  readonly cpuPerRequest: number
  /** The length of an answer, in bytes. */
  readonly bytes: number
  /** The share of the turn in which the server ran on its core. */
  readonly serverBusy: number
}

/**
 * Connections with bodies of 1 MB. With more of them at the same time, the caches of the processor decide how long a server
 * takes, and one that waits for its turn with half a body cuts the connection.
 */
const largeConnections = 8

/** A turn has at least 600 requests, or fewer where each takes long. */
const leastRequests: Partial<Record<Scenario, number>> = { 'forged-large': 50, rows: 60, react: 200 }

/** How rounds are run. */
export interface Setting {
  readonly plan: Plan
  readonly cores: Cores
  /** Told what is measured next. */
  progress(line: string): void
}

/**
 * Runs each scenario in interleaved rounds over its apps. They share a core, so each app is paused when it is not its
 * turn. Otherwise one app would collect its garbage during the turn of the next.
 */
export async function runRounds(
  apps: readonly App[],
  scenarios: readonly Scenario[],
  { plan, cores, progress }: Setting,
): Promise<Sample[]> {
  const { connections } = plan
  const samples: Sample[] = []
  for (let start = 0; start < plan.starts; start++) {
    const load = new Child('./load.js', cores.load)
    const servers: Server[] = []
    try {
      for (const app of apps) {
        const server = await Server.start(app, cores)
        servers.push(server)
        server.child.pause()
      }
      for (const scenario of scenarios) {
        const taking = servers.filter(({ app }) => app.scenarios.includes(scenario))
        if (taking.length === 0) continue
        const who = taking.map(({ app }) => app.id).join(', ')
        progress(`${who}: start ${start + 1} of ${plan.starts}: ${scenario}`)
        for (const server of taking) {
          server.child.resume()
          const { warmUpSeconds: seconds, warmUpRequests: maxRequests } = plan
          await server.turn(load, { scenario, connections, seconds, maxRequests })
          server.child.pause()
        }
        for (let i = 0; i < plan.rounds; i++) {
          const round = start * plan.rounds + i
          for (const server of orderOf(taking, round)) {
            server.child.resume()
            await server.turn(load, { scenario, connections, seconds: plan.leadInSeconds })
            const turn = await server.turn(load, { scenario, connections, seconds: plan.turnSeconds })
            server.child.pause()
            samples.push({ app: server.app, scenario, round, ...turn })
          }
        }
      }
    } finally {
      await Promise.all([load, ...servers.map((server) => server.child)].map((child) => child.stop()))
    }
  }
  return samples
}

/** An app in its own process, whose page has been visited. */
export class Server {
  readonly app: App
  readonly child: Child
  readonly #visit: Visit

  private constructor(app: App, child: Child, from: Visit) {
    this.app = app
    this.child = child
    this.#visit = from
  }

  static async start(app: App, cores: Cores): Promise<Server> {
    const keys = randomBytes(32).toString('base64')
    const child = new Child(app.script, cores.server, { SEALFORM_KEYS: keys, ...app.env })
    try {
      return new Server(app, child, await visit(await child.ask('port', undefined)))
    } catch (error) {
      await child.stop()
      throw error
    }
  }

  get port(): number {
    return this.#visit.port
  }

  /** The beginning of a multipart form whose last field does not end. */
  beginUpload(): string {
    return unfinished(this.#visit)
  }

  /** Sends redirecting submissions at a rate, on as many connections as it takes. */
  async paced(load: Child, { rate, seconds }: PacedPlan): Promise<LatencyRun> {
    const { request, status } = requestOf('redirect', this.app, this.#visit)
    const maxRequests = Math.ceil(rate * seconds)
    const job = { port: this.port, connections: 128, request, status, seconds, minRequests: 0, maxRequests }
    await load.ask('connect', job)
    return load.ask('paced', { rate })
  }

  /** Puts load on the server for some seconds. CPU time counts from the first request to the last answer. */
  async turn(
    load: Child,
    { scenario, connections, seconds, query = '', maxRequests = 1_000_000 }: TurnPlan,
  ): Promise<Turn> {
    const { request: plain, status } = requestOf(scenario, this.app, this.#visit)
    const request = query === '' ? plain : plain.replace(' HTTP/1.1', `${query} HTTP/1.1`)
    const most = scenario === 'forged-large' ? largeConnections : connections
    const { port } = this.#visit
    const minRequests = Math.min(maxRequests, leastRequests[scenario] ?? 600)
    const job = { port, connections: most, request, status, seconds, minRequests, maxRequests }
    try {
      await load.ask('connect', job)
      const before = await this.child.ask('cpu', undefined)
      const run = await load.ask('run', undefined)
      const cpu = (await this.child.ask('cpu', undefined)) - before
      checkAnswer(scenario, run.first)
      return turnOf(run, cpu)
    } catch (error) {
      throw new Error(`(${this.app.id}) ${scenario} failed`, { cause: error })
    }
  }
}

/** Requests that are sent whether or not earlier ones are answered. */
interface PacedPlan {
  /** Requests per second. */
  readonly rate: number
  readonly seconds: number
}

interface TurnPlan {
  readonly scenario: Scenario
  readonly connections: number
  readonly seconds: number
  /** The query string of the request. @default none */
  readonly query?: string
  readonly maxRequests?: number
}

type Turn = Omit<Sample, 'app' | 'scenario' | 'round'>

function turnOf(run: Run, cpu: number): Turn {
  return {
    requestsPerSecond: run.requests / run.seconds,
    cpuPerRequest: cpu / run.requests,
    bytes: run.first.length,
    serverBusy: cpu / (run.seconds * 1e6),
  }
}

/**
 * Returns the order of a round: rotated, and every second round backwards. So each app has changing places and
 * neighbours.
 */
function orderOf<T>(list: readonly T[], round: number): T[] {
  const first = round % list.length
  const rotated = [...list.slice(first), ...list.slice(0, first)]
  return round % 2 === 0 ? rotated : rotated.reverse()
}
