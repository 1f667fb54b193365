/**
 * Items, sorted by the second in which they expire. Adding and removing takes constant time, and expired items are found
 * without looking at the others.
 */
export class Expiries<T> {
  readonly #seconds = new Map<number, Set<T>>()

  /** @param until milliseconds since 1970 */
  add(item: T, until: number): void {
    const second = secondOf(until)
    const items = this.#seconds.get(second)
    if (items) items.add(item)
    else this.#seconds.set(second, new Set([item]))
  }

  /** @param until the same value as for `add` */
  remove(item: T, until: number): void {
    const second = secondOf(until)
    const items = this.#seconds.get(second)
    if (items?.delete(item) && items.size === 0) this.#seconds.delete(second)
  }

  /** Removes and returns the expired items, at most a second late. */
  takeExpired(now: number): readonly T[] {
    const expired = []
    for (const [second, items] of this.#seconds) {
      if (second * 1000 > now) continue
      this.#seconds.delete(second)
      expired.push(...items)
    }
    return expired
  }
}

function secondOf(until: number): number {
  return Math.ceil(until / 1000)
}
