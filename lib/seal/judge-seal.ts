import { createHash } from 'node:crypto'
import type { RefusalReason } from '../outcome/outcome.js'

/** What is compared when an opened seal is admitted; times in whole seconds since the epoch. */
export interface AdmissionFacts {
  readonly content: {
    readonly audience: string
    readonly version: string | undefined
    readonly issued: number
    readonly expires: number
    readonly path: string | undefined
  }
  readonly audience: string
  /** The action that the seal names, when it is registered here. */
  readonly action: { readonly version: string | undefined } | undefined
  readonly sessionMatches: boolean
  readonly path: string
  readonly now: number
}

export type AdmissionVerdict =
  | 'admit'
  | Extract<
      RefusalReason,
      'malformed' | 'other-session' | 'expired' | 'unknown-action' | 'other-version' | 'other-path'
    >

/** How far the clocks of two servers may be apart, in seconds. */
export const clockTolerance = 300

/**
 * Judges the content of a seal that has been opened, so that is authentic. Another audience looks like a seal that
 * does not open at all; everything after that may be named to the visitor.
 *
 * The tolerance is for seals from a server whose clock is ahead. It does not lengthen the life of a seal: an action
 * that says five seconds gets five seconds.
 */
export function judgeSeal({
  content,
  audience,
  action,
  sessionMatches,
  path,
  now,
}: AdmissionFacts): AdmissionVerdict {
  if (content.audience !== audience) return 'malformed'
  if (!sessionMatches) return 'other-session'
  if (now >= content.expires || content.issued > now + clockTolerance) return 'expired'
  if (!action) return 'unknown-action'
  if (content.path !== undefined && content.path !== path) return 'other-path'
  if (content.version !== action.version) return 'other-version'
  return 'admit'
}

const longestPath = 512

/**
 * What a seal holds of the path that it is bound to. A path can have as many bytes as the headers of a request, which
 * would fit into no seal; of a long one it holds the digest, which no path can equal, since paths start with a slash.
 */
export function sealedPath(path: string): string {
  return path.length <= longestPath ? path : createHash('sha256').update(path).digest('base64url')
}

/** The status that goes with each reason. */
export const refusalStatus: Record<Exclude<AdmissionVerdict, 'admit'>, number> = {
  malformed: 400,
  'other-session': 403,
  'other-path': 403,
  expired: 409,
  'unknown-action': 409,
  'other-version': 409,
}
