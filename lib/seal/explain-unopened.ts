import type { KeyRing } from './key-ring.js'
import { keyIdOf } from './seal.js'

/**
 * Explains for the log why a seal did not open. It names the key of the seal and the keys of this server, so that
 * servers with different keys are found at once. It tells no other cause, and visitors get no cause at all.
 */
export function explainUnopened(ring: KeyRing, token: string | undefined): string {
  const id = token === undefined ? undefined : keyIdOf(token)
  const named =
    id === undefined
      ? 'it is not a complete seal'
      : `sealed with key ${id}; this server has ${ring.ids.join(', ')}`
  return `The seal did not open: ${named}. See docs/errors/key-mismatch.md, or examine it with: npx sealform inspect`
}
