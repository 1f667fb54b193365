const none = Buffer.alloc(0)

/**
 * Collects pieces of bytes into one buffer. The first piece is kept as it is; when more come, all are copied into
 * a buffer that doubles, so that a megabyte sent one byte at a time does not become a million objects.
 */
export class ByteBuffer {
  length = 0
  #buffer: Buffer = none
  #owned = false

  push(piece: Buffer): void {
    if (piece.length === 0) return
    if (this.length === 0 && !this.#owned) {
      this.#buffer = piece
      this.length = piece.length
      return
    }
    const needed = this.length + piece.length
    if (!this.#owned || needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(1024, needed * 2))
      this.#buffer.copy(grown, 0, 0, this.length)
      this.#buffer = grown
      this.#owned = true
    }
    piece.copy(this.#buffer, this.length)
    this.length = needed
  }

  /** The bytes so far, valid until the next `push`. */
  view(): Buffer {
    return this.length === this.#buffer.length ? this.#buffer : this.#buffer.subarray(0, this.length)
  }
}
