import type { IncomingMessage, ServerResponse } from 'node:http'
import { Flow } from './flow.js'

/** The most bytes and milliseconds for reading the rest of a refused body. */
const drainBytes = 1024 * 1024
const drainTime = 1000
const lookEvery = 50

/**
 * Reads and discards the rest of a refused body after the answer is written. Some clients send the whole body before
 * they read, and need this to get the answer. When the body ends, the connection stays usable. When it does not end
 * within one megabyte and one second, the socket is destroyed.
 *
 * `Connection: close` is not enough: Node then destroys the socket when the answer is flushed, and a client that still
 * sends gets a reset instead of the answer.
 */
export function drainAfterAnswer(req: IncomingMessage, res: ServerResponse): void {
  if (req.complete && req.readableLength === 0) return
  const { socket } = req
  const flow = new Flow(req)
  let taken = 0
  let deadline: NodeJS.Timeout | undefined
  // When the client does not read yet, a long answer is flushed only if the body is read at the same time. So poll
  // `writableEnded` instead of waiting for 'finish' alone.
  const look = setInterval(() => res.writableEnded && drain(), lookEvery).unref()
  res.once('finish', drain)
  req.once('end', release)
  req.on('error', ignore)
  socket.once('close', release)
  // After the answer, Node reads the body of an unread request without limit. `read(0)` marks the request as read.
  req.read(0)
  if (res.writableEnded) drain()

  function drain(): void {
    if (deadline) return
    clearInterval(look)
    deadline = setTimeout(cut, drainTime).unref()
    req.on('data', discard)
    flow.resume()
  }

  function discard(chunk: Buffer): void {
    taken += chunk.length
    if (taken < drainBytes) return
    // Stop reading. The answer may still be on its way, so the socket stays open until the deadline.
    flow.pause()
    req.off('data', discard)
  }

  function cut(): void {
    release()
    socket.destroy()
  }

  function release(): void {
    clearInterval(look)
    clearTimeout(deadline)
    res.off('finish', drain)
    req.off('end', release)
    flow.release()
    req.off('data', discard)
    socket.off('close', release)
  }
}

function ignore(): void {}
