import { randomFillSync } from 'node:crypto'

/** XSalsa20 nonces are long enough to be taken at random (Bernstein, "Extending the Salsa20 nonce"). */
export const nonceLength = 24

/** A call to the system's generator costs as much as a whole seal, so it fills 170 nonces at a time. */
const pool = new Uint8Array(170 * nonceLength)
let next = pool.length

/** Writes a nonce that no one has had before into `target`, and forgets it. */
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
