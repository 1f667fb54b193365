import type { IncomingMessage } from 'node:http'
import { answerHeaders } from '../base/wire-names.js'
import { adaptReply, type ClientHeaders, isWebAddress, type Reply } from './adapt-reply.js'
import { askedFormat } from './asked-format.js'
import { type ClientRow, clientOf } from './client-table.js'
import { isSamePage } from './is-same-page.js'

type Place = Parameters<typeof isSamePage>[1] & { readonly req: Pick<IncomingMessage, 'headers'> }

/** Returns a redirect as a client takes it: told by a header where the client would follow in silence. */
export function redirectFor(client: ClientRow, location: string, host: Place): Reply {
  // A script that goes to another part of its page does not load it again.
  const here = client.redirect !== undefined && isSamePage(location, host)
  const to = here ? location.split('#', 1)[0] || host.url : location
  return adaptReply(client, { kind: 'redirect', location: to }, host.req.headers)
}

/** Returns the headers that tell a client of a redirect; `undefined` when it has to be sent as it is. */
export type TellRedirect = (location: string) => ClientHeaders | undefined

/**
 * Returns how the client that has sent a request is told of a redirect that the app's own code sends. Returns `undefined` for a
 * browser, and for a client that follows and shows where it comes to.
 */
export function redirectTeller(host: Place): TellRedirect | undefined {
  const { headers } = host.req
  if (askedFormat(headers.accept) === 'rich') return tellCall
  const client = clientOf(headers)
  if (client?.redirect === undefined) return undefined
  return (location) => {
    const reply = redirectFor(client, location, host)
    return reply.kind === 'told' ? reply.headers : undefined
  }
}

/** `call()` shows no page. If it asked for the one that a redirect leads to, that would use up a flash. */
function tellCall(location: string): ClientHeaders | undefined {
  return isWebAddress(location) ? { [answerHeaders.location]: location } : undefined
}
