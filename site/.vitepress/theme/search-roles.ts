/**
 * Says what the search box of VitePress is. It calls itself a button, and its results options with a link inside, which screen
 * readers cannot enter. It is a dialog with a field and a list of links.
 */
export function mendSearchRoles(): void {
  new MutationObserver(() => {
    const box = document.querySelector('.VPLocalSearchBox')
    if (box) mend(box)
  }).observe(document.body, { childList: true, subtree: true })
}

function mend(box: Element): void {
  setAttributes(box, { role: 'dialog', 'aria-modal': 'true', 'aria-label': 'Search' })
  for (const name of ['aria-expanded', 'aria-haspopup', 'aria-owns', 'aria-labelledby'])
    box.removeAttribute(name)
  for (const part of box.querySelectorAll('.results, .results > li')) {
    part.removeAttribute('role')
    part.removeAttribute('aria-selected')
  }
  for (const key of box.querySelectorAll('kbd[aria-label]')) setAttributes(key, { role: 'img' })
  // Their text says more: where it leads, and the words around what was found.
  for (const link of box.querySelectorAll('.result[aria-label]')) link.removeAttribute('aria-label')
}

function setAttributes(element: Element, attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value)
  }
}
