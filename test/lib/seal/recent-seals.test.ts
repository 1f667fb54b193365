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

test('makes a seal that nothing else prints, and none of those that are shared', (t: TestContext) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000_000_000 })
  const { registry, act } = setUp()
  const seals = pageOf(registry)
  const shared = seals.action(act, '')
  const one = seals.unique(act, '')
  const two = seals.unique(act, '')
  assert.equal(new Set([shared, one, two]).size, 3)
  assert.equal(seals.action(act, ''), shared)
  assert.deepEqual(
    open(registry.keys, 'action', one)?.content,
    open(registry.keys, 'action', shared)?.content,
  )
})

test('never shares the seal of a form that keeps the time of its first page', (t: TestContext) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000_000_000 })
  const { registry, act, slow } = setUp()
  const shared = pageOf(registry).action(slow, '')
  const answer = pageOf(registry)
  answer.begun = 999_999_990
  const again = answer.action(slow, '')
  assert.notEqual(again, shared)
  assert.equal(open(registry.keys, 'action', again)?.content.issued, 999_999_997)
  assert.equal(answer.action(act, ''), pageOf(registry).action(act, ''))
})

test('shares the seal of the form that was sent, each time with another mark', (t: TestContext) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000_000_000 })
  const { registry, act } = setUp()
  const [one, other] = [pageOf(registry).sent(act, ''), pageOf(registry).sent(act, '')]
  assert.equal(one.seal, pageOf(registry).action(act, ''))
  assert.equal(other.seal, one.seal)
  assert.match(one.mark ?? '', /^[\w-]{16}$/)
  assert.notEqual(other.mark, one.mark)
})

test('marks no seal that nothing else prints', (t: TestContext) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000_000_000 })
  const { registry, once, slow } = setUp()
  const answer = pageOf(registry)
  answer.begun = 999_999_990
  for (const definition of [once, slow]) {
    const [one, other] = [answer.sent(definition, ''), answer.sent(definition, '')]
    assert.notEqual(one.seal, other.seal)
    assert.deepEqual([one.mark, other.mark], [undefined, undefined])
  }
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
  // The name is the path and the values, with two line breaks.
  const rest = '/'.length + 2
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

function setUp(): Record<'act' | 'other' | 'once' | 'slow', Definition> & { readonly registry: Registry } {
  const registry = registryWith((actions) => {
    actions.define('act', async () => {})
    actions.define('other', async () => {})
    actions.define('once', { once: true, async run() {} })
    actions.define('slow', { minFillTime: '3s', async run() {} })
  })
  const [act, other, once, slow] = ['act', 'other', 'once', 'slow'].map((name) => registry.find(name))
  assert.ok(act && other && once && slow)
  return { registry, act, other, once, slow }
}

function pageOf(
  registry: Registry,
  { path = '/', session }: { path?: string; session?: string } = {},
): PageSeals {
  return new PageSeals(registry, { path, session: () => session })
}
