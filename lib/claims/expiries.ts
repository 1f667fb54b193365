/**
 * Things by the second in which their time is over. Adding and removing one costs the same however many there are, and
 * those whose time is over are found without a look at the others.
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

  /** @param until as it was added */
  remove(item: T, until: number): void {
    const second = secondOf(until)
    const items = this.#seconds.get(second)
    if (items?.delete(item) && items.size === 0) this.#seconds.delete(second)
  }

  /** Removes what is over, at most a second late. */
  takeOver(now: number): readonly T[] {
    const over = []
    for (const [second, items] of this.#seconds) {
      if (second * 1000 > now) continue
      this.#seconds.delete(second)
      over.push(...items)
    }
    return over
  }
}

function secondOf(until: number): number {
  return Math.ceil(until / 1000)
}
