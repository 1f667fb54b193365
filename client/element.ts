/** Makes an element with a text. No HTML is parsed, so Trusted Types have nothing to check. */
export const element = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  text: string,
  role?: string,
): HTMLElementTagNameMap[Name] => {
  const made = document.createElement(name)
  made.textContent = text
  if (role) made.role = role
  return made
}

/** Returns what a selector finds in some elements, in their order. */
export const find = (roots: readonly Element[], selector: string): HTMLElement[] => {
  return roots.flatMap((root) => [...root.querySelectorAll<HTMLElement>(selector)])
}
