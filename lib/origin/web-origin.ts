/** `https://`, a DNS name of 253 characters with its trailing dot, `:65535`: nothing longer can be visited. */
export const longestOrigin = 268

const longestHost = longestOrigin - 'https://'.length

/**
 * Whether a text is a tuple origin of the web exactly as browsers write it: lower case, punycode, no default port,
 * nothing after the port. `null` is not a tuple origin, nor is anything but http and https.
 *
 * @see https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
 */
export function isWebOrigin(text: string): boolean {
  if (text.length > longestOrigin) return false
  if (!text.startsWith('https://') && !text.startsWith('http://')) return false
  return URL.canParse(text) && new URL(text).origin === text
}

/**
 * The origin that a protocol and the value of a Host header stand for, written as browsers write it; `undefined` when
 * the two are not those of a web server.
 *
 * An app answers for few hosts and is asked on every submission, so the answers are kept. Hosts come from the
 * network: the memory is emptied when it is full, and holds nothing that is malformed.
 */
export function originOfHost(protocol: string, host: string): string | undefined {
  if (protocol !== 'https' && protocol !== 'http') return undefined
  const known = protocol === 'https' ? secureHosts : plainHosts
  const before = known.get(host)
  if (before !== undefined) return before

  if (host.length > longestHost || !hostGrammar.test(host)) return undefined
  const url = `${protocol}://${host}`
  if (!URL.canParse(url)) return undefined
  const { origin } = new URL(url)
  if (known.size >= hostsKept) known.clear()
  known.set(host, origin)
  return origin
}

/** The origin of an absolute http or https URL such as a Referer; `undefined` for anything else. */
export function originOfUrl(text: string): string | undefined {
  const authority = urlAuthority.exec(text)?.[0]
  if (authority === undefined || authority.length > longestOrigin || !URL.canParse(authority))
    return undefined
  return new URL(authority).origin
}

// RFC 9110, section 7.2: Host = uri-host [ ":" port ]. Of reg-name (RFC 3986, section 3.2.2) only what names on the
// web are made of: a comma would be two hosts joined, "%" and "@" belong to a URL.
const hostGrammar = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(?::[0-9]*)?$/i

// Up to the path. No userinfo, and none of what a URL parser drops or reads as "/" without a word: tabs, "\".
const urlAuthority = /^https?:\/\/[^\0-\x20"#%,/<>?@\\^`{|}\x7f-\uffff]+(?=[/?#]|$)/i

const hostsKept = 256
const secureHosts = new Map<string, string>()
const plainHosts = new Map<string, string>()
