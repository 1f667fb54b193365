/** The most that this server puts into the shared tier, or keeps in memory. */
export interface Bounds {
  readonly entries: number
  /** Bytes of all keys and texts together, as UTF-8. */
  readonly size: number
}

interface Written {
  readonly size: number
  /** Milliseconds since 1970. */
  readonly until: number
}

/**
 * Knows what this server has put into the shared tier, and how much there is room for. Without a bound, a client that asks
 * for ever new pages would fill the store behind the tier, and claims of one-time submissions may lie in the same store.
 */
export class OwnShare {
  readonly #bounds: Bounds
  /** The oldest come first. */
  readonly #written = new Map<string, Written>()
  #size = 0

  constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  /**
   * Notes an entry that is about to be written.
   *
   * @param until milliseconds since 1970
   * @returns whether it may be written, and the keys to delete in its favour
   */
  add(
    key: string,
    text: string,
    until: number,
  ): { readonly fits: boolean; readonly surplus: readonly string[] } {
    const size = Buffer.byteLength(key) + Buffer.byteLength(text)
    const had = this.#remove(key)
    if (size > this.#bounds.size) return { fits: false, surplus: had ? [key] : [] }
    this.#written.set(key, { size, until })
    this.#size += size
    return { fits: true, surplus: this.#makeRoom() }
  }

  #makeRoom(): readonly string[] {
    const now = Date.now()
    const surplus: string[] = []
    for (const [key, { until }] of this.#written) {
      if (this.#written.size <= this.#bounds.entries && this.#size <= this.#bounds.size) break
      this.#remove(key)
      // The tier has removed it by itself.
      if (until > now) surplus.push(key)
    }
    return surplus
  }

  #remove(key: string): boolean {
    this.#size -= this.#written.get(key)?.size ?? 0
    return this.#written.delete(key)
  }
}
