import type { Key, KeyRing } from './key-ring.js'
import { type Seal, seal } from './seal.js'
import type { SealContent } from './seal-content.js'

/** The most seals that are kept, and the longest values among them, in characters. */
const mostKept = 1000
const longestValues = 200

/**
 * The seals of this second. Seals with the same content differ in their nonce only, and a seal that is bound to no session and
 * good for more than one submission says nothing of its visitor. All pages of a second can print the same: a look-up takes a
 * tenth of the 2 µs of a seal, and the rows of a list are sealed once for all visitors.
 */
export class RecentSeals {
  readonly #seals = new Map<string, Seal>()
  #key: Key | undefined
  #second = -1

  /**
   * Returns the seal of a content, made now or earlier in this second.
   *
   * @param content of an action of one registry, without a session. `issued` is the present second
   */
  take(ring: KeyRing, purpose: 'action' | 'button', content: SealContent): Seal {
    const { issued, values } = content
    if (values.length > longestValues) return seal(ring, purpose, content)
    if (issued !== this.#second || ring.sealing !== this.#key) {
      this.#seals.clear()
      this.#second = issued
      this.#key = ring.sealing
    }
    const { action, path = '', owner = '' } = content
    // A path's digest and the name of an action hold no line break, and the values come last.
    const name = `${action}\n${path}\n${owner}\n${values}`
    const known = this.#seals.get(name)
    if (known !== undefined) return known
    const made = seal(ring, purpose, content)
    if (this.#seals.size < mostKept) this.#seals.set(name, made)
    return made
  }
}
