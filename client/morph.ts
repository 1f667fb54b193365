/**
 * Changes an element into a fresh one and keeps all that need not change: focus, selection, typed text, chosen files,
 * open details, frames. Rows, forms and controls are known by their ids, an element without one by the ids in it. Takes
 * the nodes that it inserts out of `to`.
 */
export const morph = (from: Element, to: Element): void => {
  if (from.isEqualNode(to) || from.hasAttribute('data-keep')) return
  if (from.matches(replaced)) {
    from.replaceWith(to)
    return
  }
  // Custom elements set attributes of their own, and make content that is not there on the server.
  const custom = /-/.test(from.localName)
  for (const { name } of [...from.attributes]) {
    // Visitors open details and dialogs.
    if (!custom && name !== 'open' && !to.hasAttribute(name)) from.removeAttribute(name)
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value) from.setAttribute(name, value)
  }
  if (!custom || to.firstChild) morphChildren(from, to)
}

/**
 * Elements that are replaced as a whole: Trusted Types refuse to change some of their attributes. A browser that goes
 * back gives hidden fields the values that a script has set, so a seal would come into another form of the same kind.
 */
const replaced = 'script,iframe,template,[type=hidden]'

const morphChildren = (from: Element, to: Element): void => {
  const partners = new Map<Node, Element>()
  const taken = new Set<Node>()
  for (const child of to.children) {
    const old = idsIn(child)
      .map((id) => childWith(from, id)!)
      .find((each) => each && !taken.has(each) && isAlike(each, child))
    if (old) {
      taken.add(old)
      partners.set(child, old)
    }
  }

  let at = from.firstChild
  for (const child of [...to.childNodes]) {
    let old: ChildNode | null | undefined = partners.get(child)
    // What is known and gone, and all before an element that stays.
    while (at && !taken.has(at) && (old || idsIn(at)[0])) drop()
    if (at && !old && !taken.has(at) && isAlike(at, child)) old = at
    if (!old) from.insertBefore(child, at)
    else {
      if (old === at) at = at.nextSibling
      // `moveBefore` keeps the focus and the page in a frame, where the browser has it.
      else from['moveBefore' in from ? 'moveBefore' : 'insertBefore'](old, at)
      if (old.nodeType > 1) old.nodeValue = child.nodeValue
      else morph(old as Element, child as Element)
    }
  }
  while (at) drop()

  function drop(): void {
    const gone = at
    at = at!.nextSibling
    gone!.remove()
  }
}

/** Finds the child that has an id or holds the element that has it. */
const childWith = (parent: Element, id: string): Element | null => {
  let child = document.getElementById(id)
  while (child && child.parentElement !== parent) child = child.parentElement
  return child
}

/** The ids of an element and of all in it; that of a form also where a control named `id` hides it. */
const idsIn = (node: Node): string[] => {
  if (node.nodeType > 1) return []
  const inside = (node as Element).querySelectorAll('[id]')
  return [node as Element, ...inside].flatMap((each) => each.getAttribute('id') || [])
}

/** Says whether two nodes may take each other's place. */
const isAlike = (one: Node, other: Node): boolean => {
  const spell = (node: Node) =>
    node.nodeName + ['id', 'name'].map((name) => (node as Element).getAttribute?.(name))
  return spell(one) === spell(other)
}
