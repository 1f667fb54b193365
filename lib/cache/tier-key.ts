import { createHash } from 'node:crypto'

const longestText = 160

/**
 * A key for the tiers: printable ASCII and short. A text that is neither is stood for by its digest, which no text can
 * be mistaken for, since it follows another sign.
 *
 * @param kind one letter that keeps the keys of different things apart
 */
export function tierKey(kind: string, text: string): string {
  if (text.length <= longestText && /^[\x21-\x7e]*$/.test(text)) return `${kind}:${text}`
  // UTF-16, since UTF-8 would make one text of all that differ in their lone surrogates.
  return `${kind}#${createHash('sha256').update(text, 'utf16le').digest('base64url')}`
}
