import type { IncomingMessage } from 'node:http'

/**
 * Makes a request emit 'data'. Another 'readable' listener, for example of a monitor, keeps `resume()` from doing that: Node
 * then waits for someone to call `read()`.
 *
 * @see https://nodejs.org/api/stream.html#readableresume
 */
export class Flow {
  readonly #req: IncomingMessage
  #pulling = false
  #paused = true

  constructor(req: IncomingMessage) {
    this.#req = req
  }

  resume(): void {
    this.#paused = false
    if (this.#req.listenerCount('readable') === 0) {
      this.#req.resume()
      return
    }
    if (!this.#pulling) {
      this.#pulling = true
      this.#req.on('readable', this.#pull)
    }
    this.#pull()
  }

  pause(): void {
    this.#paused = true
    this.#req.pause()
  }

  /** Removes the listener. */
  release(): void {
    this.#paused = true
    this.#req.off('readable', this.#pull)
  }

  /** Reads what has arrived. Each `read()` emits 'data'. */
  readonly #pull = (): void => {
    while (!this.#paused && this.#req.read() !== null);
  }
}
