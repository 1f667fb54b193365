import type { ServerResponse } from 'node:http'

/** Whether nobody is there any more to take an answer that is not complete. */
export function hasLeft(res: ServerResponse): boolean {
  if (res.closed || res.destroyed) return true
  // Node's responses of HTTP/2 have neither, and call themselves finished when their stream is gone.
  return res.writableFinished && !res.writableEnded
}

/** Whether all of an answer has been handed over. */
export function isTaken(res: ServerResponse): boolean {
  return res.writableEnded && res.writableFinished
}

/** Calls `tell` when the visitor leaves before the answer is complete, or has left. */
export function whenLeft(res: ServerResponse, tell: () => void): void {
  if (hasLeft(res)) tell()
  else res.once('close', () => isTaken(res) || tell())
}
