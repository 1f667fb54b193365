import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { arch, availableParallelism, cpus, loadavg, release, type } from 'node:os'

export interface Cores {
  /** The core that servers run on, and the one of the load generator; undefined when nothing can be pinned. */
  readonly server: number | undefined
  readonly load: number | undefined
  /** How it was decided, for the report. */
  readonly words: string
}

/** Servers on the first core that this process may use, load on the last: never two threads of one core where there is a choice. */
export function chooseCores(): Cores {
  const allowed = allowedCores()
  const server = allowed[0]
  const load = allowed.at(-1)
  if (server === undefined || !hasTaskset()) {
    return { server: undefined, load: undefined, words: 'not pinned to cores (no `taskset` here)' }
  }
  if (server === load) {
    return { server: undefined, load: undefined, words: 'not pinned: only one core, shared with the load' }
  }
  return { server, load, words: `server on core ${server}, load generator on core ${load}` }
}

export function describeMachine(cores: Cores): string[] {
  return [
    `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${availableParallelism()} cores, ${type()} ${release()} ${arch()}`,
    `Node ${process.versions.node}`,
    `${cores.words}; load average at the start ${loadavg()[0]?.toFixed(2)}`,
  ]
}

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** From Linux's own list, such as `0-3,8`; empty elsewhere. */
function allowedCores(): number[] {
  let status: string
  try {
    status = readFileSync('/proc/self/status', 'utf8')
  } catch {
    return []
  }
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? ''
  return list.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 || 0 }, (_, i) => first + i)
  })
}
