import type { Key } from './key-ring.js'
import type { Seal } from './seal.js'

/** The most seals that are kept, and the longest name among them, in characters. */
const mostKept = 1000
const longestName = 400

/** The moment for which seals are shared. */
interface Moment {
  /** Whole seconds since the epoch. */
  readonly second: number
  /** The key that seals. */
  readonly key: Key
}

/**
 * The seals of this second. Seals with the same content differ in their nonce only, and a seal that is bound to no session and
 * good for more than one submission says nothing of its visitor. All pages of a second can print the same: a look-up takes a
 * tenth of the 2 µs of a seal, and the rows of a list are sealed once for all visitors.
 */
export class RecentSeals {
  readonly #seals = new Map<object, Map<string, Seal>>()
  #size = 0
  #second = -1
  #key: Key | undefined

  /**
   * Returns a seal that was made earlier in this second.
   *
   * @param action what stands for the action
   * @param name stands for the rest of the content: two contents of an action have two names
   */
  find(action: object, name: string, { second, key }: Moment): Seal | undefined {
    if (second === this.#second && key === this.#key) return this.#seals.get(action)?.get(name)
    this.#seals.clear()
    this.#size = 0
    this.#second = second
    this.#key = key
    return undefined
  }

  /** Keeps a seal that `find()` has not found at this moment. */
  keep(action: object, name: string, seal: Seal): void {
    if (this.#size === mostKept || name.length > longestName) return
    this.#size++
    const known = this.#seals.get(action)
    if (known) known.set(name, seal)
    else this.#seals.set(action, new Map([[name, seal]]))
  }
}
