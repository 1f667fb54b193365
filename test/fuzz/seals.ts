import assert from 'node:assert/strict'
import { createKeyRing } from '../../lib/seal/key-ring.js'
import type { SealPurpose } from '../../lib/seal/purpose.js'
import { open, seal } from '../../lib/seal/seal.js'
import type { SealContent } from '../../lib/seal/seal-content.js'
import { testKey } from '../setup/koa-app.js'
import type { Numbers } from '../setup/mutations.js'
import { holding, type Property, pick } from './property.js'

const ring = createKeyRing(testKey, {})
const strange = createKeyRing(Buffer.alloc(32, 'another key').toString('base64'), {})
const purposes: readonly SealPurpose[] = ['action', 'button', 'state', 'upload', 'live']
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** A seal opens only as it was made, by its own key and for its own purpose. */
export const seals: Property = {
  name: 'a seal that was changed, of another key or for another purpose, does not open',
  share: 30,
  check(next) {
    const purpose = pick(next, purposes)
    const content: SealContent = {
      audience: '',
      action: `action.${next(10)}`,
      version: undefined,
      issued: 1_700_000_000 + next(1000),
      expires: 1_700_003_600 + next(1000),
      session: undefined,
      path: undefined,
      owner: undefined,
      values: 'x'.repeat(next(200)),
    }
    const genuine = seal(ring, purpose, content)
    const other = pick(
      next,
      purposes.filter((each) => each !== purpose),
    )
    const changed = next(8) === 0 ? seal(strange, purpose, content) : change(genuine, next)
    return holding({ purpose, genuine, changed, other }, () => {
      assert.deepEqual(open(ring, purpose, genuine)?.content, content)
      assert.equal(open(ring, other, genuine), undefined)
      if (changed === genuine) return 'unchanged'
      for (const each of purposes) assert.equal(open(ring, each, changed), undefined)
      return 'changed'
    })
  },
}

/** Changes one to three places of a seal. */
function change(token: string, next: Numbers): string {
  let text = token
  for (let changes = 1 + next(3); changes > 0; changes--) {
    const at = next(text.length + 1)
    const letter = pick(next, [...alphabet, '=', '+', '/', ' ', '\0', 'é'])
    const cut = next(3)
    text = text.slice(0, at) + (next(3) === 0 ? '' : letter) + text.slice(at + cut)
  }
  return text
}
