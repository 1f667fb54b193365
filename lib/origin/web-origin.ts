/** The longest possible origin: `https://`, a DNS name of 253 characters with its trailing dot, and `:65535`. */
const longestOrigin = 268

const longestHost = longestOrigin - 'https://'.length

/**
 * Says whether a text is an http or https origin, exactly as browsers write it: lower case, punycode, no default port,
 * nothing after the port. `null` is not such an origin.
 *
 * @see https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
 */
export function isWebOrigin(text: string): boolean {
  if (text.length > longestOrigin) return false
  if (!text.startsWith('https://') && !text.startsWith('http://')) return false
  return URL.canParse(text) && new URL(text).origin === text
}

/**
 * Returns the origin of a protocol and the value of a Host header, as browsers write it. Returns `undefined` when they
 * are not valid for a web server.
 *
 * Results are cached, since an app has few hosts and every submission asks. Hosts come from the network, so the cache
 * is cleared when it is full, and malformed hosts are not cached.
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

/** Returns the origin of an absolute http or https URL such as a Referer, and `undefined` for any other text. */
export function originOfUrl(text: string): string | undefined {
  const authority = urlAuthority.exec(text)?.[0]
  if (authority === undefined || authority.length > longestOrigin || !URL.canParse(authority))
    return undefined
  return new URL(authority).origin
}

// RFC 9110, section 7.2: Host = uri-host [ ":" port ]. Of reg-name (RFC 3986, section 3.2.2) it allows only the
// characters of host names: a comma would join two hosts, and "%" and "@" do not belong to a host.
const hostGrammar = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(?::[0-9]*)?$/i

// The part before the path. It allows no userinfo, and no character that a URL parser silently drops or reads as "/".
const urlAuthority = /^https?:\/\/[^\0-\x20"#%,/<>?@\\^`{|}\x7f-\uffff]+(?=[/?#]|$)/i

const hostsKept = 256
const secureHosts = new Map<string, string>()
const plainHosts = new Map<string, string>()
