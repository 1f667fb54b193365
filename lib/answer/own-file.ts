/** The head of an answer that the app's own code gives. */
export interface OwnHead {
  readonly status: number
  readonly type: string
  readonly disposition: string
}

/** A file that an action has answered with. */
export interface OwnFile {
  /** `download` when the answer does not say. */
  readonly name: string
  /** The answer asks to be saved, whatever its type. */
  readonly attached: boolean
}

/** Returns the file in an own answer; `undefined` when it is a page, has no content or tells of a failure. */
export function fileIn({ status, type, disposition }: OwnHead): OwnFile | undefined {
  if (status < 200 || status > 299 || status === 204 || status === 205) return undefined
  const attached = /^\s*attachment\b/i.test(disposition)
  // Browsers look into an answer without a type, and mostly find a page.
  if (!attached && (type === '' || /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(type)))
    return undefined
  return { name: nameIn(disposition) || 'download', attached }
}

/** Reads the name in a Content-Disposition header: the encoded one, else the plain one (RFC 6266, section 4.3). */
function nameIn(disposition: string): string {
  const encoded = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(disposition)?.[1]
  if (encoded !== undefined) {
    try {
      return decodeURIComponent(encoded)
    } catch {
      // The plain one follows.
    }
  }
  const [, quoted, token = ''] =
    /;\s*filename\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;\s]+))/i.exec(disposition) ?? []
  return quoted?.replace(/\\(.)/g, '$1') ?? token
}
