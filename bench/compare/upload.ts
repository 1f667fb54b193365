import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { spreadOf } from '../statistics.js'
import type { PeerServer } from './server.js'
import { typed } from './typed.js'
import { Visitor } from './visitor.js'

/** 20 MB where the apps allow 1 MB. */
export const largeFile = new File([Buffer.alloc(20_000_000, 'The same line again.\n')], 'large.txt', {
  type: 'text/plain',
})

const piece = 65_536

/** The bytes of a file that is too large which a server has read when its answer begins: the median of three. */
export async function bytesTaken(server: PeerServer): Promise<number> {
  const tries: number[] = []
  while (tries.length < 3) tries.push(await countTaken(server))
  return spreadOf(tries).median
}

async function countTaken(server: PeerServer): Promise<number> {
  const visitor = new Visitor(server.origin)
  const form = await visitor.form('/upload')
  const { title, note } = typed
  // What a server loads when the first upload comes is not counted.
  await visitor.post(await form.fill({ title: '', note, file: new File(['small'], 'small.txt') }))
  const { url, type, body } = await (await visitor.form('/upload')).fill({ title, note, file: largeFile })
  const { hostname, port, pathname, search } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  let ended = false
  const end = () => {
    ended = true
  }
  for (const event of ['data', 'end', 'close', 'error']) socket.once(event, end)
  const headers = { host: `${hostname}:${port}`, ...visitor.postHeaders(type, body.length) }
  const head = Object.entries(headers).map((pair) => pair.join(': '))
  const before = server.read()
  socket.write(`${[`POST ${pathname}${search} HTTP/1.1`, ...head].join('\r\n')}\r\n\r\n`)
  for (let sent = 0; sent < body.length && !ended; sent += piece) {
    socket.write(body.subarray(sent, sent + piece))
    await isRead(server, before + sent, () => ended)
  }
  while (!ended) await wait(1)
  const taken = server.read() - before
  socket.destroy()
  return Math.min(taken, body.length)
}

/** Waits until the server has read what was sent before this piece, as long as it goes on reading. */
async function isRead(server: PeerServer, bytes: number, ended: () => boolean): Promise<void> {
  for (let tries = 0; tries < 20 && !ended() && server.read() < bytes; tries++) await wait(1)
}
