import type { ServerResponse } from 'node:http'

/** Says whether the visitor has closed the connection before the answer was complete. */
export function hasLeft(res: ServerResponse): boolean {
  if (res.closed || res.destroyed) return true
  // HTTP/2 responses of Node have neither property. They report `writableFinished` when their stream is destroyed.
  return res.writableFinished && !res.writableEnded
}

/** Says whether the whole answer has been handed to the operating system. */
export function isTaken(res: ServerResponse): boolean {
  return res.writableEnded && res.writableFinished
}

/** Calls `onLeft` when the visitor leaves before the answer is complete; at once when the visitor has left already. */
export function whenLeft(res: ServerResponse, onLeft: () => void): void {
  if (hasLeft(res)) onLeft()
  else res.once('close', () => isTaken(res) || onLeft())
}
