import { setTimeout as wait } from 'node:timers/promises'
import type { RedisClient } from 'sealform/redis'

/** The visitors' book that all servers write into. */
export class Book {
  readonly #client: RedisClient
  readonly #slowness: number

  /** @param slowness milliseconds that a line takes, as in a busy database */
  constructor(client: RedisClient, slowness: number) {
    this.#client = client
    this.#slowness = slowness
  }

  async write(...lines: readonly string[]): Promise<void> {
    await wait(this.#slowness)
    await this.#client.sendCommand(['RPUSH', 'book', ...lines])
  }

  /** The last lines, newest first. */
  async read(count = 10): Promise<string[]> {
    const lines: unknown = await this.#client.sendCommand(['LRANGE', 'book', String(-count), '-1'])
    return Array.isArray(lines) ? lines.map(String).reverse() : []
  }
}
