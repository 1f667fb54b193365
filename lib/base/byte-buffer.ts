const none = Buffer.alloc(0)

/**
 * Collects chunks of bytes in one buffer. A first chunk is kept without a copy. From the second on, chunks are copied
 * into a buffer that doubles when it is full: a megabyte sent byte by byte does not become a million objects.
 */
export class ByteBuffer {
  length = 0
  #buffer: Buffer = none
  /** Whether `#buffer` was allocated here. A caller's chunk must not be written to. */
  #owned = false

  push(chunk: Buffer): void {
    if (chunk.length === 0) return
    if (this.length === 0 && !this.#owned) {
      this.#buffer = chunk
      this.length = chunk.length
      return
    }
    const needed = this.length + chunk.length
    if (!this.#owned || needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(1024, needed * 2))
      this.#buffer.copy(grown, 0, 0, this.length)
      this.#buffer = grown
      this.#owned = true
    }
    chunk.copy(this.#buffer, this.length)
    this.length = needed
  }

  /** Returns the bytes so far without copying them. The result is valid until the next `push`. */
  view(): Buffer {
    return this.length === this.#buffer.length ? this.#buffer : this.#buffer.subarray(0, this.length)
  }
}
