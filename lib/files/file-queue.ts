/**
 * One file on its way from the request to its consumer. Queues the chunks that the consumer has not taken yet, without
 * copying. The reader of the request pauses when `waiting` is high (backpressure).
 */
export class FileIntake implements AsyncIterableIterator<Uint8Array> {
  /** Bytes that have arrived so far. */
  size = 0
  /** Bytes that have arrived and that the consumer has not taken yet. */
  waiting = 0
  readonly #onTaken: () => void
  readonly #pieces: Uint8Array[] = []
  #state: 'open' | 'ended' | 'left' = 'open'
  #failure: { readonly error: unknown } | undefined
  #wake: (() => void) | undefined

  /** @param onTaken called when the consumer has taken bytes or stops */
  constructor(onTaken: () => void) {
    this.#onTaken = onTaken
  }

  /** Whether no more bytes will come and none are queued. */
  get finished(): boolean {
    return this.#state !== 'open' && this.#pieces.length === 0
  }

  push(piece: Uint8Array): void {
    this.size += piece.length
    if (this.#state !== 'open') return
    this.waiting += piece.length
    this.#pieces.push(piece)
    this.#changed()
  }

  end(): void {
    if (this.#state === 'open') this.#state = 'ended'
    this.#changed()
  }

  /** Ends an incomplete file. The consumer gets this error in place of the rest. */
  fail(error: unknown): void {
    if (this.finished) return
    this.#failure = { error }
    this.#leave()
    this.#changed()
  }

  /** Returns the first bytes without taking them, or fewer when the file is shorter. */
  async head(bytes: number): Promise<Uint8Array> {
    while (this.#state === 'open' && this.waiting < bytes) await this.#change()
    if (this.#failure) throw this.#failure.error
    return Buffer.concat(this.#pieces, Math.min(bytes, this.waiting))
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      const value = this.#pieces.shift()
      if (value) {
        this.waiting -= value.length
        this.#onTaken()
        return { done: false, value }
      }
      if (this.#failure) throw this.#failure.error
      if (this.#state !== 'open') return { done: true, value: undefined }
      await this.#change()
    }
  }

  /** Stops the consumption. Later bytes are only counted. */
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#leave()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #leave(): void {
    this.#state = 'left'
    this.#pieces.length = 0
    this.waiting = 0
    this.#onTaken()
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #changed(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}
