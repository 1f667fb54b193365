import type { FileStorage } from './file-storage.js'

/** When a storage is swept; all in seconds. */
export interface SweepTimes {
  /** What was last used so long ago is removed. Longer than a kept file waits, with room for an action that takes long. */
  readonly age: number
  /** Between two sweeps. */
  readonly every: number
}

/**
 * Sweeps a storage now and from time to time, one sweep after another, without keeping the process alive.
 *
 * @param onError told why a sweep failed; the next one comes all the same
 * @returns a function that ends it
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
