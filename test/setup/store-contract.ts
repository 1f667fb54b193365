import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClaimStore } from '../../lib/claims/claim-store.js'
import { patienceSignal } from './patience.js'

/** A store of two servers. A store in memory is the same for both. */
export interface SharedStore {
  readonly store: ClaimStore
  readonly other: ClaimStore
}

/**
 * What every store does, on its own clock. Leases are seconds here where something has to happen before they are over, so that a slow
 * machine has room on both sides.
 *
 * @param name the start of each test title
 */
export function storeContract(
  name: string,
  sharedStore: (t: TestContext) => SharedStore | Promise<SharedStore>,
): void {
  // A store does not keep the process alive, so a test that waits for one has to.
  const make = (t: TestContext) => {
    const alive = setInterval(() => {}, 60_000)
    t.after(() => clearInterval(alive))
    return sharedStore(t)
  }

  test(`${name}: gives a submission to one of 200 simultaneous claims`, async (t) => {
    const { store, other } = await make(t)
    const states = await Promise.all(
      Array.from({ length: 200 }, (_, i) => (i % 2 ? store : other).claim('s', terms({ owner: `${i}` }))),
    )
    assert.deepEqual(count(states), { claimed: 1, running: 199 })
  })

  test(`${name}: keeps claims apart`, async (t) => {
    const { store } = await make(t)
    const states = await Promise.all(hostileIds.map((id) => store.claim(id, terms({ owner: id }))))
    assert.deepEqual(count(states), { claimed: hostileIds.length })
    await Promise.all(hostileIds.map((id) => store.settle(id, id, { result: `result of ${id}`, keep: 60 })))
    for (const id of hostileIds) {
      assert.deepEqual(await store.claim(id, terms()), settled(`result of ${id}`))
      assert.deepEqual(await store.outcome(id, patienceSignal()), settled(`result of ${id}`))
    }
  })

  test(`${name}: gives the result to later copies, on every server`, async (t) => {
    const { store, other } = await make(t)
    await store.claim('s', terms())
    await store.settle('s', 'owner', { result: 'the result', keep: 60 })
    assert.deepEqual(await store.claim('s', terms({ owner: 'b' })), settled('the result'))
    assert.deepEqual(await other.claim('s', terms({ owner: 'c' })), settled('the result'))
    assert.deepEqual(await other.outcome('s', patienceSignal()), settled('the result'))
  })

  test(`${name}: tells every later copy the digest of the first, before and after it has a result`, async (t) => {
    const { store, other } = await make(t)
    await store.claim('s', terms({ digest: 'of the first' }))
    for (const at of [store, other]) {
      const state = await at.claim('s', terms({ owner: 'b', digest: 'of another' }))
      assert.deepEqual(state, { kind: 'running', digest: 'of the first' })
    }
    await store.renew('s', 'owner', 60)
    const waiting = other.outcome('s', patienceSignal())
    await store.settle('s', 'owner', { result: 'the result', keep: 60 })
    const ending = { kind: 'settled', digest: 'of the first', result: 'the result' }
    assert.deepEqual(await waiting, ending)
    for (const at of [store, other]) {
      assert.deepEqual(await at.claim('s', terms({ owner: 'b', digest: 'of another' })), ending)
      assert.deepEqual(await at.outcome('s', patienceSignal()), ending)
    }
    await store.claim('t', terms({ digest: 'of the first' }))
    await store.release('t', 'owner')
    await other.claim('t', terms({ digest: 'of the second' }))
    assert.deepEqual(await store.claim('t', terms()), { kind: 'running', digest: 'of the second' })
  })

  test(`${name}: keeps the time of a claim whose lease is renewed`, async (t) => {
    const { store } = await make(t)
    await store.claim('s', terms({ keep: 1.5 }))
    await store.renew('s', 'owner', 60)
    assert.deepEqual(await store.claim('s', terms()), running)
    await sleep(1600)
    assert.deepEqual(await store.claim('s', terms()), { kind: 'claimed' })
  })

  test(`${name}: returns a result unchanged, character by character`, async (t) => {
    const { store, other } = await make(t)
    for (const result of [
      '',
      '\0',
      '"\\\r\n',
      'é ñ 漢字 👩‍👩‍👧 \u2028\uFEFF\u{10FFFF}',
      'x'.repeat(2 ** 20),
      '漢'.repeat(2 ** 18),
    ]) {
      const id = `result ${result.length} ${result.slice(0, 8)}`
      await store.claim(id, terms())
      await store.settle(id, 'owner', { result, keep: 60 })
      assert.deepEqual(await other.claim(id, terms()), settled(result))
    }
  })

  test(`${name}: keeps the first of two results`, async (t) => {
    const { store } = await make(t)
    await store.claim('s', terms())
    await store.settle('s', 'owner', { result: 'first', keep: 60 })
    await store.settle('s', 'owner', { result: 'second', keep: 60 })
    assert.deepEqual(await store.claim('s', terms()), settled('first'))
  })

  test(`${name}: accepts a new claim after a release`, async (t) => {
    const { store, other } = await make(t)
    await store.claim('s', terms({ owner: 'a' }))
    await store.release('s', 'a')
    assert.deepEqual(await store.outcome('s', patienceSignal()), { kind: 'free' })
    assert.deepEqual(await other.claim('s', terms({ owner: 'b' })), { kind: 'claimed' })
  })

  test(`${name}: does nothing for another owner`, async (t) => {
    const { store, other } = await make(t)
    await store.claim('s', terms({ lease: 2 }))
    await other.release('s', 'stranger')
    await other.settle('s', 'stranger', { result: 'forged', keep: 60 })
    await other.renew('s', 'stranger', 60)
    assert.deepEqual(await store.claim('s', terms()), running)
    await sleep(2200)
    assert.deepEqual(await store.claim('s', terms()), { kind: 'lost' })
  })

  test(`${name}: does not change an existing result, not even for its owner`, async (t) => {
    const { store } = await make(t)
    await store.claim('s', terms())
    await store.settle('s', 'owner', { result: 'the result', keep: 60 })
    await store.release('s', 'owner')
    await store.renew('s', 'owner', 60)
    assert.deepEqual(await store.claim('s', terms()), settled('the result'))
  })

  test(`${name}: does nothing for unknown claims`, async (t) => {
    const { store } = await make(t)
    await store.release('s', 'owner')
    await store.renew('s', 'owner', 60)
    assert.deepEqual(await store.outcome('s', patienceSignal()), { kind: 'free' })
    assert.deepEqual(await store.claim('s', terms()), { kind: 'claimed' })
  })

  test(`${name}: reports a run as lost when its lease has expired, and never gives it to another`, async (t) => {
    const { store, other } = await make(t)
    await store.claim('s', terms({ lease: 2 }))
    assert.deepEqual(await other.claim('s', terms()), running)
    await sleep(2200)
    assert.deepEqual(await other.claim('s', terms()), { kind: 'lost' })
    assert.deepEqual(await store.outcome('s', patienceSignal()), { kind: 'lost' })
  })

  test(`${name}: renews a lease, also after it has expired`, async (t) => {
    const { store, other } = await make(t)
    await store.claim('s', terms({ lease: 3 }))
    await sleep(1800)
    await store.renew('s', 'owner', 3)
    await sleep(1800)
    assert.deepEqual(await other.claim('s', terms()), running)
    await sleep(1800)
    assert.deepEqual(await other.claim('s', terms()), { kind: 'lost' })
    await store.renew('s', 'owner', 60)
    assert.deepEqual(await other.claim('s', terms()), running)
  })

  test(`${name}: accepts the result of a run that was reported as lost`, async (t) => {
    const { store, other } = await make(t)
    await store.claim('s', terms({ lease: 0.1 }))
    await sleep(200)
    assert.deepEqual(await other.claim('s', terms()), { kind: 'lost' })
    await store.settle('s', 'owner', { result: 'late', keep: 60 })
    assert.deepEqual(await other.claim('s', terms()), settled('late'))
  })

  test(`${name}: keeps a claim for its time, in every state`, async (t) => {
    const { store } = await make(t)
    await store.claim('lost', terms({ lease: 0.05, keep: 2.5 }))
    await store.claim('settled', terms({ keep: 60 }))
    await store.settle('settled', 'owner', { result: 'result', keep: 2.5 })
    await store.claim('longer', terms({ keep: 2.5 }))
    await store.settle('longer', 'owner', { result: 'result', keep: 60 })
    await sleep(100)
    assert.deepEqual(await store.claim('lost', terms()), { kind: 'lost' })
    assert.deepEqual(await store.claim('settled', terms()), settled('result'))
    await sleep(2600)
    assert.deepEqual(await store.claim('lost', terms()), { kind: 'claimed' })
    assert.deepEqual(await store.outcome('settled', patienceSignal()), { kind: 'free' })
    assert.deepEqual(await store.claim('longer', terms()), settled('result'))
  })

  test(`${name}: wakes all waiting copies when there is a result`, async (t) => {
    const { store, other } = await make(t)
    await store.claim('s', terms())
    const waiting = Array.from({ length: 200 }, (_, i) =>
      (i % 2 ? store : other).outcome('s', patienceSignal()),
    )
    await sleep(50)
    await store.settle('s', 'owner', { result: 'the result', keep: 60 })
    for (const outcome of await Promise.all(waiting)) assert.deepEqual(outcome, settled('the result'))
  })

  test(`${name}: wakes waiting copies when the claim is released`, async (t) => {
    const { store, other } = await make(t)
    await store.claim('s', terms())
    const waiting = [store.outcome('s', patienceSignal()), other.outcome('s', patienceSignal())]
    await sleep(50)
    await store.release('s', 'owner')
    assert.deepEqual(await Promise.all(waiting), [{ kind: 'free' }, { kind: 'free' }])
  })

  test(`${name}: wakes waiting copies when the lease expires, and not before`, async (t) => {
    const { store, other } = await make(t)
    await store.claim('s', terms({ lease: 1.5 }))
    const began = Date.now()
    const waiting = [store.outcome('s', patienceSignal()), other.outcome('s', patienceSignal())]
    await sleep(150)
    await store.renew('s', 'owner', 1.7)
    assert.deepEqual(await Promise.all(waiting), [{ kind: 'lost' }, { kind: 'lost' }])
    const waited = Date.now() - began
    assert.ok(waited >= 1800, `waited ${waited} ms`)
  })

  test(`${name}: wakes waiting copies when the claim expires`, async (t) => {
    const { store } = await make(t)
    await store.claim('s', terms({ lease: 60, keep: 0.3 }))
    assert.deepEqual(await store.outcome('s', patienceSignal()), { kind: 'free' })
  })

  test(`${name}: stops waiting when the signal aborts`, async (t) => {
    const { store } = await make(t)
    await store.claim('s', terms())
    const reason = new Error('the visitor has left')
    await assert.rejects(store.outcome('s', AbortSignal.abort(reason)), reason)
    const leaving = new AbortController()
    const left = assert.rejects(store.outcome('s', leaving.signal), reason)
    const stays = store.outcome('s', patienceSignal())
    await sleep(50)
    leaving.abort(reason)
    await left
    await store.settle('s', 'owner', { result: 'the result', keep: 60 })
    assert.deepEqual(await stays, settled('the result'))
  })
}

function terms({ owner = 'owner', digest = 'digest', lease = 60, keep = 600 } = {}) {
  return { owner, digest, issued: Math.floor(Date.now() / 1000), lease, keep }
}

const running = { kind: 'running', digest: 'digest' }

function settled(result: string) {
  return { kind: 'settled', digest: 'digest', result }
}

function count(states: readonly { readonly kind: string }[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { kind } of states) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

const hostileIds = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'a',
  'A',
  'a:b',
  'a:b:owner',
  '{a}b',
  '*',
  'a\r\nDEL b\r\n',
  'a\0b',
  'é',
  'e\u0301',
  '漢字👩‍👩‍👧',
  'x'.repeat(10_000),
  `${'x'.repeat(10_000)}y`,
]
