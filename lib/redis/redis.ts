import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { parseDuration, parseSize, parseTimer } from '../base/units.js'
import type { SharedTier } from '../cache/shared-tier.js'
import type { ClaimStore } from '../claims/claim-store.js'
import type { FileStorage } from '../files/file-storage.js'
import { RedisClaims } from './claims.js'
import type { RedisClient } from './client.js'
import { RedisConnection } from './connection.js'
import { RedisFiles } from './files.js'
import { RedisTier } from './tier.js'

export type { RedisClient } from './client.js'

/** The options that all functions of this module have. */
export interface RedisOptions {
  /**
   * The start of every key and channel. With different prefixes, several apps can share a Redis.
   *
   * @default 'sealform:'
   */
  readonly prefix?: string | undefined
  /** How long Redis may take to answer: seconds, or a string such as `'500ms'`. @default '1.5s' */
  readonly timeout?: number | string | undefined
}

/**
 * Creates a store that claims one-time submissions in Redis, so that each of them runs once among all servers. The app
 * connects the client, and closes it at the end. The store opens a second connection to receive messages; it closes
 * with the client.
 *
 * Redis must not drop claims: configure it with `maxmemory-policy noeviction` and `appendonly yes`.
 *
 * @param client made by `createClient()` of the package redis, version 5 or 6
 * @throws SealformError `ERR_OPTION_INVALID`
 * @example
 * ```ts
 * import { createClient } from 'redis'
 *
 * const client = createClient({ url: 'redis://redis.internal' })
 * client.on('error', (error) => console.error(error))
 * await client.connect()
 * const store = redisClaims(client)
 * ```
 */
export function redisClaims(client: RedisClient, options: RedisOptions = {}): ClaimStore {
  const where = 'redisClaims()'
  checkOptions(where, options, ['prefix', 'timeout'])
  return new RedisClaims(RedisConnection.of(client, where), common(where, options))
}

/** The options of `redisFiles()`. */
export interface RedisFilesOptions extends RedisOptions {
  /**
   * The largest file, in bytes or as a string such as `'5MiB'`. Keep it small: all files are in the memory of Redis.
   * @default '10MiB'
   */
  readonly maxSize?: number | string | undefined
  /**
   * How long a file stays after it was last stored or opened: seconds, or a string such as `'2h'`. It must be at least
   * ten minutes longer than `uploads.keep` of `createActions()`.
   * @default '2h'
   */
  readonly keep?: number | string | undefined
  /** How long Redis may take for 256 KiB of a file: seconds, or a string such as `'500ms'`. @default '5s' */
  readonly timeout?: number | string | undefined
}

/**
 * Creates a storage that keeps the files of submissions in Redis, for servers without a common disk. Files go to Redis
 * in pieces while they arrive, and expire there by themselves. For large files, use a common directory or `onFile`.
 *
 * @param client made by `createClient()` of the package redis, version 5 or 6
 * @throws SealformError `ERR_OPTION_INVALID`
 * @example
 * ```ts
 * import { createActions } from 'sealform'
 *
 * const storage = redisFiles(client, { maxSize: '5MiB' })
 * const actions = createActions({ uploads: { storage } })
 * ```
 */
export function redisFiles(client: RedisClient, options: RedisFilesOptions = {}): FileStorage {
  const where = 'redisFiles()'
  checkOptions(where, options, ['prefix', 'timeout', 'maxSize', 'keep'])
  const { maxSize = '10MiB', keep = '2h', timeout = '5s' } = options
  return new RedisFiles(RedisConnection.of(client, where), {
    ...common(where, { ...options, timeout }),
    maxSize: parseSize(maxSize, 'redisFiles({ maxSize })'),
    keep: keepTime(keep),
  })
}

/**
 * Creates the shared tier for the caches of several servers in Redis. They share entries, and messages about
 * revalidation.
 *
 * @param client made by `createClient()` of the package redis, version 5 or 6
 * @throws SealformError `ERR_OPTION_INVALID`
 * @example
 * ```ts
 * const shared = redisCacheTier(client)
 * ```
 */
export function redisCacheTier(client: RedisClient, options: RedisOptions = {}): SharedTier {
  const where = 'redisCacheTier()'
  checkOptions(where, options, ['prefix', 'timeout'])
  return new RedisTier(RedisConnection.of(client, where), common(where, options))
}

/** The longest time that Redis keeps a file, in days. Far longer ones do not fit into its clock. */
const longestKeep = 3650

/** @returns milliseconds */
function keepTime(keep: number | string): number {
  const seconds = parseDuration(keep, 'redisFiles({ keep })')
  if (seconds <= longestKeep * 86_400) return Math.ceil(seconds * 1000)
  throw new SealformError('ERR_OPTION_INVALID', `redisFiles({ keep }) is more than ${longestKeep} days.`)
}

function common(where: string, { prefix = 'sealform:', timeout = '1.5s' }: RedisOptions) {
  const option = where.slice(0, -1)
  if (typeof prefix !== 'string') {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `${option}{ prefix }) must be a string such as 'shop:', not ${typeof prefix}.`,
    )
  }
  return { prefix, timeout: parseTimer(timeout, `${option}{ timeout })`) * 1000 }
}
