import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Cores } from './machine.js'

/** What an app imports before it does anything, without Sealform and with it. */
interface StartApp {
  readonly id: string
  readonly alone: readonly string[]
  readonly together: readonly string[]
}

export const startApps: readonly StartApp[] = [
  { id: 'koa', alone: ['koa'], together: ['koa', 'sealform/koa'] },
  { id: 'express', alone: ['express'], together: ['express', 'sealform/express'] },
  { id: 'node:http', alone: ['node:http'], together: ['node:http', 'sealform/node'] },
]

/** What one process took from its start to its end. */
interface Start {
  /** User and system time of all its threads, in ms. */
  readonly cpu: number
  /** The most memory that was resident, in bytes. */
  readonly memory: number
}

/** What was measured of one app; the two lists go pair by pair. */
export interface StartFigures {
  readonly app: StartApp
  readonly alone: Start[]
  readonly together: Start[]
}

/** Starts processes one after the other, in pairs whose order turns round. */
export async function measureStart(
  pairs: number,
  cores: Cores,
  progress: (line: string) => void,
): Promise<readonly StartFigures[]> {
  const all = startApps.map((app): StartFigures => ({ app, alone: [], together: [] }))
  for (const { app, alone, together } of all) {
    progress(`start of ${app.id}: ${pairs} pairs`)
    // The first process of each kind fills the caches of the file system.
    for (let pair = -1; pair < pairs; pair++) {
      const order = [
        [app.alone, alone],
        [app.together, together],
      ] as const
      for (const [imports, starts] of pair % 2 === 0 ? order : order.toReversed()) {
        const start = await startProcess(imports, cores)
        if (pair >= 0) starts.push(start)
      }
    }
  }
  return all
}

/** Pair by pair, the CPU time with Sealform over that without. */
export function cpuRatios({ alone, together }: StartFigures): number[] {
  return together.map(({ cpu }, i) => cpu / (alone[i]?.cpu ?? Number.NaN))
}

/** In the folder of this repository, so that `sealform/koa` is what the package holds. */
const folder = fileURLToPath(new URL('../../', import.meta.url))

const tellUsage = "process.once('exit', () => process.stdout.write(JSON.stringify(process.resourceUsage())))"

async function startProcess(imports: readonly string[], { server }: Cores): Promise<Start> {
  const program = [...imports.map((name) => `import '${name}'`), tellUsage].join('\n')
  const command = [process.execPath, '--input-type=module', '--eval', program]
  if (server !== undefined) command.unshift('taskset', '-c', String(server))
  const [file = '', ...rest] = command
  const env = { PATH: process.env.PATH, NODE_ENV: 'production' }
  const { stdout } = await promisify(execFile)(file, rest, { cwd: folder, env })
  const usage: NodeJS.ResourceUsage = JSON.parse(stdout)
  return { cpu: (usage.userCPUTime + usage.systemCPUTime) / 1000, memory: usage.maxRSS * 1024 }
}
