import type { Page } from '../lib/page/page.js'
import type { Search } from '../lib/search/define-search.js'
import type { SearchFormOptions } from '../lib/search/search-options.js'
import { SafeHtml } from './safe-html.js'
import type { SearchForm } from './search-form.js'

/** What a page says about its forms as a whole, mostly in its layout, and its forms that are sent by GET. */
export interface Forms {
  /**
   * The state that an action gave to `flash()`, for the first page that reads it. That page shows it once: its answer
   * removes the flash. `undefined` when none waits.
   */
  readonly flash: unknown
  /**
   * The tag of the script for browsers, to be printed once, in the head; with the middleware's option `live`, also that of the
   * script for live regions. The middleware serves the files, for good under paths that change with their content. With its
   * option `nonce` the tags have that nonce.
   */
  readonly script: SafeHtml
  /**
   * The path of the module `sealform/client/call`, which the middleware serves in the same way, for a page without a bundler:
   * `const { call } = await import(document.body.dataset.call)`.
   */
  readonly callModule: SafeHtml
  /**
   * Reads a search from the query string of the page and validates it. Rejects with what the schema throws.
   *
   * @param search what `defineSearch()` returned
   * @param options `key` tells several searches of a page apart; `keep` names other parameters that stay in the URL
   * @throws SealformError `ERR_FORM_INVALID` on anything but a search, and on bad options
   */
  search<Input>(search: Search<Input>, options?: SearchFormOptions): Promise<SearchForm<Input>>
}

interface FormsTools {
  /** Prints the tag of the script. */
  readonly printScript: () => string
  readonly printCallModule: () => string
  readonly search: Forms['search']
  /** Called when the page has read the flash. */
  readonly afterRead?: () => void
}

/**
 * Makes `ctx.forms`. What it has are own properties, because Handlebars reads no other.
 *
 * @param tools the bound functions behind it
 */
export function createForms(
  page: Page,
  { printScript, printCallModule, search, afterRead }: FormsTools,
): Forms {
  const script = new SafeHtml(printScript)
  const callModule = new SafeHtml(printCallModule)
  if (!page.flash) return { flash: undefined, script, callModule, search }
  return {
    script,
    callModule,
    search,
    get flash() {
      const state = page.readFlash()
      afterRead?.()
      return state
    },
  }
}
