import type { IncomingMessage } from 'node:http'

/** Stands for a header that came in more than one line. */
export const repeated = Symbol('repeated')

/** The value of a header, `undefined` when it is absent. An empty value is present. */
export type HeaderFact = string | undefined | typeof repeated

/** What the origin policy looks at. */
export interface OriginFacts {
  readonly origin: HeaderFact
  /** Sec-Fetch-Site. */
  readonly site: HeaderFact
  readonly referer: HeaderFact
  /** Host, or `:authority` on HTTP/2. */
  readonly host: HeaderFact
}

/**
 * Reads the headers that tell where a request comes from. It goes by the raw lines, because `req.headers` keeps the
 * first of two Host, Origin or Referer lines and joins others with a comma.
 */
export function readOriginFacts(req: Pick<IncomingMessage, 'rawHeaders'>): OriginFacts {
  const lines = req.rawHeaders
  let origin: HeaderFact
  let site: HeaderFact
  let referer: HeaderFact
  let host: HeaderFact
  let authority: HeaderFact

  for (let i = 0; i + 1 < lines.length; i += 2) {
    const name = lines[i]!
    // Lengths and one letter tell nearly all other headers apart before any text is compared.
    switch (name.length) {
      case 4:
        if (isName(name, 'host', 'Host', 0)) host = take(host, lines[i + 1]!)
        break
      case 6:
        if (isName(name, 'origin', 'Origin', 0)) origin = take(origin, lines[i + 1]!)
        break
      case 7:
        if (isName(name, 'referer', 'Referer', 0)) referer = take(referer, lines[i + 1]!)
        break
      case 10:
        if (isName(name, ':authority', ':authority', 1)) authority = take(authority, lines[i + 1]!)
        break
      case 14:
        if (isName(name, 'sec-fetch-site', 'Sec-Fetch-Site', 10)) site = take(site, lines[i + 1]!)
        break
    }
  }
  return { origin, site, referer, host: oneHost(authority, host) }
}

/** `usual` is how browsers write it on HTTP/1; `telling` is where it differs from other names of its length. */
function isName(name: string, wanted: string, usual: string, telling: number): boolean {
  // 0x20 is the bit between upper and lower case in ASCII.
  if ((name.charCodeAt(telling) | 0x20) !== wanted.charCodeAt(telling)) return false
  return name === usual || name === wanted || name.toLowerCase() === wanted
}

function take(before: HeaderFact, value: string): HeaderFact {
  return before === undefined ? value : repeated
}

/** RFC 9113, section 8.3.1: a Host that differs from `:authority` makes the request malformed. */
function oneHost(authority: HeaderFact, host: HeaderFact): HeaderFact {
  if (authority === undefined || authority === host) return host
  return host === undefined ? authority : repeated
}
