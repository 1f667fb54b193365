/**
 * Changes an element into a fresh one and keeps all that need not change: focus, selection, typed text, chosen files,
 * open details, frames. Rows, forms and controls are known by their ids, an element without one by the ids in it. Takes
 * the nodes that it inserts out of `to`.
 */
export const morph = (from: Element, to: Element) => {
  if (from.isEqualNode(to) || from.matches('[data-keep]')) return
  // Replaced as a whole: Trusted Types refuse to change some of their attributes. A browser that goes back gives hidden fields
  // the values that a script has set, so a seal would come into another form of the same kind.
  if (from.matches('script,iframe,template,[type=hidden]')) return from.replaceWith(to)
  // Custom elements set attributes of their own, and make content that is not there on the server.
  const custom = from.nodeName.includes('-')
  for (const name of [from, to].flatMap((each) => each.getAttributeNames())) {
    const value = to.getAttribute(name)
    if (value === from.getAttribute(name)) continue
    if (value !== null) from.setAttribute(name, value)
    // Visitors open details and dialogs.
    else if (!custom && name !== 'open') from.removeAttribute(name)
  }
  if (custom && !to.firstChild) return
  // Leads from an id to the child that has it or holds its element, and between two children that take each other's place.
  const known = new Map<string | Node, ChildNode>()
  for (const old of from.childNodes) idsIn(old).map((id) => known.has(id) || known.set(id, old))
  for (const child of to.childNodes) {
    idsIn(child)
      .map((id) => known.get(id))
      .find(
        (each) =>
          each &&
          !known.has(each) &&
          kindOf(each) === kindOf(child) &&
          known.set(child, each).set(each, child),
      )
  }

  let i = 0
  for (const child of [...to.childNodes]) {
    let old: ChildNode | undefined = known.get(child)
    let at = from.childNodes[i]
    // What is known and gone, and all before an element that stays.
    while (at && !known.has(at) && (old || idsIn(at)[0])) {
      from.removeChild(at)
      at = from.childNodes[i]
    }
    if (at && !old && !known.has(at) && kindOf(at) === kindOf(child)) old = at
    if (!old) from.insertBefore(child, at!)
    else {
      // `moveBefore` keeps the focus and the page in a frame, where the browser has it.
      if (old !== at) (from.moveBefore ?? from.insertBefore).call(from, old, at!)
      // An element has none. A text is then equal.
      old.nodeValue = child.nodeValue
      morph(old as Element, child as Element)
    }
    i++
  }
  while (from.childNodes[i]) from.removeChild(from.childNodes[i]!)
}

/** The ids of an element and of all in it; that of a form also where a control named `id` hides it. */
const idsIn = (node: Node): string[] => {
  const inside = (node as Element).querySelectorAll?.('[id]') || []
  return [node as Element, ...inside].flatMap((each) => each.getAttribute?.('id') || [])
}

/** Spells what two nodes have in common that may take each other's place. A text has no attributes. */
const kindOf = (node: Node & Partial<Pick<Element, 'getAttribute'>>): string =>
  node.nodeName + node.getAttribute?.('id') + node.getAttribute?.('name')
