import { parseDuration } from '../base/units.js'
import { clockTolerance } from '../seal/judge-seal.js'
import { matchesSession, open, type Seal, seal } from '../seal/seal.js'
import type { SealingContext } from '../seal/sealing-context.js'
import { isFileId } from './file-storage.js'

/** What a form remembers of a file that was received and waits for the corrected submission. */
export interface KeptFile {
  /** The id in the storage. */
  readonly id: string
  /** Safe to show and to use as a name. */
  readonly name: string
  /** The sender's claim. */
  readonly type: string
  /** Bytes. */
  readonly size: number
}

const defaultKeptTime = '1h'

/**
 * How long a kept file waits for the next submission.
 *
 * @param option seconds, or a string such as `'30m'`. @default '1h'
 * @param where how a message calls the option
 * @returns seconds
 * @throws SealformError `ERR_OPTION_INVALID`
 */
export function keptTime(option: number | string | undefined, where: string): number {
  return parseDuration(option ?? defaultKeptTime, where)
}

/** The file field that a kept file is for. */
interface KeptFileOwner {
  readonly action: string
  readonly field: string
}

/** What the reference to a kept file is tied to. */
export interface KeptFileTerms extends KeptFileOwner {
  /** Seconds, as `keptTime()` gives them. */
  readonly ttl: number
  /** The session that it is good for. */
  readonly binding: Uint8Array | undefined
}

/** Seals the reference to a kept file for its hidden field. */
export function sealKept(
  context: SealingContext,
  file: KeptFile,
  { action, field, ttl, binding }: KeptFileTerms,
): Seal {
  const issued = Math.floor(Date.now() / 1000)
  return seal(context.keys, 'upload', {
    audience: context.audience,
    action,
    version: undefined,
    issued,
    expires: issued + Math.ceil(ttl),
    session: binding,
    path: undefined,
    values: JSON.stringify([field, file.id, file.name, file.type, file.size]),
  })
}

/** Where the reference to a kept file comes from that is to be opened. */
export interface KeptFileOrigin extends KeptFileOwner {
  readonly session: string | undefined
}

/**
 * Opens the reference to a kept file; `undefined`, whatever the cause, unless it was sealed for this action, field,
 * audience and session and has not expired. Whether the file is still there is for the storage to say.
 */
export function openKept(
  context: SealingContext,
  token: string | undefined,
  { action, field, session }: KeptFileOrigin,
): KeptFile | undefined {
  const opened = token === undefined ? undefined : open(context.keys, 'upload', token)
  if (!opened || !matchesSession(context.keys, opened, session)) return undefined
  const { content } = opened
  if (content.audience !== context.audience || content.action !== action) return undefined
  const now = Date.now() / 1000
  if (now >= content.expires || content.issued > now + clockTolerance) return undefined
  return keptFile(context.decode(content.values), field)
}

function keptFile(values: readonly unknown[] | undefined, field: string): KeptFile | undefined {
  const [of, id, name, type, size] = values ?? []
  if (of !== field || !isFileId(id)) return undefined
  if (typeof name !== 'string' || typeof type !== 'string' || typeof size !== 'number') return undefined
  return { id, name, type, size }
}
