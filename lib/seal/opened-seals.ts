import type { SealContent } from './seal-content.js'

/** The content of an authentic seal. Whether the seal is still valid is decided by `judgeSeal`. */
export interface Opened {
  readonly content: SealContent
  /** The seal itself. Each seal has exactly one spelling; other spellings of the same bytes do not open. */
  readonly token: string
  /** The id of the key that sealed: eight hexadecimal characters. */
  readonly keyId: string
}

/** The most seals of a generation, and the longest seal that is kept, in characters. */
const mostKept = 500
const longestKept = 1024

/**
 * Seals that one key ring has opened. The pages of a second print the same seal, so under load many visitors send the same
 * one, and a look-up takes a tenth of what opening takes. Only seals without a session are kept: those of a session are good for one
 * visitor, who sends each once. A seal that was authentic stays so under the same keys, and whatever else makes it good,
 * such as its time, is judged anew each time.
 *
 * Two generations stand for an order of use: when the younger one is full, it becomes the older one, and what was not sent
 * meanwhile is forgotten.
 */
export class OpenedSeals {
  #younger = new Map<string, Opened>()
  #older = new Map<string, Opened>()

  /** Returns what was opened before. Nobody writes to it. */
  find(token: string): Opened | undefined {
    const known = this.#younger.get(token)
    if (known !== undefined) return known
    const older = this.#older.get(token)
    if (older !== undefined) this.#add(older)
    return older
  }

  /** Keeps an authentic seal that `find()` has not found. */
  keep(opened: Opened): void {
    if (opened.content.session === undefined && opened.token.length <= longestKept) this.#add(opened)
  }

  #add(opened: Opened): void {
    if (this.#younger.size === mostKept) {
      this.#older = this.#younger
      this.#younger = new Map()
    }
    this.#younger.set(opened.token, opened)
  }
}
