import type { Exchange } from '../action/exchange.js'

/** What a page has to know of its request, and do for it. */
export interface PageHost extends Pick<Exchange, 'req' | 'res' | 'path' | 'secure' | 'session'> {
  reportError(error: unknown, details: FailureDetails): void
}

/** Goes with an error to the app's handlers. */
export interface FailureDetails {
  /** The one that the visitor was shown. */
  readonly reference: string
  readonly action: string | undefined
}
