import { createHash } from 'node:crypto'

const longestText = 160

/**
 * Makes a key for the tiers, which is short and printable ASCII. The digest of any other text takes its place. It
 * follows `#` instead of `:`, so that no text gives the same key.
 *
 * @param kind one letter that keeps the keys of different things apart
 */
export function tierKey(kind: string, text: string): string {
  if (text.length <= longestText && /^[\x21-\x7e]*$/.test(text)) return `${kind}:${text}`
  // UTF-16, because UTF-8 has the same bytes for texts that differ in their lone surrogates only.
  return `${kind}#${createHash('sha256').update(text, 'utf16le').digest('base64url')}`
}
