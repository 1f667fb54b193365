import { attributeNames } from '../lib/base/wire-names.js'
import type { Messages } from '../lib/outcome/messages.js'
import type { Page } from '../lib/page/page.js'
import { problemGivenBack } from './built-in-page.js'
import { SafeHtml } from './safe-html.js'
import { printStandIn } from './stand-in.js'

/** The content of a region: its HTML, or a function that makes it. */
export type RegionContent = SafeHtml | string | (() => SafeHtml | string | Promise<SafeHtml | string>)

/** Options of `ctx.region(id, render, options)`. */
export interface RegionOptions {
  /**
   * Sends this region along with every other region that a client asks for, for example a flash or a cart.
   * @default false
   */
  always?: boolean
  /**
   * Tags. When one of them is revalidated, open pages ask for this region again, if the middleware has the option `live`. At most
   * 16. A region with a form that gives input back is left alone.
   * @default none
   */
  live?: readonly string[]
  /**
   * Makes the HTML for a region whose function throws: one element with the region's id.
   * @default an `element` with a sentence, the reference, and the input
   */
  fallback?(failure: RegionFailure): SafeHtml | string
  /**
   * The name of the region's own element, which then stands there without a `fallback` too: `tbody`, `turbo-frame`.
   * @default `turbo-frame` when a frame of Turbo has asked for the region, else `div`
   */
  element?: string
}

/** What `fallback` receives. */
export interface RegionFailure {
  readonly error: unknown
  /** Identifies the error for the visitor. It is also in the log. */
  readonly reference: string
  /**
   * A plain form with what the visitor has just sent, when the form that should show it is in this region; otherwise empty.
   * When a fallback leaves it out, the built-in page replaces the whole page, so that no input is lost.
   */
  readonly input: SafeHtml
}

/** A region as the page declares it. */
export interface Region extends RegionOptions {
  readonly id: string
  readonly content: RegionContent
  /** Returns the name of the element that the client looks for; `undefined` when any will do. */
  lookedFor(): string | undefined
}

/** Prints a region of a page. When its function throws, the rest of the page is not affected. */
export function printRegion(
  page: Page,
  messages: Messages,
  { id, content, fallback, element, lookedFor, always = false, live }: Region,
): SafeHtml | Promise<SafeHtml> {
  let gaveBack = false
  if (typeof content !== 'function') return keep(content)
  const boundary = page.openBoundary()
  try {
    const made = page.flash ? page.flash.within(id, content) : content()
    return made instanceof Promise ? made.then(keep).catch(fall) : keep(made)
  } catch (error) {
    return fall(error)
  }

  function keep(text: SafeHtml | string): SafeHtml {
    // Directly behind the name of the element: the values of its attributes may hold a `>`.
    const content = String(text)
    const mark = live && !gaveBack ? page.liveMark(id, content, live) : undefined
    const attributes = `${attributeNames.region}${mark === undefined ? '' : ` ${attributeNames.live}="${mark}"`}`
    const printed = content.replace(/^\s*<[a-zA-Z][^\s/>]*/, `$& ${attributes}`)
    page.keepRegion({ id, html: printed, always, live: mark })
    return new SafeHtml(printed)
  }

  function fall(error: unknown): SafeHtml {
    page.flash?.unreadBy(id)
    const { reference, lost } = boundary.catch(error, messages)
    gaveBack = lost !== undefined
    const input = lost ? problemGivenBack(lost) : new SafeHtml('')
    const own = { id, element: element ?? lookedFor() ?? 'div', reference, input, messages }
    const printed = keep(fallback?.({ error, reference, input }) ?? printStandIn(own))
    if (lost && String(printed).includes(String(input))) {
      page.adopted = true
      page.notePrinted(lost.seal ?? String(input))
    }
    return printed
  }
}
