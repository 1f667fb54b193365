import type { ServerResponse } from 'node:http'

/** The error code INTERNAL_ERROR of HTTP/2 (RFC 9113, section 7). */
const internalError = 2

/** Closes the connection, or the stream of HTTP/2, so that the client knows that the answer is incomplete. */
export function cutAnswer(res: ServerResponse): void {
  const stream: unknown = Reflect.get(res, 'stream')
  // Without a code, a stream of HTTP/2 ends as if it were complete.
  if (isHttp2Stream(stream)) stream.close(internalError)
  else res.destroy()
}

function isHttp2Stream(stream: unknown): stream is { close(code: number): void } {
  return typeof stream === 'object' && stream !== null && 'close' in stream && 'rstCode' in stream
}
