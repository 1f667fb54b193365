import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { arch, availableParallelism, cpus, loadavg, release, type } from 'node:os'

export interface Cores {
  /** The core of the servers, and that of the load generator; undefined when processes cannot be pinned. */
  readonly server: number | undefined
  readonly load: number | undefined
  /** The reason for the choice, for the report. */
  readonly words: string
}

/**
 * Chooses the first usable core for servers and the last for load. So they do not share a physical core, where
 * possible.
 */
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

/** Reads Linux's list of usable cores, such as `0-3,8`. Returns an empty list elsewhere. */
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
