import { Transform, type TransformCallback, Writable } from 'node:stream'
import { ByteBuffer } from '../base/byte-buffer.js'

/** Takes the beginning of a page, up to the mark, and returns what is sent in its place. May throw. */
type Open = (beginning: Buffer) => Buffer

/** Holds back the beginning of a page until a mark in it has been read. What comes after passes through. */
export class PageGate extends Transform {
  /** Settles when the beginning was let through, or when it must not be sent. */
  readonly opened: Promise<void>
  readonly #mark: string
  readonly #open: Open
  #beginning: ByteBuffer | undefined = new ByteBuffer()
  #settle!: (error: unknown) => void

  /** @param mark ASCII */
  constructor(mark: string, open: Open) {
    super()
    this.#mark = mark
    this.#open = open
    this.opened = new Promise((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve() : reject(error))
    })
    this.opened.catch(() => {})
    this.once('error', (error) => this.#settle(error))
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    const beginning = this.#beginning
    if (!beginning) {
      callback(null, chunk)
      return
    }
    const searched = Math.max(0, beginning.length - this.#mark.length)
    beginning.push(chunk)
    if (beginning.view().indexOf(this.#mark, searched, 'latin1') === -1) callback()
    else this.#letThrough(beginning, callback)
  }

  override _flush(callback: TransformCallback): void {
    if (this.#beginning) this.#letThrough(this.#beginning, callback)
    else callback()
  }

  #letThrough(beginning: ByteBuffer, callback: TransformCallback): void {
    this.#beginning = undefined
    try {
      const sent = this.#open(beginning.view())
      this.#settle(undefined)
      callback(null, sent)
    } catch (error) {
      this.#settle(error)
      callback(error instanceof Error ? error : new Error(String(error)))
    }
  }
}

/** Collects a whole page. React writes each piece once, and waits for nothing. */
export class WholePage extends Writable {
  readonly #pieces: Uint8Array[] = []
  readonly #done: (pieces: readonly Uint8Array[]) => void

  /** @param done gets all of the page */
  constructor(done: (pieces: readonly Uint8Array[]) => void) {
    super()
    this.#done = done
  }

  override write(piece: Uint8Array | string): boolean {
    this.#pieces.push(typeof piece === 'string' ? Buffer.from(piece) : piece)
    return true
  }

  override end(): this {
    this.#done(this.#pieces)
    return this
  }
}
