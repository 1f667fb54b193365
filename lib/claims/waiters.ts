/** Those who wait to be told one thing; each of them can give up. */
export class Waiters<T> {
  readonly #waiting = new Set<(value: T) => void>()

  get size(): number {
    return this.#waiting.size
  }

  /** Resolves with what is told next, or rejects with the signal's reason. */
  wait(signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const tell = (value: T) => {
        signal.removeEventListener('abort', giveUp)
        resolve(value)
      }
      const giveUp = () => {
        this.#waiting.delete(tell)
        reject(signal.reason)
      }
      signal.addEventListener('abort', giveUp, { once: true })
      this.#waiting.add(tell)
    })
  }

  tell(value: T): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const tell of waiting) tell(value)
  }
}
