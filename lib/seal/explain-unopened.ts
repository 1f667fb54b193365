import type { KeyRing } from './key-ring.js'
import { keyIdOf } from './seal.js'

/**
 * Says for the log which key a seal that did not open names, and which this server has: a server with other keys shows
 * at once. Nothing else is said of why; to a visitor, not even this.
 */
export function explainUnopened(ring: KeyRing, token: string | undefined): string {
  const id = token === undefined ? undefined : keyIdOf(token)
  const named =
    id === undefined ? 'it is no whole seal' : `sealed with key ${id}; this server has ${ring.ids.join(', ')}`
  return `The seal did not open: ${named}. See docs/errors/key-mismatch.md, and what npx sealform inspect says of it.`
}
