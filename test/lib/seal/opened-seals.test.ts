import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createKeyRing, type KeyRing } from '../../../lib/seal/key-ring.js'
import { open, type Seal, seal } from '../../../lib/seal/seal.js'
import type { SealContent } from '../../../lib/seal/seal-content.js'

const first = Buffer.from('the first key of a deployment...').toString('base64')
const second = Buffer.from('the next key, thirty-two bytes..').toString('base64')

test('opens a seal without a session once', () => {
  const ring = createKeyRing(first)
  const token = sealed(ring, '["1"]')
  const opened = open(ring, 'action', token)
  assert.equal(opened?.content.values, '["1"]')
  assert.equal(open(ring, 'action', copyOf(token)), opened)
})

test('keeps nothing of a seal that is bound to a session', () => {
  const ring = createKeyRing(first)
  const token = seal(ring, 'action', { ...content(''), session: new Uint8Array(16).fill(7) })
  const opened = open(ring, 'action', token)
  assert.ok(opened)
  assert.notEqual(open(ring, 'action', token), opened)
})

test('opens a seal for its own purpose only, also when it has been opened', () => {
  const ring = createKeyRing(first)
  const action = sealed(ring, '')
  const button = seal(ring, 'button', { ...content(''), owner: 'form' })
  assert.ok(open(ring, 'action', action) && open(ring, 'button', button))
  for (const purpose of ['button', 'state', 'upload', 'live', 'resume'] as const) {
    assert.equal(open(ring, purpose, action), undefined, purpose)
  }
  assert.equal(open(ring, 'action', button), undefined)
})

test('keeps no state and no reference to a file', () => {
  const ring = createKeyRing(first)
  for (const purpose of ['state', 'upload', 'live', 'resume'] as const) {
    const token = seal(ring, purpose, content(''))
    const opened = open(ring, purpose, token)
    assert.ok(opened)
    assert.notEqual(open(ring, purpose, token), opened, purpose)
  }
})

test('opens no other spelling of a seal that has been opened', () => {
  const ring = createKeyRing(first)
  const token = sealed(ring, '')
  assert.ok(open(ring, 'action', token))
  for (const spelling of [`${token}=`, ` ${token}`, `${token.slice(0, 9)}.${token.slice(9)}`]) {
    assert.equal(open(ring, 'action', spelling), undefined, spelling)
  }
})

test('forgets what a key has opened when the key leaves the ring', () => {
  const ring = createKeyRing(first)
  const token = sealed(ring, '')
  const opened = open(ring, 'action', token)
  ring.reload([second, first])
  const again = open(ring, 'action', token)
  assert.deepEqual(again, opened)
  assert.notEqual(again, opened)
  ring.reload(second)
  assert.equal(open(ring, 'action', token), undefined)
})

test('keeps seals up to 1024 characters', () => {
  const ring = createKeyRing(first)
  // The content grows by 64 bytes, and so the seal by 85 or 86 characters.
  for (const [size, length, isKept] of [
    [550, 914, true],
    [610, 999, true],
    [670, 1084, false],
  ] as const) {
    const token = sealed(ring, JSON.stringify(['x'.repeat(size)]))
    assert.equal(token.length, length)
    const opened = open(ring, 'action', token)
    assert.equal(open(ring, 'action', token) === opened, isKept, `${length}`)
  }
})

test('keeps the last 500 that were sent, and at most 1000', () => {
  const ring = createKeyRing(first)
  const opens = (token: Seal) => open(ring, 'action', token)
  const tokens = Array.from({ length: 1001 }, (_, i) => sealed(ring, `[${i}]`))
  const firstTime = tokens.slice(0, 500).map(opens)
  assert.equal(opens(tokens[0]!), firstTime[0])
  for (const token of tokens.slice(500, 1000)) opens(token)
  // Sent again in time, it goes on with the younger ones.
  assert.equal(opens(tokens[1]!), firstTime[1])
  for (const token of tokens.slice(1000)) opens(token)
  assert.equal(opens(tokens[1]!), firstTime[1])
  assert.notEqual(opens(tokens[2]!), firstTime[2])
})

function sealed(ring: KeyRing, values: string): Seal {
  return seal(ring, 'action', content(values))
}

function content(values: string): SealContent {
  const times = { issued: 1_000_000_000, expires: 1_000_086_400 }
  const none = { version: undefined, session: undefined, path: undefined, owner: undefined }
  return { audience: 'app', action: 'todos.add', ...times, ...none, values }
}

/** The same text in memory of its own, as the next request brings it. */
function copyOf(token: Seal): string {
  return Buffer.from(token).toString('latin1')
}
