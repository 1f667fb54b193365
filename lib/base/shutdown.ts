/**
 * Tells the readers of request bodies that the process is shutting down and waits no longer for the rest of a body, and
 * ends answers that would never end. One instance serves a whole app.
 */
export class Shutdown {
  /** Whether the time is up. Bodies that are not complete yet are then refused. */
  over = false
  /** Whether the countdown has begun. No answer that would never end may begin any more. */
  announced = false
  readonly #waiting = new Set<() => void>()
  readonly #endless = new Set<() => void>()

  /**
   * Starts the countdown. After several calls, the earliest end counts.
   *
   * @param seconds that requests under way still have to send their bodies
   */
  announce(seconds: number): void {
    this.announced = true
    for (const end of this.#endless) end()
    // The timer does not keep a process alive that has nothing else to do.
    setTimeout(() => this.#end(), seconds * 1000).unref()
  }

  /** Calls `end` as soon as the countdown begins, for answers that do not end by themselves. */
  onAnnounced(end: () => void): void {
    this.#endless.add(end)
  }

  /**
   * Calls `stop` when the time is up.
   *
   * @returns a function that cancels this
   */
  onOver(stop: () => void): () => void {
    this.#waiting.add(stop)
    return () => this.#waiting.delete(stop)
  }

  #end(): void {
    this.over = true
    for (const stop of this.#waiting) stop()
  }
}
