/** A claim that this process has made and Redis must come to know the end of. */
export interface HeldClaim {
  readonly id: string
  readonly owner: string
  /** Seconds. */
  lease: number
  /** Milliseconds since 1970. */
  until: number
  /** Not there while it runs. */
  ending?: { readonly kind: 'released' } | { readonly kind: 'settled'; readonly result: string }
}

/** Milliseconds between two attempts to tell Redis an end that it has not taken. */
const retryInterval = 1000

/** What is remembered at most while Redis is away: claims, and characters of their results. */
const maxClaims = 10_000
const maxResults = 16 * 2 ** 20

/**
 * The claims of this process whose end Redis has not taken yet. They are told again: all of them when Redis is back, since
 * it may have lost what it knew, and the ends that failed every second.
 */
export class RedisLedger {
  readonly #held = new Map<string, HeldClaim>()
  readonly #tell: (claim: HeldClaim) => Promise<void>
  readonly #isReady: () => boolean
  #timer: NodeJS.Timeout | undefined
  #telling: Promise<void> = Promise.resolve()

  /** @param tell tells Redis how a claim stands; the same may be told twice */
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

  /** Tells the end of a claim now, and again later when that fails. */
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

  /** Tells how all claims stand, one after the other, for as long as Redis takes it. */
  tellAgain(): Promise<void> {
    this.#telling = this.#telling.then(() => this.#tellThose(() => true))
    return this.#telling
  }

  async #tellEndsAgain(): Promise<void> {
    await this.#telling
    await this.#tellThose(isEnded)
    if ([...this.#held.values()].some(isEnded)) this.#retryLater()
  }

  #retryLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.#tellEndsAgain()
    }, retryInterval).unref()
  }

  async #tellThose(which: (claim: HeldClaim) => boolean): Promise<void> {
    if (!this.#isReady()) return
    try {
      for (const claim of [...this.#held.values()].filter(which)) await this.#tellStanding(claim)
    } catch {
      // When Redis is back, or a second later.
    }
  }

  async #tellStanding(claim: HeldClaim): Promise<void> {
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

  /** A run whose result is forgotten counts as lost when its lease is over, and still never runs again. */
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
