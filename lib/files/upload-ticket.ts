import { clockTolerance } from '../seal/judge-seal.js'
import { matchesSession, open, type Seal, seal, sessionBinding } from '../seal/seal.js'
import { sealLife } from '../seal/seal-life.js'
import type { SealingContext } from '../seal/sealing-context.js'
import { isFileId } from './file-storage.js'

/** An upload that has begun: what will be stored, and for which field of which form. */
export interface UploadTicket {
  /** The name of the action. */
  readonly action: string
  readonly field: string
  /** The id of the upload, from `newFileId()`. */
  readonly id: string
  /** A name that is safe to show and to use in a path. */
  readonly name: string
  /** The type that the sender claims. */
  readonly type: string
  /** The bytes of the whole file. */
  readonly size: number
}

/** Seals the ticket of an upload. Whoever has it, in the same session, may go on with the upload for `ttl` seconds. */
export function sealTicket(
  { keys, audience }: SealingContext,
  { action, field, id, name, type, size }: UploadTicket,
  { ttl, session }: { readonly ttl: number; readonly session: string | undefined },
): Seal {
  return seal(keys, 'resume', {
    audience,
    action,
    version: undefined,
    ...sealLife(ttl),
    session: session === undefined ? undefined : sessionBinding(keys, session),
    path: undefined,
    owner: undefined,
    values: JSON.stringify([field, id, name, type, size]),
  })
}

/** A ticket, and whether it is tied to the visitor's session. */
export interface OpenedTicket extends UploadTicket {
  readonly bound: boolean
}

/** Opens a ticket. Returns `undefined` unless it was sealed for this app and session and has not expired. */
export function openTicket(
  context: SealingContext,
  token: string,
  session: string | undefined,
): OpenedTicket | undefined {
  const opened = open(context.keys, 'resume', token)
  if (!opened || !matchesSession(context.keys, opened, session)) return undefined
  const { audience, action, expires, issued, values, session: binding } = opened.content
  const now = Date.now() / 1000
  if (audience !== context.audience || now >= expires || issued > now + clockTolerance) return undefined
  const [field, id, name, type, size] = context.decode(values) ?? []
  if (typeof field !== 'string' || !isFileId(id) || typeof size !== 'number') return undefined
  if (typeof name !== 'string' || typeof type !== 'string') return undefined
  return { action, field, id, name, type, size, bound: binding !== undefined }
}
