import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { parseSize, parseTimer } from '../base/units.js'

/**
 * Limits on one submission. Exactly the value of a limit is still allowed. Sizes are bytes or strings such as `'5MiB'`;
 * times are seconds or strings such as `'90s'`.
 */
export interface LimitOptions<Depth extends number = number> {
  /** Bytes of the whole request body. @default '1MiB' */
  readonly body?: number | string | undefined
  /** The number of fields. Sealform's own fields do not count. @default 1000 */
  readonly fields?: number | undefined
  /**
   * How many steps a name may have after the first one. Names such as `address.street` (1) and `items[0].qty` (2) become
   * objects and arrays for the schema. At most 8. With 0, names stay flat. @default 0
   */
  readonly depth?: Depth | undefined
  /** Bytes of a field's name, in UTF-8 after decoding. @default 200 */
  readonly fieldName?: number | string | undefined
  /** Bytes of a field's value, in UTF-8 after decoding. @default '256 KiB' */
  readonly fieldValue?: number | string | undefined
  /** The time for the rest of the body in total, in seconds or as `'1m'`. @default '30s' */
  readonly bodyTime?: number | string | undefined
  /** The longest pause between two chunks of the body, in seconds or as `'5s'`. @default '10s' */
  readonly idleTime?: number | string | undefined
}

/** Resolved limits, as numbers: bytes, counts and seconds. */
export interface Limits {
  readonly body: number
  readonly fields: number
  readonly depth: number
  readonly fieldName: number
  readonly fieldValue: number
  /** Seconds. */
  readonly bodyTime: number
  /** Seconds. */
  readonly idleTime: number
}

export const defaultLimits: Limits = Object.freeze({
  body: 1024 * 1024,
  fields: 1000,
  depth: 0,
  fieldName: 200,
  fieldValue: 256 * 1024,
  bodyTime: 30,
  idleTime: 10,
})

/** The most fields that are shown again when the seal did not open. */
export const shownFields = 200

/**
 * Merges options into base limits, for example an action's limits into the registry's.
 *
 * @param where the name of the options in messages, for example `createActions({ limits })`
 * @throws SealformError `ERR_OPTION_INVALID`
 */
export function resolveLimits(options: LimitOptions | undefined, base: Limits, where: string): Limits {
  checkOptions(where, options, Object.keys(defaultLimits))
  if (options === undefined) return base
  return Object.freeze({
    body: size('body'),
    fields: options.fields === undefined ? base.fields : checkCount(options.fields, `${where}: fields`),
    depth: options.depth === undefined ? base.depth : checkDepth(options.depth, `${where}: depth`),
    fieldName: size('fieldName'),
    fieldValue: size('fieldValue'),
    bodyTime: duration('bodyTime'),
    idleTime: duration('idleTime'),
  })

  function size(name: 'body' | 'fieldName' | 'fieldValue'): number {
    const given = options?.[name]
    return given === undefined ? base[name] : parseSize(given, `${where}: ${name}`)
  }

  function duration(name: 'bodyTime' | 'idleTime'): number {
    const given = options?.[name]
    if (given === undefined) return base[name]
    return parseTimer(given, `${where}: ${name}`)
  }
}

/** @throws SealformError `ERR_OPTION_INVALID` */
export function checkCount(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new SealformError('ERR_OPTION_INVALID', `${what} must be a whole number, 0 or more.`)
}

/** The largest value that `depth` accepts. */
export const deepest = 8

/** @throws SealformError `ERR_OPTION_INVALID` */
export function checkDepth(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= deepest) return value
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `${what} must be a whole number from 0 (flat names) to ${deepest}, not ${String(value)}.`,
  )
}
