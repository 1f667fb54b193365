/** The claims of forms that were made in the same second. */
interface Second {
  readonly prints: Set<number>
  /** When all of these forms have expired: milliseconds since 1970. */
  until: number
}

/**
 * What a full store remembers of claims that it has dropped: a number of 32 bits for each, in about 25 bytes instead of
 * 450. Two ids of one second share a number once in millions of forms; the second form then counts as sent.
 *
 * There is a bound here, too. Beyond it, the oldest seconds are forgotten as a whole: whether a form of that time was sent
 * is not known any more.
 */
export class SpentClaims {
  readonly #most: number
  readonly #seconds = new Map<number, Second>()
  #size = 0
  /** Seconds since 1970. What was sent of forms as old as this, or older, is forgotten. */
  #forgotten = 0

  constructor(most: number) {
    this.#most = most
  }

  get size(): number {
    return this.#size
  }

  /**
   * @param issued when the form was made, in whole seconds since 1970
   * @param until when it has expired, in milliseconds since 1970
   */
  add(id: string, issued: number, until: number): void {
    const second = this.#seconds.get(issued) ?? { prints: new Set(), until }
    this.#seconds.set(issued, second)
    this.#size -= second.prints.size
    second.prints.add(printOf(id))
    this.#size += second.prints.size
    second.until = Math.max(second.until, until)
    if (this.#size > this.#most) this.#forgetOldest()
  }

  /** Says whether the claim of a form was dropped. */
  find(id: string, issued: number): 'spent' | 'forgotten' | 'unknown' {
    if (this.#seconds.get(issued)?.prints.has(printOf(id))) return 'spent'
    return issued <= this.#forgotten ? 'forgotten' : 'unknown'
  }

  /** Removes what has expired. */
  sweep(now: number): void {
    for (const [issued, { until }] of this.#seconds) if (until <= now) this.#remove(issued)
  }

  /** Forgets an eighth at least, because finding the oldest second means looking at all of them. */
  #forgetOldest(): void {
    const oldest = [...this.#seconds.keys()].sort((a, b) => a - b)
    for (const issued of oldest) {
      if (this.#size <= (this.#most * 7) / 8) return
      this.#remove(issued)
      this.#forgotten = Math.max(this.#forgotten, issued)
    }
  }

  #remove(issued: number): void {
    this.#size -= this.#seconds.get(issued)?.prints.size ?? 0
    this.#seconds.delete(issued)
  }
}

/** FNV-1a. The ids are random, so any mixing will do. */
function printOf(id: string): number {
  let print = 0x811c9dc5
  for (let i = 0; i < id.length; i++) print = Math.imul(print ^ id.charCodeAt(i), 0x01000193)
  return print
}
