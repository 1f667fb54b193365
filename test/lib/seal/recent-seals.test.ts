import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Definition } from '../../../lib/action/action.js'
import type { Registry } from '../../../lib/action/registry.js'
import { PageSeals } from '../../../lib/page/page-seals.js'
import { open } from '../../../lib/seal/seal.js'
import { registryWith } from '../../setup/pending-submission.js'

test('gives two pages of one second the same seal, and a page of the next second another', (t: TestContext) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000_000_000 })
  const { registry, act } = setUp()
  const first = pageOf(registry).action(act, '')
  t.mock.timers.setTime(1_000_000_000_999)
  assert.equal(pageOf(registry).action(act, ''), first)
  t.mock.timers.setTime(1_000_000_001_000)
  const later = pageOf(registry).action(act, '')
  assert.notEqual(later, first)
  assert.equal(open(registry.keys, 'action', later)?.content.issued, 1_000_000_001)
})

test('seals other values, another path, another action and a button on their own', (t: TestContext) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000_000_000 })
  const { registry, act, other } = setUp()
  const seals = pageOf(registry)
  const all = [
    seals.action(act, ''),
    seals.action(act, '["1"]'),
    seals.action(other, ''),
    pageOf(registry, { path: '/other' }).action(act, ''),
    seals.buttonOf(act, '', { action: 'act', boundText: '' }),
    seals.buttonOf(act, '', { action: 'act', boundText: '["1"]' }),
    seals.buttonOf(act, '', { action: 'other', boundText: '' }),
  ]
  assert.equal(new Set(all).size, all.length)
  assert.equal(open(registry.keys, 'action', seals.action(act, '["1"]'))?.content.values, '["1"]')
})

test('never shares the seal of a one-time action', () => {
  const { registry, once } = setUp()
  assert.notEqual(pageOf(registry).action(once, ''), pageOf(registry).action(once, ''))
})

test('never shares a seal that is bound to a session', () => {
  const { registry, act } = setUp()
  const seal = () => pageOf(registry, { session: 'of one visitor' }).action(act, '')
  assert.notEqual(seal(), seal())
})

test('gives a page that shows an outcome seals of its own', (t: TestContext) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000_000_000 })
  const { registry, act } = setUp()
  const shared = pageOf(registry).action(act, '')
  const seals = pageOf(registry)
  seals.shared = false
  const own = seals.action(act, '')
  assert.notEqual(own, shared)
  assert.notEqual(seals.action(act, ''), own)
  assert.equal(pageOf(registry).action(act, ''), shared)
})

test('gives a call without a form element a seal of its own', () => {
  const { registry, act } = setUp()
  const seals = pageOf(registry)
  assert.notEqual(seals.alone(act, ''), seals.action(act, ''))
  assert.notEqual(seals.alone(act, ''), seals.alone(act, ''))
})

test('seals with the new key as soon as the keys are replaced', (t: TestContext) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000_000_000 })
  const { registry, act } = setUp()
  const before = pageOf(registry).action(act, '')
  registry.keys.reload([Buffer.from('another key of thirty-two bytes!').toString('base64')])
  const after = pageOf(registry).action(act, '')
  assert.notEqual(after, before)
  assert.ok(open(registry.keys, 'action', after))
})

test('keeps a thousand seals of a second, and none whose name has more than 400 characters', (t: TestContext) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000_000_000 })
  const { registry, act } = setUp()
  const seals = pageOf(registry)
  const kept = (values: string) => {
    const first = seals.action(act, values)
    return seals.action(act, values) === first
  }
  // The name is the action, the path and the values, with three line breaks.
  const rest = 'act'.length + '/'.length + 3
  for (let i = 1; i < 999; i++) seals.action(act, `["${i}"]`)
  assert.ok(!kept('x'.repeat(401 - rest)))
  assert.ok(kept('x'.repeat(400 - rest)))
  assert.ok(kept('["999"]'))
  assert.ok(!kept('["1000"]'))
  assert.ok(kept('["1"]'))
})

test('does not take the values of a button for those of its form', () => {
  const { registry, act } = setUp()
  const seals = pageOf(registry)
  const one = seals.buttonOf(act, '["b"]', { action: 'act', boundText: '["a"]' })
  const two = seals.buttonOf(act, '', { action: 'act', boundText: '["a"]\n["b"]' })
  assert.notEqual(one, two)
})

function setUp(): { registry: Registry; act: Definition; other: Definition; once: Definition } {
  const registry = registryWith((actions) => {
    actions.define('act', async () => {})
    actions.define('other', async () => {})
    actions.define('once', { once: true, async run() {} })
  })
  const [act, other, once] = ['act', 'other', 'once'].map((name) => registry.find(name))
  assert.ok(act && other && once)
  return { registry, act, other, once }
}

function pageOf(
  registry: Registry,
  { path = '/', session }: { path?: string; session?: string } = {},
): PageSeals {
  return new PageSeals(registry, { path, session: () => session })
}
