import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createKeyRing, type KeyRing } from '../../../lib/seal/key-ring.js'
import { matchesPath, pathBinding } from '../../../lib/seal/path-binding.js'
import { open, seal, sessionBinding } from '../../../lib/seal/seal.js'

const key = (from: number) =>
  Buffer.from(Array.from({ length: 32 }, (_, i) => (from + i * 5) & 0xff)).toString('base64')
const ring = createKeyRing(key(1), {})

/** A seal for a path, or for every path. */
function sealFor(
  path: string | undefined,
  { sealing = ring as KeyRing, audience = '', action = 'act' } = {},
) {
  return seal(sealing, 'action', {
    audience,
    action,
    version: undefined,
    issued: 1_760_000_000,
    expires: 1_760_086_400,
    session: undefined,
    path: path === undefined ? undefined : pathBinding(sealing, path),
    owner: undefined,
    values: '',
  })
}

function matches(token: string, path: string, opening: KeyRing = ring): boolean {
  const opened = open(opening, 'action', token)
  assert.ok(opened)
  return matchesPath(opening, opened, path)
}

test('matches the path that a seal was made for, and no other', () => {
  const token = sealFor('/lists/7')
  assert.equal(matches(token, '/lists/7'), true)
  for (const other of ['/', '/lists/8', '/lists', '', '/lists/77']) {
    assert.equal(matches(token, other), false, other)
  }
})

test('takes another spelling of a path for another path', () => {
  const token = sealFor('/lists/a')
  for (const other of ['/lists/a/', '/Lists/a', '/lists/%61', '//lists/a', '/lists//a', '/x/../lists/a']) {
    assert.equal(matches(token, other), false, other)
  }
})

test('matches every path when the seal has none', () => {
  assert.equal(matches(sealFor(undefined), '/anything'), true)
})

test('does not match a path that equals the digest', () => {
  const token = sealFor('/lists/7')
  assert.equal(matches(token, pathBinding(ring, '/lists/7')), false)
})

test('tells paths of any length apart, whether remembered or not', () => {
  for (const length of [1, 199, 200, 201, 16_384]) {
    const path = '/'.padEnd(length, 'a')
    const token = sealFor(path)
    for (let again = 0; again < 2; again++) {
      assert.equal(matches(token, path), true)
      assert.equal(matches(token, `${path}a`), false)
      assert.equal(matches(token, `${path.slice(0, -1)}b`), false)
    }
  }
})

test('gives the same answers after more paths than it remembers', () => {
  const token = sealFor('/first')
  const made = new Set(Array.from({ length: 1200 }, (_, i) => pathBinding(ring, `/lists/${i}`)))
  assert.equal(made.size, 1200)
  assert.equal(matches(token, '/first'), true)
  assert.equal(pathBinding(ring, '/lists/0'), pathBinding(ring, '/lists/0'))
})

test('matches with the key that sealed, after another key has come first', () => {
  const token = sealFor('/lists/7')
  const rotated = createKeyRing([key(2), key(1)], {})
  assert.equal(matches(token, '/lists/7', rotated), true)
  assert.equal(matches(token, '/lists/8', rotated), false)
  assert.notEqual(pathBinding(ring, '/lists/7'), pathBinding(rotated, '/lists/7'))
})

test('keeps the seal of an unbound action within 160 characters', () => {
  const names = { audience: 'shop', action: 'todos.remove' }
  assert.equal(sealFor('/', names).length, 146)
  assert.equal(sealFor(`/${'a'.repeat(16_000)}`, names).length, 146)
  assert.equal(sealFor('/', { audience: 'shop', action: 'a'.repeat(29) }).length, 146)
  assert.equal(sealFor('/', { audience: 'shop', action: 'a'.repeat(30) }).length, 231)
})

test('leaves room for a session', () => {
  const token = seal(ring, 'action', {
    audience: 'shop',
    action: 'todos.remove1',
    version: undefined,
    issued: 1_760_000_000,
    expires: 1_760_086_400,
    session: sessionBinding(ring, 'sid'),
    path: pathBinding(ring, '/lists/7'),
    owner: undefined,
    values: '',
  })
  assert.equal(token.length, 146)
})
