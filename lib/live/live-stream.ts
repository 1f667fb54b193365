import type { ServerResponse } from 'node:http'

/** Bytes that a browser may be behind. Whoever does not read that much of these few short lines is gone, or an attacker. */
const mostBehind = 4096

/** A region of an open page. */
export interface WatchedRegion {
  /** Internal names. */
  readonly tags: readonly string[]
  /** What the page knows of it. */
  stamp: string
}

/**
 * One stream of server-sent events. An event says which regions of the page are not as new as they could be, by their places in
 * the request: `data: 0:hX3…,2:k8Q…`. No text of a page or of a visitor is in it, so there is nothing to escape.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class LiveStream {
  readonly regions: readonly WatchedRegion[]
  /** Stands for the session. */
  readonly session: string | undefined
  /** Places of regions to look at. */
  readonly pending = new Set<number>()
  /** Set while an event is being prepared. */
  timer: NodeJS.Timeout | undefined
  /** Milliseconds since 1970, when it ends at the latest. */
  readonly ends: number
  readonly #res: ServerResponse

  constructor(
    res: ServerResponse,
    { regions, session, ends }: Pick<LiveStream, 'regions' | 'session' | 'ends'>,
  ) {
    this.#res = res
    this.regions = regions
    this.session = session
    this.ends = ends
  }

  /** Sends the headers. `no-transform` keeps compression, which would hold back events, away. */
  open(): void {
    const { req } = this.#res
    // A session package that has wrapped them would save at the end of a stream what it has read at the beginning.
    for (const name of ['writeHead', 'write', 'end']) Reflect.deleteProperty(this.#res, name)
    this.#res.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
      'X-Content-Type-Options': 'nosniff',
      // Nothing comes after a stream, so that a server which closes does not wait. HTTP/2 forbids the header.
      ...(req.httpVersionMajor < 2 && { Connection: 'close' }),
    })
    this.#write(': open\n\n')
  }

  /** Says which regions the browser has to ask for, each with what stands for its newest version. */
  tell(regions: readonly (readonly [place: number, stamp: string])[]): void {
    this.#write(`data: ${regions.map((each) => each.join(':')).join()}\n\n`)
  }

  /** Keeps the connection in use, or ends it when its time is over. */
  beat(): void {
    if (Date.now() >= this.ends) this.end()
    else this.#write(':\n\n')
  }

  end(): void {
    this.#res.end()
  }

  #write(text: string): void {
    if (this.#res.writableLength > mostBehind) this.#res.destroy()
    else this.#res.write(text)
  }
}
