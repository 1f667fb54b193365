type Own<Name extends keyof HTMLElementTagNameMap> = Partial<
  Omit<HTMLElementTagNameMap[Name], 'style'> & { readonly style: string }
>

/**
 * Makes an element with properties. No HTML is parsed, so Trusted Types have nothing to check. A Content-Security-Policy
 * forbids attributes with style in HTML, but not the property.
 */
export const element = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  own?: Own<Name>,
): HTMLElementTagNameMap[Name] => {
  return Object.assign(document.createElement(name), own) as HTMLElementTagNameMap[Name]
}
