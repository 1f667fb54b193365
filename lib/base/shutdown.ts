/**
 * Says to whoever reads a body that the process will not wait for the rest of it. Set up once for an app; costs nothing
 * until a body has to be waited for.
 */
export class Shutdown {
  /** The time is up: what has not arrived is not waited for. */
  over = false
  readonly #waiting = new Set<() => void>()

  /** @param seconds that those who are sending still have. Of several announcements the first to be over counts */
  announce(seconds: number): void {
    // A process that has nothing else to do any more need not wait.
    setTimeout(() => this.#end(), seconds * 1000).unref()
  }

  /** Calls `stop` when the time is up, until what is returned is called. */
  onOver(stop: () => void): () => void {
    this.#waiting.add(stop)
    return () => this.#waiting.delete(stop)
  }

  #end(): void {
    this.over = true
    for (const stop of this.#waiting) stop()
  }
}
