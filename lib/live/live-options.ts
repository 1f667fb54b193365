import { checkOptions, kindOf } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { parseTimer } from '../base/units.js'

/** Options of `sealform(actions, { live })`. */
export interface LiveOptions {
  /** The most pages that can be live at the same time in this process. Further ones stay as they are. @default 1000 */
  connections?: number
  /** The most of them for one session, when the middleware has the option `session`. @default 8 */
  perSession?: number
  /**
   * How often something is sent to each page, so that proxies do not take its connection for dead: seconds, or a string such as
   * `'10s'`.
   * @default '25s'
   */
  heartbeat?: number | string
}

/** The options after the check at start. */
export interface LiveTerms {
  readonly connections: number
  readonly perSession: number
  /** Milliseconds. */
  readonly heartbeat: number
}

const defaults = { connections: 1000, perSession: 8, heartbeat: '25s' }
const most = 1_000_000

/**
 * Checks the option `live` of the middleware.
 *
 * @returns `undefined` when no region is to be live
 * @throws SealformError `ERR_OPTION_INVALID`
 */
export function resolveLive(option: boolean | LiveOptions | undefined): LiveTerms | undefined {
  if (option === undefined || option === false) return undefined
  const given = option === true ? {} : option
  if (typeof given !== 'object') {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `sealform({ live }) must be true, false or an object with options, not ${kindOf(option)}.`,
    )
  }
  checkOptions('sealform({ live })', given, Object.keys(defaults))
  const { connections, perSession, heartbeat } = { ...defaults, ...given }
  return {
    connections: count('connections', connections),
    perSession: count('perSession', perSession),
    heartbeat: parseTimer(heartbeat, 'sealform({ live: { heartbeat } })') * 1000,
  }
}

function count(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return value
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `sealform({ live: { ${name} } }) is a whole number from 1 to ${most}, not ${String(value)}.`,
  )
}
