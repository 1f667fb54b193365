import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { createKeyRing } from '../../../lib/seal/key-ring.js'
import { pathBinding } from '../../../lib/seal/path-binding.js'
import type { SealPurpose } from '../../../lib/seal/purpose.js'
import { copyDigest, idOf, keyIdOf, open, sessionBinding } from '../../../lib/seal/seal.js'
import type { SealContent } from '../../../lib/seal/seal-content.js'

interface Vector {
  name: string
  keys: string[]
  purpose: SealPurpose
  token: string
}

interface ValidVector extends Vector {
  id: string
  keyId: string
  content: Record<keyof SealContent, string | number | null>
}

const file = new URL('../../../../test/vectors/seals.json', import.meta.url)
const vectors: { valid: ValidVector[]; invalid: Vector[] } = JSON.parse(readFileSync(file, 'utf8'))

test('opens every valid vector to its content', () => {
  for (const { name, keys, purpose, token, id, keyId, content } of vectors.valid) {
    const opened = open(createKeyRing(keys, {}), purpose, token)
    assert.deepEqual(
      opened && {
        id: idOf(opened),
        keyId: opened.keyId,
        content: {
          ...opened.content,
          version: opened.content.version ?? null,
          session: opened.content.session ? Buffer.from(opened.content.session).toString('hex') : null,
          path: opened.content.path ?? null,
          owner: opened.content.owner ?? null,
        },
      },
      { id, keyId, content },
      name,
    )
  }
})

test('refuses every invalid vector with the same answer', () => {
  for (const { name, keys, purpose, token } of vectors.invalid) {
    assert.equal(open(createKeyRing(keys, {}), purpose, token), undefined, name)
  }
})

test('has at least ten valid and twenty-five invalid vectors with different names', () => {
  assert.ok(vectors.valid.length >= 10)
  assert.ok(vectors.invalid.length >= 25)
  const all = [...vectors.valid, ...vectors.invalid]
  assert.equal(new Set(all.map(({ name }) => name)).size, all.length)
})

test('derives what stands for sessions, paths and copies as other servers of the deployment do', () => {
  const { keys, purpose, token, keyId } = vectors.valid[0]!
  const ring = createKeyRing(keys, {})
  assert.equal(Buffer.from(sessionBinding(ring, 'ada')).toString('hex'), '8f85f243ac5b5fc5cef341302c16aa7f')
  assert.equal(pathBinding(ring, '/lists/3'), 'VFIWoepRwdwS')
  assert.equal(copyDigest(ring, open(ring, purpose, token)!, ['title', '', 'Milk']), 'xJuzfG1Zs-gJIcKfr1EaAQ')
  assert.equal(keyIdOf(token), keyId)
  assert.equal(keyIdOf(`B${token.slice(1)}`), undefined)
  assert.equal(keyIdOf('short'), undefined)
})
