import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { longestTimer, parseSize } from '../base/units.js'
import type { ClaimEnding, ClaimResult, ClaimState, ClaimStore, ClaimTerms } from './claim-store.js'
import { Expiries } from './expiries.js'
import { Waiters } from './waiters.js'

/** The options of `memoryStore()`. */
export interface MemoryStoreOptions {
  /** The largest number of claims at a time. @default 100_000 */
  readonly maxClaims?: number | undefined
  /**
   * The size of all results together, in bytes or as a string such as `'64MiB'`. When it is reached, further submissions
   * are refused; those that run can still store their results.
   * @default '64MiB'
   */
  readonly maxSize?: number | string | undefined
}

/**
 * Creates a store that keeps claims in the memory of this process, for an app with a single process. The claims are lost
 * when the process ends. Several servers need a shared store, such as that of `sealform/redis`.
 *
 * The store drops no claim early: when it is full, one-time submissions get status 503.
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

interface Claim {
  readonly id: string
  readonly owner: string
  result: string | undefined
  /** When the lease expires: milliseconds since 1970, as is `until`. */
  leased: number
  until: number
  waiters: Waiters<ClaimEnding> | undefined
  /** Set only while copies wait. */
  leaseTimer: NodeJS.Timeout | undefined
}

/** Milliseconds between two sweeps, which remove expired claims. */
const sweepInterval = 30_000

class MemoryStore implements ClaimStore {
  readonly #maxClaims: number
  readonly #maxSize: number
  readonly #claims = new Map<string, Claim>()
  readonly #expiries = new Expiries<Claim>()
  #size = 0
  #swept = 0
  #sweeping: NodeJS.Timeout | undefined

  constructor(maxClaims: number, maxSize: number) {
    this.#maxClaims = maxClaims
    this.#maxSize = maxSize
  }

  async claim(id: string, { owner, lease, keep }: ClaimTerms): Promise<ClaimState | { kind: 'claimed' }> {
    const found = this.#find(id)
    if (found) return stateOf(found)
    if (this.#isFull()) return { kind: 'full' }
    const now = Date.now()
    const claim: Claim = {
      id,
      owner,
      result: undefined,
      leased: now + lease * 1000,
      until: now + keep * 1000,
      waiters: undefined,
      leaseTimer: undefined,
    }
    this.#claims.set(id, claim)
    this.#expiries.add(claim, claim.until)
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
    this.#expiries.remove(claim, claim.until)
    claim.until = Date.now() + keep * 1000
    this.#expiries.add(claim, claim.until)
    claim.result = result
    this.#size += Buffer.byteLength(result)
    this.#wake(claim, { kind: 'settled', result })
  }

  async release(id: string, owner: string): Promise<void> {
    const claim = this.#running(id, owner)
    if (!claim) return
    this.#expiries.remove(claim, claim.until)
    this.#drop(claim)
  }

  async outcome(id: string, signal: AbortSignal): Promise<ClaimEnding> {
    signal.throwIfAborted()
    const claim = this.#find(id)
    if (!claim) return { kind: 'free' }
    const state = stateOf(claim)
    if (state.kind !== 'running') return state
    if (!claim.leaseTimer) this.#watchLease(claim)
    claim.waiters ??= new Waiters()
    return claim.waiters.wait(signal)
  }

  #find(id: string): Claim | undefined {
    const claim = this.#claims.get(id)
    if (!claim || Date.now() < claim.until) return claim
    this.#expiries.remove(claim, claim.until)
    this.#drop(claim)
    return undefined
  }

  /** Finds the owner's claim while it has no result, even when its lease has expired. */
  #running(id: string, owner: string): Claim | undefined {
    const claim = this.#find(id)
    return claim?.owner === owner && claim.result === undefined ? claim : undefined
  }

  #isFull(): boolean {
    if (this.#claims.size < this.#maxClaims && this.#size < this.#maxSize) return false
    // Under a flood this runs many times a second; one sweep per second is enough.
    if (Date.now() - this.#swept >= 1000) this.#sweep()
    return this.#claims.size >= this.#maxClaims || this.#size >= this.#maxSize
  }

  #sweep(): void {
    this.#swept = Date.now()
    for (const claim of this.#expiries.takeExpired(this.#swept)) this.#drop(claim)
  }

  #drop(claim: Claim): void {
    this.#claims.delete(claim.id)
    if (claim.result !== undefined) this.#size -= Buffer.byteLength(claim.result)
    this.#wake(claim, { kind: 'free' })
    if (this.#claims.size > 0) return
    clearInterval(this.#sweeping)
    this.#sweeping = undefined
  }

  #watchLease(claim: Claim): void {
    const left = Math.min(claim.leased, claim.until) - Date.now()
    claim.leaseTimer = setTimeout(() => this.#judgeLease(claim), Math.min(left, longestTimer * 1000)).unref()
  }

  #judgeLease(claim: Claim): void {
    claim.leaseTimer = undefined
    const found = this.#find(claim.id)
    if (found !== claim || !claim.waiters?.size) return
    const state = stateOf(claim)
    if (state.kind === 'running') this.#watchLease(claim)
    else this.#wake(claim, state)
  }

  #wake(claim: Claim, ending: ClaimEnding): void {
    clearTimeout(claim.leaseTimer)
    claim.leaseTimer = undefined
    claim.waiters?.wake(ending)
  }
}

function stateOf({ result, leased }: Claim): ClaimState {
  if (result !== undefined) return { kind: 'settled', result }
  return { kind: Date.now() < leased ? 'running' : 'lost' }
}
