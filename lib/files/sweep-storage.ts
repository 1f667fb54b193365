import type { FileStorage } from './file-storage.js'

/** The times of a sweep, in seconds. */
interface SweepTimes {
  /** Files that were last used longer ago are removed. Longer than a kept file waits, with room for a slow action. */
  readonly age: number
  /** The time between two sweeps. */
  readonly every: number
}

/**
 * Sweeps a storage now and then regularly. Sweeps never overlap, and the timer does not keep the process alive.
 *
 * @param onError called with the error of a failed sweep. The next sweep still runs
 * @returns a function that stops the sweeping
 */
export function sweepRegularly(
  storage: FileStorage,
  { age, every }: SweepTimes,
  onError: (error: unknown) => void,
): () => void {
  let sweeping = false
  const sweep = async () => {
    if (sweeping) return
    sweeping = true
    try {
      await storage.sweep(new Date(Date.now() - age * 1000))
    } catch (error) {
      onError(error)
    } finally {
      sweeping = false
    }
  }
  void sweep()
  const timer = setInterval(sweep, every * 1000).unref()
  return () => clearInterval(timer)
}
