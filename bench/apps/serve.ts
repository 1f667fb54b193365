import { writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { Session } from 'node:inspector/promises'
import type { AddressInfo } from 'node:net'
import { type Answers, answer, cpuMicroseconds } from '../exchange.js'

/** Listens on a free local port, and answers the benchmark's questions and those in `more`. */
export function serve(listener: RequestListener, more: Answers = {}): void {
  const server = createServer(listener)
  const listening = new Promise<number>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(portOf(server.address())))
  })
  const session = new Session()
  answer({
    ...more,
    port: () => listening,
    cpu: cpuMicroseconds,
    async profile() {
      session.connect()
      await session.post('Profiler.enable')
      await session.post('Profiler.setSamplingInterval', { interval: 100 })
      await session.post('Profiler.start')
      return undefined
    },
    async profiled({ file }) {
      const { profile } = await session.post('Profiler.stop')
      session.disconnect()
      writeFileSync(file, JSON.stringify(profile))
      return undefined
    },
  })
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}
