import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { longestTimer, parseSize } from '../base/units.js'
import type { ClaimEnding, ClaimResult, ClaimState, ClaimStore, ClaimTerms } from './claim-store.js'
import { SpentClaims } from './spent-claims.js'
import { Waiters } from './waiters.js'

/** The options of `memoryStore()`. */
export interface MemoryStoreOptions {
  /**
   * The largest number of claims at a time. When it is reached, the oldest claims that have ended leave a trace of some 25
   * bytes: copies of them get status 409 in place of the outcome. There are at most ten times as many traces, and 10,000 at
   * least.
   * @default 100_000
   */
  readonly maxClaims?: number | undefined
  /**
   * The size of all results together, in bytes or as a string such as `'64MiB'`. When it is reached, the oldest results are
   * dropped: copies of their submissions get status 409 in place of the outcome.
   * @default '64MiB'
   */
  readonly maxSize?: number | string | undefined
}

/**
 * Creates a store that keeps claims in the memory of this process, for an app with a single process. The claims are lost
 * when the process ends. Several servers need a shared store, such as that of `sealform/redis`.
 *
 * A full store gives up outcomes before it gives up visitors, and lets no submission run twice. When there is no room for
 * traces either, forms that are as old as the oldest of them get status 409 with their input and a fresh seal. One-time
 * submissions get status 503 only while `maxClaims` actions run at once.
 *
 * @throws SealformError `ERR_OPTION_INVALID`
 * @example
 * ```ts
 * const store = memoryStore({ maxClaims: 10_000, maxSize: '16MiB' })
 * ```
 */
export function memoryStore(options: MemoryStoreOptions = {}): ClaimStore {
  checkOptions('memoryStore()', options, ['maxClaims', 'maxSize'])
  const { maxClaims = 100_000, maxSize = '64MiB' } = options
  if (!Number.isSafeInteger(maxClaims) || maxClaims < 1) {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `memoryStore({ maxClaims }) is ${String(maxClaims)}. Use a whole number of 1 or more, such as 100_000.`,
    )
  }
  return new MemoryStore(maxClaims, parseSize(maxSize, 'memoryStore({ maxSize })'))
}

/** A claim without a result. Times are milliseconds since 1970, except `issued`, which is in seconds. */
interface Running {
  readonly digest: string
  readonly issued: number
  readonly until: number
  readonly owner: string
  /** When the lease expires. */
  leased: number
  waiters: Waiters<ClaimEnding> | undefined
  /** Set only while copies wait. */
  leaseTimer: NodeJS.Timeout | undefined
}

/** A claim with a result. It has no more properties than it needs, since nearly all claims in memory are of this kind. */
interface Settled {
  readonly digest: string
  readonly issued: number
  readonly until: number
  result: string
}

/** Milliseconds between two sweeps, which remove expired claims. */
const sweepInterval = 30_000

/** A full store makes this much room at once, because finding claims that have ended may mean looking at many. */
const roomMade = 1 / 8

const tracesPerClaim = 10
const leastTraces = 10_000

class MemoryStore implements ClaimStore {
  readonly #maxClaims: number
  readonly #maxSize: number
  /** In the order in which they were made. */
  readonly #claims = new Map<string, Running | Settled>()
  readonly #spent: SpentClaims
  /** When a search for claims to drop found none: milliseconds since 1970. */
  #noRoom = Number.NEGATIVE_INFINITY
  #size = 0
  #sweeping: NodeJS.Timeout | undefined

  constructor(maxClaims: number, maxSize: number) {
    this.#maxClaims = maxClaims
    this.#maxSize = maxSize
    this.#spent = new SpentClaims(Math.max(maxClaims * tracesPerClaim, leastTraces))
  }

  async claim(
    id: string,
    { owner, digest, issued, lease, keep }: ClaimTerms,
  ): Promise<ClaimState | { kind: 'claimed' } | { kind: 'forgotten' }> {
    const found = this.#find(id)
    if (found) return stateOf(found)
    const spent = this.#spent.find(id, issued)
    if (spent !== 'unknown') return { kind: spent === 'spent' ? 'lost' : 'forgotten' }
    const now = Date.now()
    if (this.#claims.size >= this.#maxClaims && !this.#makeRoom(now)) return { kind: 'full' }
    const leased = now + lease * 1000
    const until = now + keep * 1000
    this.#claims.set(id, { digest, issued, until, owner, leased, waiters: undefined, leaseTimer: undefined })
    this.#sweeping ??= setInterval(() => this.#sweep(), sweepInterval).unref()
    return { kind: 'claimed' }
  }

  async renew(id: string, owner: string, lease: number): Promise<void> {
    const claim = this.#running(id, owner)
    if (claim) claim.leased = Date.now() + lease * 1000
  }

  async settle(id: string, owner: string, { result, keep }: ClaimResult): Promise<void> {
    const claim = this.#running(id, owner)
    if (!claim) return
    const { digest, issued } = claim
    this.#claims.set(id, { digest, issued, until: Date.now() + keep * 1000, result })
    this.#size += Buffer.byteLength(result)
    if (this.#size > this.#maxSize) this.#dropResults()
    wake(claim, { kind: 'settled', digest, result })
  }

  async release(id: string, owner: string): Promise<void> {
    const claim = this.#running(id, owner)
    if (claim) this.#drop(id, claim)
  }

  async outcome(id: string, signal: AbortSignal): Promise<ClaimEnding> {
    signal.throwIfAborted()
    const claim = this.#find(id)
    if (!claim) return { kind: 'free' }
    if ('result' in claim) return settled(claim)
    if (claim.leased <= Date.now()) return { kind: 'lost' }
    if (!claim.leaseTimer) this.#watchLease(id, claim)
    claim.waiters ??= new Waiters()
    return claim.waiters.wait(signal)
  }

  #find(id: string): Running | Settled | undefined {
    const claim = this.#claims.get(id)
    if (!claim || Date.now() < claim.until) return claim
    this.#drop(id, claim)
    return undefined
  }

  /** Finds the owner's claim while it has no result, even when its lease has expired. */
  #running(id: string, owner: string): Running | undefined {
    const claim = this.#find(id)
    return claim && 'owner' in claim && claim.owner === owner ? claim : undefined
  }

  /**
   * Drops expired claims and the oldest that have ended. The latter leave a trace.
   *
   * @returns whether there is room for another claim
   */
  #makeRoom(now: number): boolean {
    // While all claims run, there is nothing to drop, and a flood must not look at all of them for each submission.
    if (now - this.#noRoom < 1000) return false
    let missing = Math.ceil(this.#maxClaims * roomMade)
    for (const [id, claim] of this.#claims) {
      if (missing === 0) break
      const expired = claim.until <= now
      if (!expired && !('result' in claim) && claim.leased > now) continue
      if (!expired) this.#spent.add(id, claim.issued, claim.until)
      this.#drop(id, claim)
      missing--
    }
    const made = this.#claims.size < this.#maxClaims
    if (!made) this.#noRoom = now
    return made
  }

  /** Drops the oldest results. Their claims stay, so that none of them runs again. */
  #dropResults(): void {
    for (const claim of this.#claims.values()) {
      if (this.#size <= this.#maxSize * (1 - roomMade)) return
      if (!('result' in claim)) continue
      this.#size -= Buffer.byteLength(claim.result)
      claim.result = ''
    }
  }

  #sweep(): void {
    const now = Date.now()
    for (const [id, claim] of this.#claims) if (claim.until <= now) this.#drop(id, claim)
    this.#spent.sweep(now)
    this.#rest()
  }

  /** Stops sweeping when there is nothing to sweep. */
  #rest(): void {
    if (this.#claims.size > 0 || this.#spent.size > 0) return
    clearInterval(this.#sweeping)
    this.#sweeping = undefined
  }

  #drop(id: string, claim: Running | Settled): void {
    this.#claims.delete(id)
    if ('result' in claim) this.#size -= Buffer.byteLength(claim.result)
    else wake(claim, { kind: 'free' })
    this.#rest()
  }

  #watchLease(id: string, claim: Running): void {
    const left = Math.min(claim.leased, claim.until) - Date.now()
    const wait = Math.min(left, longestTimer * 1000)
    claim.leaseTimer = setTimeout(() => this.#judgeLease(id, claim), wait).unref()
  }

  #judgeLease(id: string, claim: Running): void {
    claim.leaseTimer = undefined
    const found = this.#find(id)
    if (found !== claim || !claim.waiters?.size) return
    if (Date.now() < claim.leased) this.#watchLease(id, claim)
    else wake(claim, { kind: 'lost' })
  }
}

function stateOf(claim: Running | Settled): ClaimState {
  if ('result' in claim) return settled(claim)
  return Date.now() < claim.leased ? { kind: 'running', digest: claim.digest } : { kind: 'lost' }
}

function settled({ digest, result }: Settled): ClaimEnding {
  return { kind: 'settled', digest, result }
}

function wake(claim: Running, ending: ClaimEnding): void {
  clearTimeout(claim.leaseTimer)
  claim.leaseTimer = undefined
  claim.waiters?.wake(ending)
}
