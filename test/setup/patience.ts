import { setTimeout as wait } from 'node:timers/promises'

/**
 * Milliseconds after which a test gives up waiting for something that should happen. Only a test that hangs reaches it:
 * it leaves room for a machine that does much else at the same time.
 */
export const patience = 120_000

/**
 * Of a whole test file, for `node --test`. It is longer, so that a wait inside the file reports first what is missing. Twice as long as
 * the longest file has taken: nine and a half minutes, on a slow machine with ten times as much to do.
 */
export const filePatience = 10 * patience

/**
 * Waits until a condition holds.
 *
 * @throws Error that quotes the condition, when it does not hold within `patience`
 */
export async function until(condition: () => unknown): Promise<void> {
  for (const end = performance.now() + patience; !(await condition()); await wait(10)) {
    if (performance.now() > end) throw new Error(`Waited in vain for: ${condition}`)
  }
}

/** A signal for what accepts one, in place of an endless wait. */
export function patienceSignal(): AbortSignal {
  return AbortSignal.timeout(patience)
}
