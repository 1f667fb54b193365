import type { Page } from '../lib/page/page.js'

/** What a page says about its forms as a whole, mostly in its layout. */
export interface Forms {
  /**
   * The state that an action gave to `flash()`, for the first page that reads it. That page shows it once: its answer
   * removes the flash. `undefined` when none waits.
   */
  readonly flash: unknown
}

const noFlash: Forms = Object.freeze({ flash: undefined })

/**
 * Makes `ctx.forms`. Its `flash` is an own property, because Handlebars reads no other.
 *
 * @param page without a flash, all pages share one object
 * @param afterRead called when the page has read the flash
 */
export function createForms(page: Page, afterRead?: () => void): Forms {
  if (!page.flash) return noFlash
  return {
    get flash() {
      const state = page.readFlash()
      afterRead?.()
      return state
    },
  }
}
