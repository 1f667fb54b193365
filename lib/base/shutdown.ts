/**
 * Tells the readers of request bodies that the process is shutting down and waits no longer for the rest of a body. One
 * instance serves a whole app.
 */
export class Shutdown {
  /** Whether the time is up. Bodies that are not complete yet are then refused. */
  over = false
  readonly #waiting = new Set<() => void>()

  /**
   * Starts the countdown. After several calls, the earliest end counts.
   *
   * @param seconds that requests under way still have to send their bodies
   */
  announce(seconds: number): void {
    // The timer does not keep a process alive that has nothing else to do.
    setTimeout(() => this.#end(), seconds * 1000).unref()
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
