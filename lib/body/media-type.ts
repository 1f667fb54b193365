/** A media type and its parameters. Parameter names are in lower case. */
interface MediaType {
  /** For example `multipart/form-data`, in lower case. */
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
}

// RFC 9110: type "/" subtype, then *( OWS ";" OWS [ token "=" ( token / quoted-string ) ] )
const essence = /^[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*(?=;|$)/
const parameter = /;[ \t]*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^";\s]*))[ \t]*)?(?=;|$)/y

/**
 * Parses the Content-Type of a request or of a part. An unquoted value may hold any character except quotes, semicolons
 * and spaces: some clients send boundaries with `/` or `=` without the quotes that the RFC requires.
 *
 * @returns undefined when it is malformed or has a parameter twice
 * @see RFC 9110 section 8.3.1
 */
export function parseMediaType(header: string): MediaType | undefined {
  const match = essence.exec(header)
  if (!match) return undefined
  const parameters = new Map<string, string>()
  parameter.lastIndex = match[0].length
  while (parameter.lastIndex < header.length) {
    const found = parameter.exec(header)
    if (!found) return undefined
    if (found[1] === undefined) continue
    const name = found[1].toLowerCase()
    if (parameters.has(name)) return undefined
    parameters.set(name, found[2]?.replace(/\\(.)/g, '$1') ?? found[3] ?? '')
  }
  return { type: match[1]!.toLowerCase(), parameters }
}

/** Tells whether a charset label means UTF-8, the only charset that Sealform reads. */
export function isUtf8Label(charset: string): boolean {
  return /^utf-?8$/i.test(charset)
}
