import type { Exchange } from '../action/exchange.js'

/** What keeps the live regions of open pages up to date. */
export interface LiveRegions {
  /** The moment at which a page begins to be made. */
  readonly sequence: number
  /**
   * Returns what stands for the versions of tags; empty when one may have been revalidated since that moment.
   *
   * @throws SealformError `ERR_OPTION_INVALID` on anything but tags
   */
  stamp(tags: readonly string[], since: number): string
}

/** What a page has to know of its request, and do for it. */
export interface PageHost extends Pick<Exchange, 'req' | 'res' | 'path' | 'secure' | 'session'> {
  /** Set when the app has live regions. */
  readonly live?: LiveRegions | undefined
  reportError(error: unknown, details: FailureDetails): void
}

/** Goes with an error to the app's handlers. */
export interface FailureDetails {
  /** The one that the visitor was shown. */
  readonly reference: string
  readonly action: string | undefined
}
