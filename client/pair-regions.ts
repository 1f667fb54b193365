import { regionAttribute } from './wire.js'

/** An element of the page, and the one that the answer has for it. */
export type Pair = readonly [region: HTMLElement, fresh: Element]

/**
 * Finds the regions of an answer in the page. An answer that begins with a doctype, or has none of them, is a whole page.
 */
export const pairRegions = ({ doctype, body }: Document): Pair[] => {
  const pairs: Pair[] = [...(doctype ? [] : body.children)].flatMap((fresh) => {
    const region = fresh.hasAttribute(regionAttribute) && document.getElementById(fresh.id)
    return region ? [[region, fresh]] : []
  })
  return pairs[0] ? pairs : [[document.body, body]]
}
