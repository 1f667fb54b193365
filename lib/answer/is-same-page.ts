interface RequestPlace {
  readonly protocol: string
  readonly host: string
  readonly url: string
}

/** Tells whether a location leads to the URL of this request, whatever the part behind its `#`. */
export function isSamePage(location: string, place: RequestPlace): boolean {
  const here = urlOf(place)
  if (!URL.canParse(here) || !URL.canParse(location, here)) return false
  const from = new URL(here)
  const to = new URL(location, here)
  return to.origin === from.origin && to.pathname === from.pathname && to.search === from.search
}

/**
 * Writes the URL of this request as a path that leads back to it. "/.//name/x" is the path of a page "//name/x", which alone is the
 * host "name" to a browser.
 */
export function pathBack(place: RequestPlace): string {
  const { pathname, search } = new URL(urlOf(place))
  return `${pathname.startsWith('//') ? '/.' : ''}${pathname}${search}`
}

function urlOf({ protocol, host, url }: RequestPlace): string {
  return url.startsWith('/') ? `${protocol}://${host}${url}` : url
}
