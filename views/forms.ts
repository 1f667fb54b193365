import type { Page } from '../lib/page/page.js'
import { SafeHtml } from './safe-html.js'

/** What a page says about its forms as a whole, mostly in its layout. */
export interface Forms {
  /**
   * The state that an action gave to `flash()`, for the first page that reads it. That page shows it once: its answer
   * removes the flash. `undefined` when none waits.
   */
  readonly flash: unknown
  /**
   * The tag of the script for browsers, to be printed once, in the head. The middleware serves the file, for good under a
   * path that changes with its content.
   */
  readonly script: SafeHtml
}

/**
 * Makes `ctx.forms`. Its `flash` is an own property, because Handlebars reads no other.
 *
 * @param printScript prints the tag of the script
 * @param afterRead called when the page has read the flash
 */
export function createForms(page: Page, printScript: () => string, afterRead?: () => void): Forms {
  const script = new SafeHtml(printScript)
  if (!page.flash) return { flash: undefined, script }
  return {
    script,
    get flash() {
      const state = page.readFlash()
      afterRead?.()
      return state
    },
  }
}
