import { randomFillSync } from 'node:crypto'

/** Bytes. XSalsa20 nonces are long enough to be chosen at random (Bernstein, "Extending the Salsa20 nonce"). */
export const nonceLength = 24

/** One call to the system's random generator costs as much as a whole seal, so one call fills 170 nonces. */
const pool = new Uint8Array(170 * nonceLength)
let next = pool.length

/** Writes a fresh nonce into `target` and erases it from the pool. */
export function takeNonce(target: Uint8Array): void {
  if (next === pool.length) {
    randomFillSync(pool)
    next = 0
  }
  for (let i = 0; i < nonceLength; i++, next++) {
    target[i] = pool[next]!
    pool[next] = 0
  }
}
