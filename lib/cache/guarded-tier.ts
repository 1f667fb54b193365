import { withTimeout } from '../base/timeout.js'
import type { SharedTier, SharedTierListener } from './shared-tier.js'

/** Milliseconds after which a call fails. */
const longestCall = 500

/** Milliseconds after a failure in which no call is made, so that no other page waits for the tier in vain. */
const pause = 1000

/** Milliseconds between two attempts to listen. */
const listenAgain = 2000

/**
 * Guards against a shared tier that is slow or down: no call waits for long, and after a failure all calls fail at once
 * for a while. Reports each outage once.
 */
export class GuardedTier {
  readonly #tier: SharedTier
  readonly #report: (error: unknown) => void
  #down: { readonly until: number; readonly error: unknown } | undefined
  #stop: (() => Promise<void>) | undefined
  #closed = false

  constructor(tier: SharedTier, report: (error: unknown) => void) {
    this.#tier = tier
    this.#report = report
  }

  get(key: string): Promise<string | undefined> {
    return this.#call(() => this.#tier.get(key))
  }

  set(key: string, text: string, ttl: number): Promise<void> {
    return this.#call(() => this.#tier.set(key, text, ttl))
  }

  delete(key: string): Promise<void> {
    return this.#call(() => this.#tier.delete(key))
  }

  publish(message: string): Promise<void> {
    return this.#call(() => this.#tier.publish(message))
  }

  /** Listens as soon as the tier lets it, and until `close()`. */
  async listen(listener: SharedTierListener): Promise<void> {
    try {
      const stop = await this.#tier.subscribe(listener)
      if (this.#closed) return await stop()
      this.#stop = stop
      // Messages that were sent before were not heard here.
      listener.interrupted()
    } catch (error) {
      this.#fail(error)
      if (!this.#closed) setTimeout(() => this.listen(listener), listenAgain).unref()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#stop) await withTimeout(this.#stop(), longestCall).catch(() => {})
  }

  async #call<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.#down && this.#down.until > Date.now()) throw this.#down.error
    try {
      const result = await withTimeout(call(), longestCall)
      this.#down = undefined
      return result
    } catch (error) {
      this.#fail(error)
      throw error
    }
  }

  #fail(error: unknown): void {
    const known = this.#down !== undefined
    this.#down = { until: Date.now() + pause, error }
    if (!known && !this.#closed) this.#tell(error)
  }

  /** Reports an error. A reporter that throws or rejects changes nothing. */
  #tell(error: unknown): void {
    try {
      const result: unknown = this.#report(error)
      if (result instanceof Promise) result.catch(() => {})
    } catch {}
  }
}
