import { clockTolerance } from '../seal/judge-seal.js'
import { matchesSession, open, type Seal, seal } from '../seal/seal.js'
import { parseSealLife, sealLife } from '../seal/seal-life.js'
import type { SealingContext } from '../seal/sealing-context.js'
import { isFileId } from './file-storage.js'

/** A received file that waits for a corrected submission, as the form refers to it. */
export interface KeptFile {
  /** The id in the storage. */
  readonly id: string
  /** The name, safe to show and to use in a path. */
  readonly name: string
  /** The type that the sender claims. */
  readonly type: string
  /** Bytes. */
  readonly size: number
  /** Where its pieces begin, when it was stored in several: those of a resumed upload whose id this is. */
  readonly pieces?: readonly number[]
}

/** Seconds. */
export const defaultKeptTime = 3600

/**
 * Returns how long a kept file waits for the next submission.
 *
 * @param option seconds, or a string such as `'30m'`. @default '1h'
 * @param where the name of the option in messages
 * @returns seconds
 * @throws SealformError `ERR_OPTION_INVALID`
 */
export function keptTime(option: number | string | undefined, where: string): number {
  return parseSealLife(option === undefined ? defaultKeptTime : option, where)
}

/** The file field that a kept file is for. */
interface KeptFileOwner {
  readonly action: string
  readonly field: string
}

/** The values that the reference to a kept file is bound to. */
interface KeptFileTerms extends KeptFileOwner {
  /** Seconds, from `keptTime()`. */
  readonly ttl: number
  /** The session binding. The reference is valid only for this session. */
  readonly binding: Uint8Array | undefined
}

/** Seals the reference to a kept file for its hidden field. */
export function sealKept(
  context: SealingContext,
  file: KeptFile,
  { action, field, ttl, binding }: KeptFileTerms,
): Seal {
  return seal(context.keys, 'upload', {
    audience: context.audience,
    action,
    version: undefined,
    ...sealLife(ttl),
    session: binding,
    path: undefined,
    owner: undefined,
    values: JSON.stringify([field, file.id, file.name, file.type, file.size, ...piecesText(file)]),
  })
}

/** The form field and session that a reference to a kept file comes from. */
interface KeptFileOrigin extends KeptFileOwner {
  readonly session: string | undefined
}

/**
 * Opens the reference to a kept file. Returns `undefined` unless it was sealed for this action, field, audience and session
 * and has not expired. Does not check whether the storage still has the file.
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
  const [of, id, name, type, size, pieces] = values ?? []
  if (of !== field || !isFileId(id)) return undefined
  if (typeof name !== 'string' || typeof type !== 'string' || typeof size !== 'number') return undefined
  if (pieces === undefined) return { id, name, type, size }
  if (typeof pieces !== 'string') return undefined
  return { id, name, type, size, pieces: pieces.split(' ').map(Number) }
}

function piecesText({ pieces }: KeptFile): readonly string[] {
  return pieces ? [pieces.join(' ')] : []
}
