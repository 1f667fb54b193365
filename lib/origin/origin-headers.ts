import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** The value of a header that the request has more than once. */
export const repeated = Symbol('repeated')

/** The value of a header; `undefined` when it is absent. An empty string is a value. */
export type HeaderFact = string | undefined | typeof repeated

/** The headers that the origin policy reads. */
export interface OriginFacts {
  readonly origin: HeaderFact
  /** Sec-Fetch-Site. */
  readonly site: HeaderFact
  readonly referer: HeaderFact
  /** Host, or `:authority` on HTTP/2. */
  readonly host: HeaderFact
}

/**
 * Reads the headers that show where a request comes from. It reads the raw lines, because `req.headers` keeps only the
 * first of several Host, Origin or Referer lines, and joins others with a comma.
 */
export function readOriginFacts(
  req: Pick<IncomingMessage, 'rawHeaders'> & Partial<Pick<IncomingMessage, 'headers'>>,
): OriginFacts {
  const lines = req.rawHeaders.length > 0 ? req.rawHeaders : linesOf(req.headers ?? {})
  let origin: HeaderFact
  let site: HeaderFact
  let referer: HeaderFact
  let host: HeaderFact
  let authority: HeaderFact

  for (let i = 0; i + 1 < lines.length; i += 2) {
    const name = lines[i]!
    // The length and one letter exclude nearly all other headers before any text is compared.
    switch (name.length) {
      case 4:
        if (isName(name, headers.host)) host = addLine(host, lines[i + 1]!)
        break
      case 6:
        if (isName(name, headers.origin)) origin = addLine(origin, lines[i + 1]!)
        break
      case 7:
        if (isName(name, headers.referer)) referer = addLine(referer, lines[i + 1]!)
        break
      case 10:
        if (isName(name, headers.authority)) authority = addLine(authority, lines[i + 1]!)
        break
      case 14:
        if (isName(name, headers.site)) site = addLine(site, lines[i + 1]!)
        break
    }
  }
  return { origin, site, referer, host: mergeHosts(authority, host) }
}

/** Returns the lines of a request that has no raw ones, because a serverless adapter made it from an event. */
function linesOf(headers: IncomingHttpHeaders): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().flatMap((line) => [name, String(line)]),
  )
}

/** A header to look for. */
interface HeaderName {
  /** As browsers write it on HTTP/1. */
  readonly usual: string
  readonly lowerCase: string
  /** The position of a letter that differs from other names of the same length. */
  readonly distinct: number
}

const headers = {
  host: { usual: 'Host', lowerCase: 'host', distinct: 0 },
  origin: { usual: 'Origin', lowerCase: 'origin', distinct: 0 },
  referer: { usual: 'Referer', lowerCase: 'referer', distinct: 0 },
  authority: { usual: ':authority', lowerCase: ':authority', distinct: 1 },
  site: { usual: 'Sec-Fetch-Site', lowerCase: 'sec-fetch-site', distinct: 10 },
} as const satisfies Record<string, HeaderName>

/** Compares a header's name without regard to case. */
function isName(name: string, { usual, lowerCase, distinct }: HeaderName): boolean {
  // 0x20 is the bit between upper and lower case in ASCII.
  if ((name.charCodeAt(distinct) | 0x20) !== lowerCase.charCodeAt(distinct)) return false
  return name === usual || name === lowerCase || name.toLowerCase() === lowerCase
}

function addLine(before: HeaderFact, value: string): HeaderFact {
  return before === undefined ? value : repeated
}

/** Returns the host of a request. RFC 9113, section 8.3.1: a Host that differs from `:authority` is malformed. */
function mergeHosts(authority: HeaderFact, host: HeaderFact): HeaderFact {
  if (authority === undefined || authority === host) return host
  return host === undefined ? authority : repeated
}
