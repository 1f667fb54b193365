import type { ClaimEnding, ClaimResult, ClaimState, ClaimStore, ClaimTerms } from '../claims/claim-store.js'
import { Waiters } from '../claims/waiters.js'
import { claimScript, releaseScript, renewScript, settleScript, stateScript } from './claim-scripts.js'
import { isFull, NotSent, type RedisConnection, type Script } from './connection.js'
import { type HeldClaim, RedisLedger } from './ledger.js'

interface RedisClaimsOptions {
  /** The start of every key and channel. */
  readonly prefix: string
  /** Milliseconds. */
  readonly timeout: number
}

/** The copies that wait for one claim, and the timer of their next look. */
interface Watch {
  readonly waiters: Waiters<ClaimEnding>
  timer: NodeJS.Timeout | undefined
}

/** Milliseconds between two looks at a claim while copies wait for it. Messages can be lost. */
const lookInterval = 1000

/** A store of claims in Redis. */
export class RedisClaims implements ClaimStore {
  readonly #redis: RedisConnection
  readonly #prefix: string
  readonly #timeout: number
  readonly #ledger: RedisLedger
  readonly #watches = new Map<string, Watch>()
  #subscribed: Promise<unknown> | undefined

  constructor(redis: RedisConnection, { prefix, timeout }: RedisClaimsOptions) {
    this.#redis = redis
    this.#prefix = prefix
    this.#timeout = timeout
    this.#ledger = new RedisLedger(
      (claim) => this.#tell(claim),
      () => redis.isReady,
    )
    redis.onReady(() => void this.#ledger.tellAgain())
  }

  async claim(
    id: string,
    { owner, digest, lease, keep }: ClaimTerms,
  ): Promise<ClaimState | { kind: 'claimed' }> {
    const held: HeldClaim = { id, owner, digest, lease, until: Date.now() + keep * 1000 }
    let reply: unknown
    try {
      reply = await this.#run(claimScript, id, [owner, digest, milliseconds(lease), milliseconds(keep)])
    } catch (error) {
      if (isFull(error)) return { kind: 'full' }
      // Redis may have made the claim in spite of the error. It is released, so that the next copy can run.
      if (!(error instanceof NotSent))
        this.#ledger.end({ ...held, ending: { kind: 'released' } }).catch(ignoreError)
      throw error
    }
    if (kindOf(reply) !== 'claimed') return stateOf(reply)
    this.#ledger.hold(held)
    return { kind: 'claimed' }
  }

  async renew(id: string, owner: string, lease: number): Promise<void> {
    const held = this.#ledger.find(id, owner)
    if (held?.ending) return
    if (held) held.lease = lease
    await this.#tell(held ?? { id, owner, digest: '', lease, until: Number.NaN })
  }

  async settle(id: string, owner: string, { result, keep }: ClaimResult): Promise<void> {
    const held = this.#ledger.find(id, owner)
    const ending = { kind: 'settled', result } as const
    const until = Date.now() + keep * 1000
    if (held) await this.#ledger.end({ ...held, until, ending })
    else await this.#run(settleScript, id, [owner, result, milliseconds(keep), this.#channel, id, ''])
  }

  async release(id: string, owner: string): Promise<void> {
    const held = this.#ledger.find(id, owner)
    if (held) await this.#ledger.end({ ...held, ending: { kind: 'released' } })
    else await this.#run(releaseScript, id, [owner, this.#channel, id])
  }

  async outcome(id: string, signal: AbortSignal): Promise<ClaimEnding> {
    signal.throwIfAborted()
    // Without a connection, the look below fails at once with the cause.
    if (this.#redis.isReady) await this.#subscribe()
    // The watch starts before the first look, so that no message between the two is missed.
    const watch = this.#watch(id)
    const ending = watch.waiters.wait(signal)
    return Promise.race([ending, this.#look(id).then(() => ending)])
  }

  get #channel(): string {
    return `${this.#prefix}claims`
  }

  /** Tells Redis the state of a claim of this process. A claim that Redis has lost is restored. */
  async #tell({ id, owner, digest, lease, until, ending }: HeldClaim): Promise<void> {
    const keep = Number.isNaN(until) ? '' : milliseconds((until - Date.now()) / 1000)
    if (!ending) await this.#run(renewScript, id, [owner, milliseconds(lease), digest, keep])
    else if (ending.kind === 'released') await this.#run(releaseScript, id, [owner, this.#channel, id])
    else await this.#run(settleScript, id, [owner, ending.result, keep, this.#channel, id, digest])
  }

  #watch(id: string): Watch {
    const known = this.#watches.get(id)
    if (known) return known
    const watch: Watch = { waiters: new Waiters(), timer: undefined }
    this.#watches.set(id, watch)
    this.#lookLater(id, watch, lookInterval)
    return watch
  }

  #lookLater(id: string, watch: Watch, delay: number): void {
    clearTimeout(watch.timer)
    watch.timer = setTimeout(() => {
      if (watch.waiters.size === 0) return this.#forget(id)
      this.#lookLater(id, watch, lookInterval)
      this.#look(id).catch(ignoreError)
    }, delay).unref()
  }

  /** Reads the state of a claim, and wakes the copies that wait for it when it is final. */
  async #look(id: string): Promise<void> {
    const reply = await this.#run(stateScript, id, [])
    const watch = this.#watches.get(id)
    if (!watch) return
    const state = stateOf(reply)
    if (state.kind === 'running') {
      const left = leaseLeft(reply)
      if (left < lookInterval) this.#lookLater(id, watch, left + 1)
    } else {
      this.#forget(id)
      watch.waiters.wake(state)
    }
  }

  #forget(id: string): void {
    clearTimeout(this.#watches.get(id)?.timer)
    this.#watches.delete(id)
  }

  /** Subscribes to messages about claims. Gives up after the timeout: looking at claims is slower, but works too. */
  #subscribe(): Promise<unknown> {
    this.#subscribed ??= this.#redis.messages
      .listen(this.#channel, {
        message: (id) => {
          if (this.#watches.has(id)) this.#look(id).catch(ignoreError)
        },
        interrupted: () => {
          for (const id of this.#watches.keys()) this.#look(id).catch(ignoreError)
        },
      })
      .catch(() => {
        this.#subscribed = undefined
      })
    let timer: NodeJS.Timeout
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, this.#timeout).unref()
    })
    return Promise.race([this.#subscribed, late]).finally(() => clearTimeout(timer))
  }

  #run(script: Script, id: string, args: readonly string[]): Promise<unknown> {
    return this.#redis.run({ script, key: `${this.#prefix}claim:${id}`, args }, { timeout: this.#timeout })
  }
}

function kindOf(reply: unknown): unknown {
  return Array.isArray(reply) ? reply[0] : undefined
}

function stateOf(reply: unknown): ClaimState {
  const [kind, digest, result]: readonly unknown[] = Array.isArray(reply) ? reply : []
  if (kind === 'free' || kind === 'lost') return { kind }
  if (kind === 'running' && typeof digest === 'string') return { kind, digest }
  if (kind === 'settled' && typeof digest === 'string' && typeof result === 'string') {
    return { kind, digest, result }
  }
  throw new Error(`Redis sent an unexpected reply about a claim: ${JSON.stringify(reply)?.slice(0, 100)}.`)
}

function leaseLeft(reply: unknown): number {
  return Array.isArray(reply) ? Number(reply[2]) : 0
}

function milliseconds(seconds: number): string {
  return String(Math.max(1, Math.ceil(seconds * 1000)))
}

function ignoreError(): void {}
