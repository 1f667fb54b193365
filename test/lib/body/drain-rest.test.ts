import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { drainAfterAnswer } from '../../../lib/body/drain-rest.js'

type Answer = (req: IncomingMessage, res: ServerResponse) => void

async function withServer(
  answer: Answer,
  run: (port: number, taken: () => number) => Promise<void>,
): Promise<void> {
  let socket: Socket | undefined
  const server = createServer((req, res) => {
    socket = req.socket
    drainAfterAnswer(req, res)
    answer(req, res)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    await run((server.address() as AddressInfo).port, () => socket?.bytesRead ?? 0)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

function head(length: number): string {
  return `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`
}

/** Writes everything before it reads a byte, as simple clients do. */
async function sendAllThenRead(
  port: number,
  length: number,
  enough: (answer: string) => boolean,
): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.pause()
  await new Promise<void>((resolve) => {
    socket.write(head(length))
    socket.write(Buffer.alloc(length, 'x'), () => resolve())
    socket.once('close', () => resolve())
  })
  let answer = ''
  for await (const chunk of socket) {
    answer += chunk
    if (enough(answer)) break
  }
  return answer
}

test('delivers the whole answer, even a long one, to a client that sends a megabyte before it reads', async () => {
  const page = 'p'.repeat(6_000_000)
  await withServer(
    (_req, res) => res.writeHead(413, { 'Content-Length': page.length }).end(page),
    async (port) => {
      const answer = await sendAllThenRead(port, 1024 * 1024 - 1, (text) => text.length > page.length)
      assert.match(answer, /^HTTP\/1\.1 413 /)
      assert.ok(answer.endsWith(page))
    },
  )
})

test('keeps the connection usable when the body ends', async () => {
  await withServer(
    (_req, res) => res.writeHead(400).end('no'),
    async (port) => {
      const socket = connect(port, '127.0.0.1')
      let answer = ''
      socket.on('data', (chunk) => {
        answer += chunk
      })
      for (let i = 1; i <= 3; i++) {
        socket.write(head(200_000))
        socket.write(Buffer.alloc(200_000))
        while (answer.split('HTTP/1.1 400').length <= i) await once(socket, 'data')
      }
      // Long enough for a forgotten timer to cut the connection.
      await new Promise((resolve) => setTimeout(resolve, 1200))
      assert.equal(socket.destroyed, false)
      socket.write(`${head(2)}xx`)
      await once(socket, 'data')
      socket.destroy()
    },
  )
})

test('reads a megabyte of an endless body, and then cuts the connection', async () => {
  await withServer(
    (_req, res) => res.writeHead(413).end('too large'),
    async (port, taken) => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      let answer = ''
      socket.on('data', (chunk) => {
        answer += chunk
      })
      socket.write(head(64 * 1024 * 1024))
      socket.write(Buffer.alloc(64 * 1024 * 1024))
      await new Promise((resolve) => socket.once('close', resolve))
      assert.ok(answer.startsWith('HTTP/1.1 413') && answer.includes('too large'))
      assert.ok(taken() < 1024 * 1024 + 4 * 65_536, `${taken()} bytes`)
    },
  )
})

test('cuts a client that stops sending after a second', async () => {
  await withServer(
    (_req, res) => res.writeHead(400).end('no'),
    async (port) => {
      const socket = connect(port, '127.0.0.1')
      socket.on('data', () => {})
      const started = performance.now()
      socket.write(`${head(1000)}x`)
      await once(socket, 'close')
      const time = performance.now() - started
      assert.ok(time > 900, `${time} ms`)
    },
  )
})
