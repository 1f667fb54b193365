import type { IncomingMessage, ServerResponse } from 'node:http'

/** The request whose page may be kept. */
export interface PageRequest {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** Path and query string, as the browser asked for them. */
  readonly url: string
  readonly protocol: string
  readonly host: string
  session(): string | undefined
}

/** Takes a page that asked for the cache and was not in it. */
export interface Keeping {
  /**
   * Keeps the page when that is allowed, and tells other caches. Called when the page is made, before its headers are
   * sent.
   */
  keep(status: number, body: unknown): void
}

/** What a page tells the cache about itself. */
export interface KeepablePage {
  /** It is run again after a submission. */
  readonly showsOutcome: boolean
  /** It is made for one visitor. */
  readonly personal: boolean
  /** A region of it has failed. */
  readonly failed: boolean
  readonly seals: {
    /** It holds the seal of a one-time action. */
    readonly oneTime: boolean
    /** Seconds: the shortest life of a seal on it. */
    readonly shortestTtl: number
  }
  /** Set when the page asked for the cache and was not in it. The adapter calls it when the page is made. */
  keeping: Keeping | undefined
}

/** A page that an adapter offers to `cachePage()`. */
interface OfferedPage extends PageRequest {
  readonly page: KeepablePage
  /** Ends the answer with the body of a cached page, whose headers are set already. */
  sendKept(body: string | Buffer): void
  /**
   * Holds back what the handler sends until the page is whole. Called when the page is not in the cache and may be
   * kept.
   */
  holdForKeeping(): void
}

interface Offer {
  readonly page: OfferedPage
  /** The cache of `createActions({ cache })`. */
  readonly cache: object
}

const offers = new WeakMap<IncomingMessage, Offer>()

/** Offers a page to `cachePage()`. Adapters of apps with a cache call it before the app's own handler runs. */
export function offerPage(page: OfferedPage, cache: object): void {
  offers.set(page.req, { page, cache })
}

/** Gives the page that was offered for a request, and the cache to look for it in. */
export function offerFor(req: IncomingMessage): Offer | undefined {
  return offers.get(req)
}
