import { lookup } from 'node:dns/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

interface ListenOptions {
  /** Used when the environment does not set PORT. 0 is any free one. */
  readonly port: number
  /** The command that starts the program, for the advice. */
  readonly command: string
  /** Milliseconds. @default that of Node */
  readonly requestTimeout?: number
}

/**
 * Listens on all addresses of localhost: 127.0.0.1, ::1 or both. A client may use any of them. Ends the process with a word of advice
 * when it cannot.
 *
 * @returns the address to open
 */
export async function listenOnLocalhost(listener: RequestListener, options: ListenOptions): Promise<string> {
  const port = readPort(process.env.PORT ?? String(options.port))
  const listen = (on: number, address: string): Promise<AddressInfo> => {
    const { requestTimeout } = options
    const server: Server = createServer(requestTimeout === undefined ? {} : { requestTimeout }, listener)
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(on, address, () => resolve(server.address() as AddressInfo))
    })
  }
  try {
    const [first, ...others] = await lookup('localhost', { all: true })
    if (!first) throw new Error('This machine has no address for localhost.')
    const main = await listen(port, first.address)
    await Promise.all(others.map(({ address }) => listen(main.port, address).catch(skipMissingAddress)))
    return `http://localhost:${main.port}`
  } catch (error) {
    return fail(isPortUsed(error) ? portUsed(port, options.command) : String(error))
  }
}

/**
 * Ignores the error of an address that this machine does not have. A hosts file can name ::1 where IPv6 is switched
 * off.
 */
function skipMissingAddress(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'EADDRNOTAVAIL' && error.code !== 'EAFNOSUPPORT') throw error
}

function readPort(text: string): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  return number <= 65535 ? number : fail(`PORT is ${JSON.stringify(text)}. Give a number from 0 to 65535.`)
}

function isPortUsed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}

function portUsed(number: number, command: string): string {
  return `Port ${number} is in use by another program. Stop that one, or choose another port: PORT=${number + 1} ${command}`
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
