import type { IncomingMessage } from 'node:http'
import { answerHeaders } from '../base/wire-names.js'
import { adaptReply, type ClientHeaders, isWebAddress, type Reply } from './adapt-reply.js'
import { askedFormat } from './asked-format.js'
import { type ClientRow, clientOf } from './client-table.js'
import { isSamePage, pathBack } from './is-same-page.js'
import type { OwnFile } from './own-file.js'

type Place = Parameters<typeof isSamePage>[1] & { readonly req: Pick<IncomingMessage, 'headers'> }

/** Returns a redirect as a client takes it: told by a header where the client would follow in silence. */
export function redirectFor(client: ClientRow, location: string, host: Place): Reply {
  // A script that goes to another part of its page does not load it again.
  const here = client.redirect !== undefined && isSamePage(location, host)
  const to = here ? location.split('#', 1)[0] || pathBack(host) : location
  return adaptReply(client, { kind: 'redirect', location: to }, host.req.headers)
}

/** Tells a client, by response headers, what it would not see of an answer that the app's own code gives. */
export interface ClientTeller {
  /** Returns headers in place of a redirect; `undefined` when it has to be sent as it is. */
  redirect(location: string): ClientHeaders | undefined
  /** Returns headers to add to a file. */
  file(file: OwnFile): ClientHeaders | undefined
}

/** Returns how the client that has sent a request is told of own answers; `undefined` for a browser without a library. */
export function tellerFor(host: Place): ClientTeller | undefined {
  const { headers } = host.req
  if (askedFormat(headers.accept) === 'rich') return callTeller
  const client = clientOf(headers)
  return (
    client && {
      redirect(location) {
        const reply = client.redirect === undefined ? undefined : redirectFor(client, location, host)
        return reply?.kind === 'told' ? reply.headers : undefined
      },
      file: client.file,
    }
  )
}

/** `call()` shows no page. If it asked for the one that a redirect leads to, that would use up a flash. */
const callTeller: ClientTeller = {
  redirect: (location) => (isWebAddress(location) ? { [answerHeaders.location]: location } : undefined),
  file: () => undefined,
}
