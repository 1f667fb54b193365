import type { Registry } from '../action/registry.js'
import { liveHeader } from '../base/wire-names.js'
import {
  type AskingForm,
  belongsTo,
  clearFlashHeader,
  hasFlash,
  type OpenedFlash,
  openFlash,
} from './flash.js'
import type { Mountings } from './mountings.js'
import type { PageHost } from './page-host.js'

/** What is sent of a page. */
interface SentPart {
  readonly status: number
  /** The ids of the regions that are sent alone, or `undefined` for the whole page. */
  readonly regions: readonly string[] | undefined
}

/** The flash that waits for the page of one request, and which part of that page has asked for it. */
export class WaitingFlash {
  readonly #mountings: Mountings
  readonly #host: PageHost
  /** The visitor has not opened this page. */
  readonly #early: boolean
  #opened: OpenedFlash | undefined
  /** The registry whose keys have opened it. */
  #owner: Registry | undefined
  /** How many registries have tried to open it. */
  #tried = 0
  /** The page has asked for the flash outside of its regions' functions. */
  #read = false
  #adopted = false
  #described = false
  /** The regions whose functions run now, and those whose functions have asked for the flash. */
  readonly #running: string[] = []
  readonly #readers = new Set<string>()
  /** Regions whose functions have asked for the flash when there was none. */
  readonly #missed = new Set<string>()

  constructor(mountings: Mountings, host: PageHost, early: boolean) {
    this.#mountings = mountings
    this.#host = host
    this.#early = early
  }

  /**
   * Returns `undefined` when the visitor asks for no region and sent no flash, or has not opened the page: a script refreshes
   * regions of an older one, or a browser prepares for a click that may never come. With regions, it says which of them have asked
   * in vain.
   */
  static of(mountings: Mountings, host: PageHost): WaitingFlash | undefined {
    const { headers } = host.req
    const asks = asksForRegions(headers)
    if (!asks && !hasFlash(headers.cookie)) return undefined
    const early = liveHeader.toLowerCase() in headers || isPrefetch(headers)
    return early && !asks ? undefined : new WaitingFlash(mountings, host, early)
  }

  /** Gives the flash to the page. After the headers, which have to remove it, are sent, it waits for the next page. */
  read(): OpenedFlash | undefined {
    const opened = this.#open()
    if (!opened) {
      for (const id of this.#running) this.#missed.add(id)
      return undefined
    }
    if (this.#running.length === 0) this.#read = true
    for (const id of this.#running) this.#readers.add(id)
    return opened
  }

  /** Gives the flash to the first form that is the one that was sent. */
  readBy(form: AskingForm & { readonly registry: Registry }): OpenedFlash | undefined {
    if (this.#adopted) return undefined
    const opened = this.#open()
    if (!opened || form.registry !== this.#owner || !belongsTo(opened, form)) return undefined
    this.#adopted = true
    return this.read()
  }

  /**
   * Runs the function of a region. Of an async function only the part before its first `await` counts as the region's: two
   * such functions may run at the same time.
   */
  within<Content>(region: string, make: () => Content): Content {
    this.#running.push(region)
    try {
      return make()
    } finally {
      this.#running.pop()
    }
  }

  /** Takes back what the function of a region has read, because the function failed and something else is printed. */
  unreadBy(region: string): void {
    this.#readers.delete(region)
    this.#missed.delete(region)
  }

  /** Tells whether the function of a region has asked for a flash and there was none. */
  isMissedBy(region: string): boolean {
    return this.#missed.has(region)
  }

  /**
   * Returns the `Set-Cookie` line that removes the flash when what is sent shows it. A region shows it only when its own
   * function has read it. A redirect, an answer to HEAD and a page that failed show nothing.
   */
  removal({ status, regions }: SentPart): string | undefined {
    this.#described = true
    const shown = regions === undefined ? this.#isRead : regions.some((id) => this.#readers.has(id))
    if (!shown) return undefined
    if ((status >= 300 && status < 400) || status >= 500 || this.#host.req.method === 'HEAD') return undefined
    return clearFlashHeader(this.#host.secure)
  }

  get #isRead(): boolean {
    return this.#read || this.#readers.size > 0
  }

  #open(): OpenedFlash | undefined {
    if (this.#early) return undefined
    const { req, res, secure } = this.#host
    if (!this.#isRead && (this.#described || res.headersSent)) return undefined
    if (this.#opened) return this.#opened
    const cookieHeader = req.headers.cookie ?? ''
    if (!hasFlash(cookieHeader)) return undefined
    for (const { registry, session } of this.#mountings.all.slice(this.#tried)) {
      this.#tried++
      const opened = openFlash(registry, { cookieHeader, secure, session: session() })
      if (!opened) continue
      // Registries may share their keys. The flash is that of the one that knows its action.
      const known = registry.find(opened.action) !== undefined
      if (this.#opened && !known) continue
      this.#opened = opened
      this.#owner = registry
      if (known) break
    }
    return this.#opened
  }
}

/** The names are those of `regionHeaders`, written out because V8 finds a header that is read by a variable in ten times the time. */
function asksForRegions(headers: PageHost['req']['headers']): boolean {
  const other = headers['turbo-frame'] ?? headers['hx-target'] ?? headers['x-up-target']
  return (other ?? headers['sealform-region'] ?? headers['x-alpine-target']) !== undefined
}

/**
 * Tells whether a page is fetched before anybody has asked for it: by a browser (Fetch, section 3.7, "Sec-Purpose"; Safari and
 * older ones say "Purpose"), by Turbo or by the extension "preload" of htmx.
 */
function isPrefetch(headers: PageHost['req']['headers']): boolean {
  const purpose = headers['sec-purpose'] ?? headers['x-sec-purpose'] ?? headers.purpose
  return /^prefetch\b/i.test(String(purpose)) || headers['hx-preloaded'] === 'true'
}
