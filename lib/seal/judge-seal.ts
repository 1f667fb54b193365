import type { RefusalReason } from '../outcome/outcome.js'

/** The facts about an opened seal and this request. Times are whole seconds since the epoch. */
interface AdmissionFacts {
  readonly content: {
    readonly audience: string
    readonly version: string | undefined
    readonly issued: number
    readonly expires: number
  }
  readonly audience: string
  /** The action that the seal names, when it is registered here. */
  readonly action: { readonly version: string | undefined } | undefined
  readonly sessionMatches: boolean
  readonly pathMatches: boolean
  readonly now: number
}

export type AdmissionVerdict =
  | 'admit'
  | Extract<
      RefusalReason,
      'malformed' | 'other-session' | 'expired' | 'unknown-action' | 'other-version' | 'other-path'
    >

/** How far the clocks of two servers may differ, in seconds. */
export const clockTolerance = 300

/**
 * Decides whether a seal is valid for this request. The seal has been opened, so its content is authentic. A seal of
 * another app is treated like one that does not open. The visitor may learn all other causes.
 *
 * The tolerance is for seals from a server whose clock is ahead. It does not extend the life of a seal: a `ttl` of five
 * seconds means five seconds.
 */
export function judgeSeal({
  content,
  audience,
  action,
  sessionMatches,
  pathMatches,
  now,
}: AdmissionFacts): AdmissionVerdict {
  if (content.audience !== audience) return 'malformed'
  if (!sessionMatches) return 'other-session'
  if (now >= content.expires || content.issued > now + clockTolerance) return 'expired'
  if (!action) return 'unknown-action'
  if (!pathMatches) return 'other-path'
  if (content.version !== action.version) return 'other-version'
  return 'admit'
}

/** The HTTP status of each refusal. */
export const refusalStatus: Record<Exclude<AdmissionVerdict, 'admit'>, number> = {
  malformed: 400,
  'other-session': 403,
  'other-path': 403,
  expired: 409,
  'unknown-action': 409,
  'other-version': 409,
}
