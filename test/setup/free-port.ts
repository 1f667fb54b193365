import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Ports that no system gives to `listen(0)` or to a connection: those begin at 32768 on Linux, and at 49152 elsewhere. Otherwise
 * a server of another test could answer before the program does that the port is for.
 */
const lowest = 15_000
const highest = 32_000

/** Those that this process has given out. The program may not have taken its port yet. */
const given = new Set<number>()

/** Returns a free port of 127.0.0.1, for a program that cannot choose one itself. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest)
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
