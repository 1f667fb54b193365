/** Promises that wait for one value. Each of them can be aborted. */
export class Waiters<T> {
  readonly #waiting = new Set<(value: T) => void>()

  get size(): number {
    return this.#waiting.size
  }

  /** Resolves with the next value of `wake`, or rejects with the signal's reason. */
  wait(signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const wake = (value: T) => {
        signal.removeEventListener('abort', giveUp)
        resolve(value)
      }
      const giveUp = () => {
        this.#waiting.delete(wake)
        reject(signal.reason)
      }
      signal.addEventListener('abort', giveUp, { once: true })
      this.#waiting.add(wake)
    })
  }

  /** Resolves all waiting promises. */
  wake(value: T): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake(value)
  }
}
