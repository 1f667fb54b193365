/** The facts about a request for a page of the inspector. */
export interface VisitorFacts {
  /** The other end of the connection, as the socket says. */
  readonly address: string | undefined
  /** The header Host, or `:authority` of HTTP/2. */
  readonly host: string | undefined
  /** The names of the request's headers, in lower case. */
  readonly headers: readonly string[]
}

/** `admit`, or the fact that refuses. */
export type VisitorVerdict = 'admit' | 'address' | 'forwarded' | 'host'

/**
 * Judges who may see the inspector: a browser on the same machine, without anything between it and the app.
 *
 * - The address is that of the socket. A header cannot change it, whatever the app trusts.
 * - A proxy on the same machine has such an address as well, but says in a header for whom it asks (RFC 7239).
 * - A page of another site can give its own name the address 127.0.0.1 (DNS rebinding). Its browser then sends that name as
 *   Host.
 */
export function judgeVisitor({ address = '', host = '', headers }: VisitorFacts): VisitorVerdict {
  if (!isLoopback(address)) return 'address'
  if (headers.some((name) => name === 'forwarded' || name.startsWith('x-forwarded-'))) return 'forwarded'
  return ownName.test(host) ? 'admit' : 'host'
}

const ownName = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i

/** RFC 1122, section 3.2.1.3, and RFC 4291, sections 2.5.3 and 2.5.5.2. */
function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/i.test(address)
}
