import { readdirSync, readFileSync } from 'node:fs'

/**
 * Returns the CPU time that all threads of a process have used so far, in µs. It is what Linux counts for its scheduler, in
 * nanoseconds; the times of `/proc/<pid>/stat` have steps of 10 ms.
 *
 * @throws Error on other systems
 */
export function cpuOfProcess(pid: number): number {
  const tasks = `/proc/${pid}/task`
  let nanoseconds = 0
  for (const task of readdirSync(tasks)) {
    nanoseconds += Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ', 1)[0])
  }
  return nanoseconds / 1000
}
