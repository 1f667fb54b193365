import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { asRegistry, createActions, type Registry } from '../../../lib/action/registry.js'
import { keptTime, openKept, sealKept } from '../../../lib/files/kept-file-token.js'
import { sealFormState } from '../../../lib/seal/form-state.js'
import { open, seal, sessionBinding } from '../../../lib/seal/seal.js'

const key = (fill: number) =>
  Buffer.from(Array.from({ length: 32 }, (_, i) => (fill + i * 7) & 0xff)).toString('base64')

const registryOf = (keys = key(1), app = 'shop'): Registry => asRegistry(createActions({ keys, app }), 'test')
const registry = registryOf()
const file = {
  id: '0123456789abcdef0123456789abcdef',
  name: 'ävatar 🦭.png',
  type: 'image/png',
  size: 120_000,
}
const terms = { action: 'upload', field: 'avatar', ttl: 3600, binding: undefined }
const origin = { action: 'upload', field: 'avatar', session: undefined }

test('opens what it sealed', () => {
  const token = sealKept(registry, file, terms)
  assert.deepEqual(openKept(registry, token, origin), file)
})

test('opens on every server that has the key, whichever key sealed', () => {
  const token = sealKept(registryOf(key(1)), file, terms)
  const rotated = registryOf(`${key(2)},${key(1)}`)
  assert.deepEqual(openKept(rotated, token, origin), file)
  assert.equal(openKept(registryOf(key(2)), token, origin), undefined)
})

test('opens for no other action', () => {
  const token = sealKept(registry, file, terms)
  assert.equal(openKept(registry, token, { ...origin, action: 'upload2' }), undefined)
  assert.equal(openKept(registry, token, { ...origin, action: '' }), undefined)
})

test('opens for no other field', () => {
  const token = sealKept(registry, file, terms)
  assert.equal(openKept(registry, token, { ...origin, field: 'avatars' }), undefined)
  assert.equal(openKept(registry, token, { ...origin, field: '' }), undefined)
})

test('tells an action and its field from others with the same letters', () => {
  const token = sealKept(registry, file, { ...terms, action: 'a.b', field: 'c' })
  assert.equal(openKept(registry, token, { ...origin, action: 'a', field: 'b.c' }), undefined)
})

test('opens for no other audience', () => {
  const token = sealKept(registry, file, terms)
  assert.equal(openKept(registryOf(key(1), 'blog'), token, origin), undefined)
})

test('opens for the session that it was sealed for, and no other', () => {
  const binding = sessionBinding(registry.keys, 'sid-1')
  const token = sealKept(registry, file, { ...terms, binding })
  assert.deepEqual(openKept(registry, token, { ...origin, session: 'sid-1' }), file)
  assert.equal(openKept(registry, token, { ...origin, session: 'sid-2' }), undefined)
  assert.equal(openKept(registry, token, origin), undefined)
})

test('opens for no session at all only when it was sealed without one', () => {
  const token = sealKept(registry, file, terms)
  assert.equal(openKept(registry, token, { ...origin, session: 'sid-1' }), undefined)
})

test('opens until its time is over, to the second', (t: TestContext) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_760_000_000_000 })
  const token = sealKept(registry, file, terms)
  t.mock.timers.setTime(1_760_003_599_999)
  assert.deepEqual(openKept(registry, token, origin), file)
  t.mock.timers.setTime(1_760_003_600_000)
  assert.equal(openKept(registry, token, origin), undefined)
})

test('opens a seal from a server whose clock is ahead, within the tolerance', (t: TestContext) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_760_000_300_000 })
  const token = sealKept(registry, file, terms)
  t.mock.timers.setTime(1_760_000_000_000)
  assert.deepEqual(openKept(registry, token, origin), file)
  t.mock.timers.setTime(1_759_999_999_000)
  assert.equal(openKept(registry, token, origin), undefined)
})

test('does not open altered text or text that is not a seal', () => {
  const token = sealKept(registry, file, terms)
  const last = token.endsWith('A') ? 'B' : 'A'
  const tokens = [
    undefined,
    '',
    'x',
    file.id,
    token.slice(0, -1),
    `${token}A`,
    `${token.slice(0, -1)}${last}`,
  ]
  for (const bad of tokens) {
    assert.equal(openKept(registry, bad, origin), undefined, bad)
  }
})

test('does not open as a state, and opens no state', () => {
  const values = ['avatar', file.id, file.name, file.type, file.size]
  const state = sealFormState(registry, values, { ...terms, boundText: '' })
  assert.equal(openKept(registry, state, origin), undefined)
  const token = sealKept(registry, file, terms)
  assert.equal(open(registry.keys, 'state', token), undefined)
  assert.equal(open(registry.keys, 'action', token), undefined)
})

test('does not open with an incomplete record', () => {
  const issued = Math.floor(Date.now() / 1000)
  const claims = {
    audience: 'shop',
    action: 'upload',
    version: undefined,
    issued,
    expires: issued + 3600,
    session: undefined,
    path: undefined,
    owner: undefined,
  }
  const records = [
    '',
    '[]',
    '{}',
    'x',
    '["avatar"]',
    '["avatar","../../etc/passwd","n","t",1]',
    `["avatar","${file.id}",1,"t",1]`,
    `["avatar","${file.id}","n",null,1]`,
    `["avatar","${file.id}","n","t","1"]`,
  ]
  for (const values of records) {
    const token = seal(registry.keys, 'upload', { ...claims, values })
    assert.equal(openKept(registry, token, origin), undefined, values)
  }
})

test('reveals nothing about the file to readers of the page', () => {
  const token = sealKept(registry, file, terms)
  const text = Buffer.from(token, 'base64url').toString('latin1')
  for (const secret of [file.id, 'vatar', 'image/png', 'upload']) assert.equal(text.includes(secret), false)
})

test('holds a name and a type at their longest', () => {
  const longest = { ...file, name: '"'.repeat(255), type: `${'a'.repeat(127)}/${'b'.repeat(127)}` }
  const token = sealKept(registry, longest, { ...terms, action: 'u'.repeat(128), field: 'f'.repeat(200) })
  assert.deepEqual(
    openKept(registry, token, { ...origin, action: 'u'.repeat(128), field: 'f'.repeat(200) }),
    longest,
  )
})

test('keeps files for an hour by default', () => {
  assert.equal(keptTime(undefined, 'kept'), 3600)
  assert.equal(keptTime('30m', 'kept'), 1800)
  assert.equal(keptTime(90, 'kept'), 90)
  assert.throws(() => keptTime(0, 'kept'), { code: 'ERR_OPTION_INVALID', message: /^kept is 0/ })
})
