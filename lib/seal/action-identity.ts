import { createHmac } from 'node:crypto'
import type { FormOwner } from './form-owner.js'
import type { Key } from './key-ring.js'
import type { SealingContext } from './sealing-context.js'

/** 12 bytes. */
const identityLength = 16

/**
 * Returns a text by which a script knows an action with its bound values again, on the next page for the same session. It is
 * keyed, so the bound values cannot be guessed from it. It is good for nothing else.
 */
export function actionIdentity(
  { keys, audience }: Pick<SealingContext, 'keys' | 'audience'>,
  { action, boundText }: FormOwner,
  session: string | undefined,
): string {
  // A path, whose digest has the same key, begins with a slash, and this with the length of the name.
  let text = ''
  for (const part of [action, boundText, audience, session ?? '']) text += `${part.length}:${part}`
  if (boundText !== '' || session !== undefined) return digest(keys.sealing, text)
  const known = lasting.get(keys.sealing) ?? new Map<string, string>()
  const identity = known.get(text) ?? digest(keys.sealing, text)
  lasting.set(keys.sealing, known.set(text, identity))
  return identity
}

/** Those of actions without bound values for visitors without a session: as many as there are actions. */
const lasting = new WeakMap<Key, Map<string, string>>()

function digest(key: Key, text: string): string {
  const hmac = createHmac('sha256', key.subkey('path')).update(text, 'utf16le')
  return hmac.digest('base64url').slice(0, identityLength)
}
