/** A claim of this process, until Redis knows how it ended. */
export interface HeldClaim {
  readonly id: string
  readonly owner: string
  readonly digest: string
  /** Seconds. */
  lease: number
  /** Milliseconds since 1970. */
  until: number
  /** How the claim ended; absent while the action runs. */
  ending?: { readonly kind: 'released' } | { readonly kind: 'settled'; readonly result: string }
}

/** Milliseconds between two attempts to tell Redis how a claim ended. */
const retryInterval = 1000

/** The most that is kept while Redis is away: claims, and characters of their results. */
const maxClaims = 10_000
const maxResults = 16 * 2 ** 20

/**
 * The claims of this process that Redis must learn the end of. When Redis is back after a break, the ledger sends all of
 * them again, since Redis may have lost its data. It repeats failed endings every second.
 */
export class RedisLedger {
  readonly #held = new Map<string, HeldClaim>()
  readonly #tell: (claim: HeldClaim) => Promise<void>
  readonly #isReady: () => boolean
  #timer: NodeJS.Timeout | undefined
  #telling: Promise<void> = Promise.resolve()

  /** @param tell sends the state of a claim to Redis. It may be called twice with the same state */
  constructor(tell: (claim: HeldClaim) => Promise<void>, isReady: () => boolean) {
    this.#tell = tell
    this.#isReady = isReady
  }

  get size(): number {
    return this.#held.size
  }

  find(id: string, owner: string): HeldClaim | undefined {
    return this.#held.get(keyOf(id, owner))
  }

  hold(claim: HeldClaim): void {
    this.#held.set(keyOf(claim.id, claim.owner), claim)
  }

  /** Sends the ending of a claim now. When that fails, it throws and repeats it later. */
  async end(claim: HeldClaim): Promise<void> {
    this.#held.set(keyOf(claim.id, claim.owner), claim)
    try {
      await this.#tellEnd(claim)
    } catch (error) {
      this.#forgetOldest()
      this.#retryLater()
      throw error
    }
  }

  /** Sends the state of all claims, one after the other, and stops at the first failure. */
  tellAgain(): Promise<void> {
    this.#telling = this.#telling.then(() => this.#tellAll(() => true))
    return this.#telling
  }

  async #tellEndsAgain(): Promise<void> {
    await this.#telling
    await this.#tellAll(isEnded)
    if ([...this.#held.values()].some(isEnded)) this.#retryLater()
  }

  #retryLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.#tellEndsAgain()
    }, retryInterval).unref()
  }

  async #tellAll(which: (claim: HeldClaim) => boolean): Promise<void> {
    if (!this.#isReady()) return
    try {
      for (const claim of [...this.#held.values()].filter(which)) await this.#tellState(claim)
    } catch {
      // The rest follows when Redis is back, or a second later.
    }
  }

  async #tellState(claim: HeldClaim): Promise<void> {
    const key = keyOf(claim.id, claim.owner)
    if (this.#held.get(key) !== claim) return
    if (Date.now() >= claim.until) this.#held.delete(key)
    else if (claim.ending) await this.#tellEnd(claim)
    else await this.#tell(claim)
  }

  async #tellEnd(claim: HeldClaim): Promise<void> {
    await this.#tell(claim)
    const key = keyOf(claim.id, claim.owner)
    if (this.#held.get(key) === claim) this.#held.delete(key)
  }

  /** Drops the oldest results when there are too many. Their claims count as lost when the lease expires, and never run again. */
  #forgetOldest(): void {
    let results = 0
    for (const { ending } of this.#held.values())
      if (ending?.kind === 'settled') results += ending.result.length
    for (const [key, { ending }] of this.#held) {
      if (this.#held.size <= maxClaims && results <= maxResults) return
      if (!ending) continue
      if (ending.kind === 'settled') results -= ending.result.length
      this.#held.delete(key)
    }
  }
}

function keyOf(id: string, owner: string): string {
  return `${owner} ${id}`
}

function isEnded(claim: HeldClaim): boolean {
  return claim.ending !== undefined
}
