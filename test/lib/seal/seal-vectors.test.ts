import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { createKeyRing } from '../../../lib/seal/key-ring.js'
import { idOf, open } from '../../../lib/seal/seal.js'
import type { Claims, SealPurpose } from '../../../lib/seal/seal-content.js'

interface Vector {
  name: string
  keys: string[]
  purpose: SealPurpose
  token: string
}

interface ValidVector extends Vector {
  id: string
  keyId: string
  claims: Record<keyof Claims, string | number | null>
}

const file = new URL('../../../../test/vectors/seals.json', import.meta.url)
const vectors: { valid: ValidVector[]; invalid: Vector[] } = JSON.parse(readFileSync(file, 'utf8'))

test('opens every valid vector to its claims', () => {
  for (const { name, keys, purpose, token, id, keyId, claims } of vectors.valid) {
    const opened = open(createKeyRing(keys, {}), purpose, token)
    assert.deepEqual(
      opened && {
        id: idOf(opened),
        keyId: opened.keyId,
        claims: {
          ...opened.claims,
          version: opened.claims.version ?? null,
          session: opened.claims.session ? Buffer.from(opened.claims.session).toString('hex') : null,
          path: opened.claims.path ?? null,
        },
      },
      { id, keyId, claims },
      name,
    )
  }
})

test('refuses every invalid vector with the same answer', () => {
  for (const { name, keys, purpose, token } of vectors.invalid) {
    assert.equal(open(createKeyRing(keys, {}), purpose, token), undefined, name)
  }
})

test('has ten valid and twenty-five invalid vectors at least, each under a name of its own', () => {
  assert.ok(vectors.valid.length >= 10)
  assert.ok(vectors.invalid.length >= 25)
  const all = [...vectors.valid, ...vectors.invalid]
  assert.equal(new Set(all.map(({ name }) => name)).size, all.length)
})
