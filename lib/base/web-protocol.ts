/**
 * Returns a protocol that a proxy or a framework names, spelled as in an origin. Schemes compare without regard to case (RFC
 * 3986, section 3.1). An empty header says nothing, so that the protocol of the connection counts.
 *
 * @param connection the protocol between the last proxy and the app
 */
export function webProtocol(named: string | undefined, connection: string): string {
  if (named === 'https' || named === 'http') return named
  return named?.trim().toLowerCase() || connection
}
