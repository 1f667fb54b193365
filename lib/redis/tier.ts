import type { SharedTier, SharedTierListener } from '../cache/shared-tier.js'
import type { RedisConnection } from './connection.js'

interface RedisTierOptions {
  readonly prefix: string
  /** Milliseconds. */
  readonly timeout: number
}

/** The shared tier of caches in Redis: one key for each entry, and one channel for messages. */
export class RedisTier implements SharedTier {
  readonly #redis: RedisConnection
  readonly #options: RedisTierOptions

  constructor(redis: RedisConnection, options: RedisTierOptions) {
    this.#redis = redis
    this.#options = options
  }

  async get(key: string): Promise<string | undefined> {
    const text = await this.#redis.command(['GET', this.#key(key)], this.#options)
    return typeof text === 'string' ? text : undefined
  }

  async set(key: string, text: string, ttl: number): Promise<void> {
    const milliseconds = String(Math.max(1, Math.round(ttl * 1000)))
    await this.#redis.command(['SET', this.#key(key), text, 'PX', milliseconds], this.#options)
  }

  async delete(key: string): Promise<void> {
    await this.#redis.command(['UNLINK', this.#key(key)], this.#options)
  }

  async publish(message: string): Promise<void> {
    await this.#redis.command(['PUBLISH', this.#channel, message], this.#options)
  }

  subscribe(listener: SharedTierListener): Promise<() => Promise<void>> {
    return this.#redis.messages.listen(this.#channel, listener)
  }

  get #channel(): string {
    return `${this.#options.prefix}cache`
  }

  #key(key: string): string {
    return `${this.#options.prefix}cache:${key}`
  }
}
