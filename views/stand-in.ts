import type { Messages } from '../lib/outcome/messages.js'
import { html } from './html.js'
import { SafeHtml } from './safe-html.js'

/** What is said in place of a region that failed. */
interface StandIn {
  readonly id: string
  /** The name of the element. */
  readonly element: string
  readonly reference: string
  /** The input that the region should have shown; may be empty. */
  readonly input: SafeHtml
  readonly messages: Messages
}

/** What stands between an element and a paragraph in it: nothing, or the elements that HTML asks for there. */
const between: Readonly<Record<string, readonly string[]>> = {
  article: [],
  aside: [],
  div: [],
  fieldset: [],
  figure: [],
  footer: [],
  header: [],
  li: [],
  main: [],
  menu: ['li'],
  nav: [],
  ol: ['li'],
  section: [],
  table: ['tbody', 'tr', 'td'],
  tbody: ['tr', 'td'],
  td: [],
  tfoot: ['tr', 'td'],
  th: [],
  thead: ['tr', 'th'],
  tr: ['td'],
  ul: ['li'],
}

/** The names of elements that can stand in for a region, beside those of custom elements. */
export const standInElements: readonly string[] = Object.keys(between)

/** Tells whether an element of this name can hold what is said in place of a region. */
export function canStandIn(name: string): boolean {
  return Object.hasOwn(between, name) || customElement.test(name)
}

/** HTML Standard, section 4.13.3, without letters beyond ASCII. */
const customElement = /^[a-z][a-z0-9._]*-[a-z0-9._-]*$/

/** Prints what stands in the place of a region that failed: one element with its id. */
export function printStandIn({ id, element, reference, input, messages }: StandIn): SafeHtml {
  // The message takes focus only when a form of this region was just sent, not when the page is opened.
  const focus = String(input) !== '' && html` tabindex="-1" autofocus`
  const said = html`<p role="alert"${focus}>${messages.regionFailed(reference)}</p>${input}`
  const inside = (between[element] ?? []).reduceRight((content, name) => wrap(name, content), said)
  return wrap(element, inside, html` id="${id}" class="sealform-failed"`)
}

function wrap(name: string, content: SafeHtml, attributes = html``): SafeHtml {
  return new SafeHtml(`<${name}${attributes}>${content}</${name}>`)
}
