/**
 * Changes an element into a fresh one and keeps all that need not change: focus, selection, typed text, chosen files,
 * open details, frames.
 */
export const morph = (from: Element, to: Element) => {
  // A control named `matches` hides the method of its form, and has no `call`.
  if (from.isEqualNode(to) || from.matches.call?.(from, '[data-keep]')) return
  // Replaced as a whole: Trusted Types refuse to change some of their attributes. A browser that goes back gives hidden fields
  // the values that a script has set, so a seal would come into another form of the same kind.
  if (from.matches.call?.(from, 'script,iframe,template,[type=hidden]')) return from.replaceWith(to)
  // Custom elements set attributes of their own, and make content that is not there on the server.
  const custom = from.nodeName.includes('-')
  for (const name of [from, to].flatMap((each) => each.getAttributeNames())) {
    const value = to.getAttribute(name)
    if (from.getAttribute(name) === value) continue
    if (value !== null) from.setAttribute(name, value)
    // Visitors open details and dialogs.
    else if (!custom && name !== 'open') from.removeAttribute(name)
  }
  if (custom && !to.firstChild) return

  // The children that have no fresh one yet, and where to find them.
  const free = new Set(from.childNodes)
  const known: Record<string, ChildNode[]> = {}
  for (const old of from.childNodes) {
    for (const key of keysOf(old).find((keys) => keys[0])!) {
      known[key] ||= []
      known[key].push(old)
    }
  }
  const kept = [...to.childNodes].map((child) => {
    for (const key of keysOf(child).flat()) {
      // Another child may have it, by another of its keys.
      for (const old of known[key] || []) if (free.delete(old)) return old
    }
    return undefined
  })
  // By nothing, so it is removed. A control named `remove` would hide that method of its form.
  for (const old of free) old.replaceWith()
  ;[...to.childNodes].map((child, i) => {
    const old = kept[i]
    const at = from.childNodes[i]!
    // A copy, since the first option of a list is chosen where nobody has chosen, and would stay so when it is moved.
    if (!old) return from.insertBefore(child.cloneNode(true), at)
    // `moveBefore` keeps the focus and the page in a frame, where the browser has it.
    if (old !== at) (from.moveBefore || from.insertBefore).call(from, old, at)
    // An element has none. A text is then equal.
    old.nodeValue = child.nodeValue
    return morph(old as Element, child as Element)
  })
}

/**
 * What a visitor chooses by itself, so that its value tells it from others of its name: options, radios and checkboxes. No other
 * type of control ends in these letters.
 */
const boxes = 'option,[type$=o],[type$=x]'

/** A node that may be a text, which has no attributes and nothing inside. */
type Child = Node &
  Partial<Pick<HTMLInputElement, 'id' | 'value' | 'matches' | 'getAttribute' | 'querySelectorAll'>>

/**
 * Lists the keys by which a node is known, the surest first: what has ids in it, else the boxes in it, else its own kind,
 * in the order of all of that kind. A control named `id` hides that of its form, which is then known by its kind as well.
 */
const keysOf = (node: Child): string[][] => [
  ...['[id]', boxes].map((selector) =>
    node.id ? [] : [...(node.querySelectorAll?.(selector) || [])].map((each) => node.nodeName + kindOf(each)),
  ),
  [kindOf(node)],
]

/**
 * Spells what two nodes have in common that may take each other's place. Between name and value, which may both end in digits,
 * stands the id, or the text `null`.
 */
const kindOf = (node: Child): string =>
  node.nodeName +
  node.getAttribute?.('name') +
  node.getAttribute?.('id') +
  (node.matches?.call?.(node, boxes) && node.value)
