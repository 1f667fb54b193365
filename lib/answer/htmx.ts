import type { IncomingHttpHeaders } from 'node:http'
import type { ShownPage, Whole } from './client-answer.js'
import type { OwnFile } from './own-file.js'
import { selectorOf } from './read-selectors.js'

// What both versions of htmx have in common.

export function isHtmx(headers: IncomingHttpHeaders): boolean {
  return headers['hx-request'] === 'true' || (headers['hx-target'] ?? '') !== ''
}

/** Version 4 names an element by its tag, and its id behind a `#` through `encodeURI`. */
export function asksHtmx4({ 'hx-target': target = '' }: IncomingHttpHeaders): readonly string[] {
  const identifiers = String(target).split(/\s+/)
  return identifiers.flatMap((identifier) => {
    const start = identifier.indexOf('#')
    return start === -1 ? [] : [decode(identifier.slice(start + 1))]
  })
}

function decode(text: string): string {
  try {
    return decodeURI(text)
  } catch {
    return text
  }
}

/** Makes htmx replace a region, whatever `hx-target`, `hx-swap` and `hx-select` say. */
export function retargetsHtmx(id: string): Readonly<Record<string, string>> {
  const selector = selectorOf(id)
  return { 'HX-Retarget': selector, 'HX-Reswap': 'outerHTML', 'HX-Reselect': selector }
}

/** htmx would put the text of a file into the page. A text that is no attachment may be what the app wants there. */
export function keptOutOfPage({ attached }: OwnFile): Readonly<Record<string, string>> | undefined {
  return attached ? { 'HX-Reswap': 'none' } : undefined
}

/**
 * A boosted form replaces the body by itself, or takes its target out of the page. Any other would put the page into its target.
 * `hx-select` of the form is overridden by a selector for all elements that stand in no other element.
 */
export function wholeInHtmx(headers: IncomingHttpHeaders, page: ShownPage): Whole {
  if (headers['hx-boosted'] === 'true' && !page.lacks()) return 'as it is'
  return { 'HX-Retarget': 'body', 'HX-Reswap': 'innerHTML', 'HX-Reselect': ':not(* *)' }
}
