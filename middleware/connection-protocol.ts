import type { IncomingMessage } from 'node:http'

/** Returns the protocol of the connection that the request came by. */
export function connectionProtocol({ socket }: IncomingMessage): 'http' | 'https' {
  return 'encrypted' in socket && socket.encrypted ? 'https' : 'http'
}
