import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { longestTimer, parseSize } from '../base/units.js'
import type { ClaimEnding, ClaimResult, ClaimState, ClaimStore, ClaimTerms } from './claim-store.js'
import { Expiries } from './expiries.js'
import { Waiters } from './waiters.js'

/** What `memoryStore()` takes. */
export interface MemoryStoreOptions {
  /** How many claims are kept at a time. @default 100_000 */
  readonly maxClaims?: number | undefined
  /**
   * The size of all results together, in bytes or as a string such as `'64MiB'`. When it is reached, no further
   * submission is taken; those that run still leave their results.
   * @default '64MiB'
   */
  readonly maxSize?: number | string | undefined
}

/**
 * Claims one-time submissions in the memory of this process, for an app that is one process. What is in it is gone when
 * the process ends; several servers share a store such as that of `sealform/redis`.
 *
 * No claim is dropped before its time is over: when the store is full, one-time submissions are answered with 503.
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
      'memoryStore({ maxClaims }) takes a whole number of 1 or more, such as 100_000.',
    )
  }
  return new MemoryStore(maxClaims, parseSize(maxSize, 'memoryStore({ maxSize })'))
}

interface Claim {
  readonly id: string
  readonly owner: string
  result: string | undefined
  /** Milliseconds since 1970, as is `until`. */
  leased: number
  until: number
  waiters: Waiters<ClaimEnding> | undefined
  /** Runs only while somebody waits. */
  leaseTimer: NodeJS.Timeout | undefined
}

/** What nobody asks for any more leaves the memory at most so late, in milliseconds. */
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
    this.#tell(claim, { kind: 'settled', result })
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

  /** The owner's claim while it has no result, also when its lease is over. */
  #running(id: string, owner: string): Claim | undefined {
    const claim = this.#find(id)
    return claim?.owner === owner && claim.result === undefined ? claim : undefined
  }

  #isFull(): boolean {
    if (this.#claims.size < this.#maxClaims && this.#size < this.#maxSize) return false
    // A flood finds the store full many times a second; looking for room once is enough.
    if (Date.now() - this.#swept >= 1000) this.#sweep()
    return this.#claims.size >= this.#maxClaims || this.#size >= this.#maxSize
  }

  #sweep(): void {
    this.#swept = Date.now()
    for (const claim of this.#expiries.takeOver(this.#swept)) this.#drop(claim)
  }

  #drop(claim: Claim): void {
    this.#claims.delete(claim.id)
    if (claim.result !== undefined) this.#size -= Buffer.byteLength(claim.result)
    this.#tell(claim, { kind: 'free' })
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
    else this.#tell(claim, state)
  }

  #tell(claim: Claim, ending: ClaimEnding): void {
    clearTimeout(claim.leaseTimer)
    claim.leaseTimer = undefined
    claim.waiters?.tell(ending)
  }
}

function stateOf({ result, leased }: Claim): ClaimState {
  if (result !== undefined) return { kind: 'settled', result }
  return { kind: Date.now() < leased ? 'running' : 'lost' }
}
