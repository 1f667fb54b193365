import { lookup } from 'node:dns/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTour, type TourApp } from './app.js'

/**
 * Milliseconds. Node's default of five minutes is too short for a gigabyte. Sealform limits how long a body may pause.
 */
const longestRequest = 60 * 60 * 1000

const port = readPort(process.env.PORT)
try {
  const [first] = await listenOnLocalhost(createTour({ development: true }), port)
  console.log(`The tour of Sealform is ready: http://localhost:${first.port}`)
} catch (error) {
  fail(isPortUsed(error) ? portUsed(port) : String(error))
}

/** Listens on all addresses of localhost: 127.0.0.1, ::1 or both. A client may use any of them. */
async function listenOnLocalhost(app: TourApp, wanted: number): Promise<[AddressInfo, ...AddressInfo[]]> {
  const [first, ...others] = await lookup('localhost', { all: true })
  if (!first) throw new Error('This machine has no address for localhost.')
  const main = await listen(app, wanted, first.address)
  const more = others.map(({ address }) => listen(app, main.port, address).catch(skipMissingAddress))
  return [main, ...(await Promise.all(more)).filter((info) => info !== undefined)]
}

function listen(app: TourApp, on: number, address: string): Promise<AddressInfo> {
  const server: Server = createServer({ requestTimeout: longestRequest }, app.callback())
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(on, address, () => resolve(server.address() as AddressInfo))
  })
}

/**
 * Ignores the error of an address that this machine does not have. A hosts file can name ::1 where IPv6 is switched
 * off.
 */
function skipMissingAddress(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'EADDRNOTAVAIL' && error.code !== 'EAFNOSUPPORT') throw error
}

function readPort(text = '3000'): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  return number <= 65535 ? number : fail(`PORT is ${JSON.stringify(text)}. Give a number from 0 to 65535.`)
}

function isPortUsed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}

function portUsed(number: number): string {
  return `Port ${number} is in use by another program. Stop that one, or choose another port: PORT=${number + 1} npm start`
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
