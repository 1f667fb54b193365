/**
 * Whether browsers trust the way to a URL: `https:` and the loopback interface. Only there do they send
 * `Sec-Fetch-Site` and keep cookies with `Secure`.
 *
 * @see https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
 */
export function isTrustworthy({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || /^(?:127(?:\.\d+){3}|\[::1\]|(?:.+\.)?localhost)$/.test(hostname)
}
