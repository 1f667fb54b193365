import { once } from 'node:events'
import { createServer } from 'node:net'

/** Returns free ports of 127.0.0.1, for programs that cannot choose them themselves. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  return Promise.all(
    servers.map(async (server) => {
      const address = server.address()
      server.close()
      await once(server, 'close')
      if (address === null || typeof address === 'string') throw new Error('The server has no port.')
      return address.port
    }),
  )
}
