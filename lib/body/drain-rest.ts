import type { IncomingMessage, ServerResponse } from 'node:http'

/** ByteBuffer and milliseconds for which the rest of a refused body is taken. */
const drainBytes = 1024 * 1024
const drainTime = 1000
const lookEvery = 50

/**
 * After a refusal that left the body unread: goes on taking the body once the answer is written, so that a client
 * which sends everything before it reads still gets the answer. A body that ends leaves the connection usable;
 * one that does not, within a megabyte and a second, is cut off.
 *
 * `Connection: close` would not do: Node then destroys the socket as soon as the answer is flushed, and a client that is still sending
 * gets a reset in place of the answer.
 */
export function drainAfterAnswer(req: IncomingMessage, res: ServerResponse): void {
  if (req.complete && req.readableLength === 0) return
  const { socket } = req
  let taken = 0
  let deadline: NodeJS.Timeout | undefined
  // A long answer to a client that does not read yet is never flushed unless the body is taken meanwhile:
  // so look whether it is written, and do not only wait for 'finish'.
  const look = setInterval(() => res.writableEnded && drain(), lookEvery).unref()
  res.once('finish', drain)
  req.once('end', release)
  req.on('error', ignore)
  socket.once('close', release)
  // Node takes the body of a request that nobody has read without end, once it is answered; this counts as reading.
  req.read(0)
  if (res.writableEnded) drain()

  function drain(): void {
    if (deadline) return
    clearInterval(look)
    deadline = setTimeout(cut, drainTime).unref()
    req.on('data', discard)
    req.resume()
  }

  function discard(chunk: Buffer): void {
    taken += chunk.length
    if (taken < drainBytes) return
    // No more is taken, but what was answered may still be on its way: the socket stays until the time is up.
    req.pause()
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
    req.off('data', discard)
    socket.off('close', release)
  }
}

function ignore(): void {}
