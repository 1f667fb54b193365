import type { SharedTier, SharedTierListener } from '../../lib/cache/shared-tier.js'

/** A tier that lives in this process, for caches that stand for several servers; its faults are made to order. */
export class TestTier implements SharedTier {
  readonly entries = new Map<string, { readonly text: string; readonly ends: number }>()
  readonly listeners = new Set<SharedTierListener>()
  /** Each call, as in `get d:list`. */
  readonly calls: string[] = []
  /** Set: every call rejects with it. */
  failure: Error | undefined
  /** Set: every call waits for it before anything happens. */
  delay: Promise<unknown> | undefined
  /** Messages are lost, as when the connection for them is down. */
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
