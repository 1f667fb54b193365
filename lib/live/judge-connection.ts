import type { OriginVerdict } from '../origin/origin-verdict.js'

/** The facts about a request for a stream. */
export interface ConnectionFacts {
  /** The process is about to end. */
  readonly ending: boolean
  /** The origin policy, with no other origin allowed. */
  readonly origin: OriginVerdict['verdict']
  /** `'read'`, or what is wrong with the query. */
  readonly query: 'read' | 'too-long' | 'malformed'
  /** Every seal was made here, for this session. */
  readonly opened: boolean
  readonly connections: { readonly open: number; readonly most: number }
  /** Those of this session; `open` is 0 without one. */
  readonly ofSession: { readonly open: number; readonly most: number }
}

export type ConnectionVerdict =
  | 'open'
  | 'ending'
  | 'origin'
  | 'too-long'
  | 'malformed'
  | 'seal'
  | 'full'
  | 'session-full'

/** Decides whether a browser gets a stream. */
export function judgeConnection(facts: ConnectionFacts): ConnectionVerdict {
  const { connections, ofSession, query } = facts
  if (facts.ending) return 'ending'
  if (facts.origin === 'refuse') return 'origin'
  if (query !== 'read') return query
  if (!facts.opened) return 'seal'
  if (connections.open >= connections.most) return 'full'
  return ofSession.open >= ofSession.most ? 'session-full' : 'open'
}

/** The HTTP status of each refusal. All forged, foreign and other people's seals look the same from outside. */
export const refusalStatus: Record<Exclude<ConnectionVerdict, 'open'>, number> = {
  ending: 503,
  origin: 403,
  'too-long': 414,
  malformed: 400,
  seal: 403,
  full: 503,
  'session-full': 503,
}
