import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Ports that no system gives to `listen(0)` or to a connection: those begin at 32768 on Linux, and at 49152 elsewhere. Otherwise
 * a server of another test could answer before the program does that the port is for.
 */
const lowest = 15_000
const highest = 32_000

/**
 * Returns a free port of 127.0.0.1, for a program that cannot choose one itself. It is the caller's until its process ends, also
 * while the program is stopped and started again.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest)
    if ((await isFree(port)) && (await lease(port))) return port
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

/**
 * Takes the UDP port of the same number, which none of the programs uses, so that no other test process gets the port. The
 * system gives it back when this process ends, however it does.
 */
async function lease(port: number): Promise<boolean> {
  const socket = createSocket('udp4').unref()
  try {
    await once(socket.bind({ port, address: '127.0.0.1', exclusive: true }), 'listening')
    return true
  } catch {
    socket.close()
    return false
  }
}
