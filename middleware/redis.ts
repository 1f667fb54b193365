import { checkOptions } from '../lib/options.js'
import type { SubmissionStore } from '../lib/submission-store.js'
import { parseDuration } from '../lib/units.js'
import { RedisClaims } from './redis-claims.js'
import { type RedisClient, RedisConnection } from './redis-connection.js'

export type { RedisClient } from './redis-connection.js'

/** What `redisStore()` takes. */
export interface RedisStoreOptions {
  /** Begins every key and channel, so that one Redis can serve several apps. @default 'sealform:' */
  readonly prefix?: string | undefined
  /** How long Redis may take for an answer: seconds, or a string such as `'500ms'`. @default '1.5s' */
  readonly timeout?: number | string | undefined
}

/**
 * Claims one-time submissions in Redis, so that each of them runs once among all servers. The client is the app's: it
 * connects it, and closes it at the end; waiting uses a second connection, a duplicate of it, that ends with it.
 *
 * Redis must not drop what is in it: `maxmemory-policy noeviction`, and `appendonly yes`.
 *
 * @throws SealformError `ERR_OPTION_INVALID`
 * @example
 * ```ts
 * import { createClient } from 'redis'
 * import { redisStore } from 'sealform/redis'
 *
 * const client = createClient({ url: process.env.REDIS_URL })
 * client.on('error', (error) => console.error(error))
 * await client.connect()
 * const store = redisStore(client)
 * ```
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): SubmissionStore {
  checkOptions('redisStore()', options, ['prefix', 'timeout'])
  const { prefix = defaultPrefix, timeout = defaultTimeout } = options
  return new RedisClaims(RedisConnection.of(client, 'redisStore()'), {
    prefix,
    timeout: parseDuration(timeout, 'redisStore({ timeout })') * 1000,
  })
}

const defaultPrefix = 'sealform:'
const defaultTimeout = '1.5s'
