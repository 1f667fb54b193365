import type { SharedTier, SharedTierListener } from '../../lib/cache/shared-tier.js'

/** A shared tier in this process, for several caches in place of several servers. Tests can make it fail. */
export class TestTier implements SharedTier {
  readonly entries = new Map<string, { readonly text: string; readonly ends: number }>()
  readonly listeners = new Set<SharedTierListener>()
  /** The calls, such as `get d:list`. */
  readonly calls: string[] = []
  /** When set, every call rejects with it. */
  failure: Error | undefined
  /** When set, every call waits for it first. */
  delay: Promise<unknown> | undefined
  /** Whether messages are lost, as when their connection is down. */
  deaf = false

  async get(key: string): Promise<string | undefined> {
    await this.#begin(`get ${key}`)
    const entry = this.entries.get(key)
    return entry && entry.ends > Date.now() ? entry.text : undefined
  }

  async set(key: string, text: string, ttl: number): Promise<void> {
    await this.#begin(`set ${key}`)
    this.entries.set(key, { text, ends: Date.now() + ttl * 1000 })
  }

  async delete(key: string): Promise<void> {
    await this.#begin(`delete ${key}`)
    this.entries.delete(key)
  }

  async publish(message: string): Promise<void> {
    await this.#begin(`publish ${message}`)
    if (!this.deaf) for (const listener of this.listeners) queueMicrotask(() => listener.message(message))
  }

  async subscribe(listener: SharedTierListener): Promise<() => Promise<void>> {
    await this.#begin('subscribe')
    this.listeners.add(listener)
    return async () => {
      this.listeners.delete(listener)
    }
  }

  async #begin(call: string): Promise<void> {
    this.calls.push(call)
    await this.delay
    if (this.failure) throw this.failure
  }
}
