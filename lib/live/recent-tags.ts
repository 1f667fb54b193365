/** The most tags whose last revalidation is remembered. */
const most = 1000

/** Remembers which tags were revalidated lately, in order. */
export class RecentTags {
  /** Counts the revalidations. */
  sequence = 0
  /** When each tag was revalidated last, the latest at the end. */
  readonly #last = new Map<string, number>()
  /** What was revalidated up to here may be forgotten. */
  #forgotten = 0

  /** @param tags `undefined` when it is not known which ones */
  note(tags: readonly string[] | undefined): void {
    this.sequence++
    if (!tags) {
      this.#last.clear()
      this.#forgotten = this.sequence
      return
    }
    for (const tag of tags) {
      this.#last.delete(tag)
      this.#last.set(tag, this.sequence)
    }
    for (const [tag, sequence] of this.#last) {
      if (this.#last.size <= most) break
      this.#last.delete(tag)
      this.#forgotten = sequence
    }
  }

  /** Tells whether one of these tags may have been revalidated after that moment. */
  since(tags: readonly string[], sequence: number): boolean {
    return sequence < this.#forgotten || tags.some((tag) => (this.#last.get(tag) ?? 0) > sequence)
  }
}
