import { clockTolerance } from './judge-seal.js'
import { matchesSession, open, type Seal, seal } from './seal.js'
import { sealLife } from './seal-life.js'
import type { SealingContext } from './sealing-context.js'

/**
 * The most characters with which a page asks for its live regions. Most servers and proxies take 8 KiB for the first line of a
 * request.
 */
export const longestLiveQuery = 6000

/** What the tags of a live region are bound to. */
interface LiveTerms {
  /** Seconds. */
  readonly ttl: number
  /** The session binding. The tags are good only for this session. */
  readonly binding: Uint8Array | undefined
}

/** Seals the tags of a live region. The visitor can neither read nor choose them: a tag such as `user:7` is private. */
export function sealLiveTags(
  { keys, audience }: Pick<SealingContext, 'keys' | 'audience'>,
  tags: readonly string[],
  { ttl, binding }: LiveTerms,
): Seal {
  return seal(keys, 'live', {
    audience,
    action: '',
    version: undefined,
    ...sealLife(ttl),
    session: binding,
    path: undefined,
    owner: undefined,
    values: JSON.stringify(tags),
  })
}

/** The tags of a live region, as a page was printed with them. */
export interface LiveTags {
  readonly tags: readonly string[]
  /** Seconds since the epoch. */
  readonly expires: number
  /** They have not expired. */
  readonly current: boolean
}

/** Opens the tags of a live region; `undefined` unless they were sealed for this app and session. */
export function openLiveTags(
  { keys, audience }: Pick<SealingContext, 'keys' | 'audience'>,
  token: string,
  session: string | undefined,
): LiveTags | undefined {
  const opened = open(keys, 'live', token)
  if (!opened || !matchesSession(keys, opened, session) || opened.content.audience !== audience)
    return undefined
  const { expires, issued, values } = opened.content
  const now = Date.now() / 1000
  const tags: readonly string[] = JSON.parse(values)
  return { tags, expires, current: now < expires && issued <= now + clockTolerance }
}
