import { createHmac } from 'node:crypto'
import type { FormOwner } from './form-owner.js'
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
  const digest = createHmac('sha256', keys.sealing.subkey('path')).update(text, 'utf16le').digest('base64url')
  return digest.slice(0, identityLength)
}
