interface RequestPlace {
  readonly protocol: string
  readonly host: string
  readonly url: string
}

/** Tells whether a location leads to the URL of this request, whatever the part behind its `#`. */
export function isSamePage(location: string, { protocol, host, url }: RequestPlace): boolean {
  const here = url.startsWith('/') ? `${protocol}://${host}${url}` : url
  if (!URL.canParse(here) || !URL.canParse(location, here)) return false
  const from = new URL(here)
  const to = new URL(location, here)
  return to.origin === from.origin && to.pathname === from.pathname && to.search === from.search
}
