import { setTimeout as wait } from 'node:timers/promises'
import type { RedisClient } from 'sealform/redis'

/** The guest book that all servers share. */
export class Book {
  readonly #client: RedisClient
  readonly #slowness: number

  /** @param slowness milliseconds that writing a line takes, as in a busy database */
  constructor(client: RedisClient, slowness: number) {
    this.#client = client
    this.#slowness = slowness
  }

  async write(...lines: readonly string[]): Promise<void> {
    await wait(this.#slowness)
    await this.#client.sendCommand(['RPUSH', 'book', ...lines])
  }

  /** Returns the last lines, newest first. */
  async read(count = 10): Promise<string[]> {
    const lines: unknown = await this.#client.sendCommand(['LRANGE', 'book', String(-count), '-1'])
    return Array.isArray(lines) ? lines.map(String).reverse() : []
  }
}
