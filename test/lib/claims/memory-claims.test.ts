import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { memoryStore } from '../../../lib/claims/memory-claims.js'
import { storeContract } from '../../setup/store-contract.js'

storeContract('memory', () => {
  const store = memoryStore()
  return { store, other: store }
})

const terms = { owner: 'owner', digest: 'digest', issued: 1000, lease: 10, keep: 60 }
const running = { kind: 'running', digest: 'digest' }

function settled(result: string) {
  return { kind: 'settled', digest: 'digest', result }
}

test('keeps a lease until just before its end', async (t) => {
  const pass = stopClock(t)
  const store = memoryStore()
  await store.claim('s', terms)
  pass(9_999)
  assert.deepEqual(await store.claim('s', terms), running)
  pass(1)
  assert.deepEqual(await store.claim('s', terms), { kind: 'lost' })
  pass(1)
  assert.deepEqual(await store.claim('s', terms), { kind: 'lost' })
})

test('keeps a claim until just before its end', async (t) => {
  const pass = stopClock(t)
  const store = memoryStore()
  await store.claim('s', terms)
  pass(59_999)
  assert.deepEqual(await store.claim('s', terms), { kind: 'lost' })
  pass(1)
  assert.deepEqual(await store.claim('s', terms), { kind: 'claimed' })
})

test('wakes waiting copies at the end of the lease', async (t) => {
  const pass = stopClock(t)
  const store = memoryStore()
  await store.claim('s', terms)
  let told: unknown
  void store.outcome('s', new AbortController().signal).then((outcome) => {
    told = outcome
  })
  pass(9_999)
  await settleTasks()
  assert.equal(told, undefined)
  pass(1)
  await settleTasks()
  assert.deepEqual(told, { kind: 'lost' })
})

test('waits for a lease that is longer than a timer of Node', async (t) => {
  const warnings: Error[] = []
  const warned = (warning: Error) => void warnings.push(warning)
  process.on('warning', warned)
  t.after(() => process.off('warning', warned))
  const store = memoryStore()
  await store.claim('s', { ...terms, lease: 30 * 86_400, keep: 40 * 86_400 })
  const told = store.outcome('s', new AbortController().signal)
  await new Promise((resolve) => setTimeout(resolve, 20))
  await store.settle('s', 'owner', { result: 'result', keep: 60 })
  assert.deepEqual(await told, settled('result'))
  assert.deepEqual(warnings, [])
})

test('refuses claims only while every claim is of a run that goes on', async (t) => {
  const pass = stopClock(t)
  const store = memoryStore({ maxClaims: 3 })
  for (const id of ['a', 'b', 'c']) assert.deepEqual(await store.claim(id, terms), { kind: 'claimed' })
  assert.deepEqual(await store.claim('d', { ...terms, issued: 1001 }), { kind: 'full' })
  assert.deepEqual(await store.claim('b', terms), running)
  await store.release('b', 'owner')
  assert.deepEqual(await store.claim('d', { ...terms, issued: 1001 }), { kind: 'claimed' })
  pass(1000)
  await store.settle('a', 'owner', { result: 'result', keep: 60 })
  assert.deepEqual(await store.claim('e', { ...terms, issued: 1001 }), { kind: 'claimed' })
  assert.deepEqual(await store.claim('c', terms), running)
})

test('gives up the outcomes of the oldest claims when it is full, and lets none of them run again', async () => {
  const store = memoryStore({ maxClaims: 16 })
  const claim = (n: number) => store.claim(`${n}`, { ...terms, issued: 1000 + n })
  for (let n = 1; n <= 16; n++) {
    assert.deepEqual(await claim(n), { kind: 'claimed' })
    if (n !== 1) await store.settle(`${n}`, 'owner', { result: `${n}`, keep: 60 })
  }
  assert.deepEqual(await claim(2), settled('2'))
  // An eighth of sixteen. The first one runs, so it stays.
  assert.deepEqual(await claim(17), { kind: 'claimed' })
  assert.deepEqual(await claim(1), running)
  for (const n of [2, 3]) assert.deepEqual(await claim(n), { kind: 'lost' })
  assert.deepEqual(await claim(4), settled('4'))
  // Forms that are as old and were not sent.
  assert.deepEqual(await store.claim('unsent', { ...terms, issued: 1002 }), { kind: 'claimed' })
  await store.settle('1', 'owner', { result: '1', keep: 60 })
  assert.deepEqual(await claim(1), settled('1'))
})

test('forgets the oldest forms when there are too many traces, rather than to let one run again', async () => {
  const store = memoryStore({ maxClaims: 1 })
  const run = async (n: number) => {
    const state = await store.claim(`${n}`, { ...terms, issued: 1000 + n })
    await store.settle(`${n}`, 'owner', { result: '', keep: 60 })
    return state
  }
  // One is the newest claim, and ten thousand have a trace.
  for (let n = 1; n <= 10_001; n++) assert.deepEqual(await run(n), { kind: 'claimed' })
  assert.deepEqual(await run(1), { kind: 'lost' })
  assert.deepEqual(await store.claim('unsent', { ...terms, issued: 1001 }), { kind: 'claimed' })
  await store.settle('unsent', 'owner', { result: '', keep: 60 })
  assert.deepEqual(await run(10_002), { kind: 'claimed' })
  for (const n of [1, 2, 1000]) assert.deepEqual(await run(n), { kind: 'forgotten' })
  assert.deepEqual(await store.claim('unsent too', { ...terms, issued: 1001 }), { kind: 'forgotten' })
  assert.deepEqual(await store.claim('older', { ...terms, issued: 1 }), { kind: 'forgotten' })
  for (const n of [2000, 10_001]) assert.deepEqual(await run(n), { kind: 'lost' })
  assert.deepEqual(await store.claim('younger', { ...terms, issued: 3000 }), { kind: 'claimed' })
})

test('forgets traces when their forms have expired, and then runs no timer', async (t) => {
  const pass = stopClock(t)
  const store = memoryStore({ maxClaims: 1 })
  for (const id of ['a', 'b']) {
    await store.claim(id, terms)
    await store.settle(id, 'owner', { result: 'result', keep: 60 })
  }
  pass(59_999)
  assert.deepEqual(await store.claim('a', terms), { kind: 'lost' })
  pass(30_001)
  assert.deepEqual(await store.claim('a', terms), { kind: 'claimed' })
  await store.release('a', 'owner')
})

test('gives up the claims of runs that are lost, too', async (t) => {
  const pass = stopClock(t)
  const store = memoryStore({ maxClaims: 2 })
  for (const id of ['a', 'b']) await store.claim(id, terms)
  pass(10_000)
  assert.deepEqual(await store.claim('c', { ...terms, issued: 1001 }), { kind: 'claimed' })
  assert.deepEqual(await store.claim('a', terms), { kind: 'lost' })
  await store.settle('a', 'owner', { result: 'late', keep: 60 })
  assert.deepEqual(await store.claim('a', terms), { kind: 'lost' })
})

test('has room again when claims have expired', async (t) => {
  const pass = stopClock(t)
  const store = memoryStore({ maxClaims: 2 })
  await store.claim('a', { ...terms, lease: 600 })
  pass(59_999)
  await store.claim('b', { ...terms, lease: 600 })
  assert.deepEqual(await store.claim('c', terms), { kind: 'full' })
  pass(1001)
  assert.deepEqual(await store.claim('c', terms), { kind: 'claimed' })
  assert.deepEqual(await store.claim('b', terms), running)
})

test('drops the oldest results when they take too much space, and never their claims', async () => {
  const store = memoryStore({ maxSize: 16 })
  const run = async (id: string, issued: number, result: string) => {
    assert.deepEqual(await store.claim(id, { ...terms, issued }), { kind: 'claimed' })
    await store.settle(id, 'owner', { result, keep: 60 })
    return store.claim(id, terms)
  }
  assert.deepEqual(await run('b', 1002, '漢字'), settled('漢字'))
  assert.deepEqual(await run('a', 1001, '1234567890'), settled('1234567890'))
  // Sixteen bytes fit, and one more does not.
  assert.deepEqual(await run('c', 1003, 'x'), settled('x'))
  assert.deepEqual(await store.claim('b', terms), settled(''))
  assert.deepEqual(await store.claim('a', terms), settled('1234567890'))
  assert.deepEqual(await run('d', 1004, 'x'.repeat(17)), settled(''))
  assert.deepEqual(await store.claim('c', terms), settled(''))
})

test('has room for results up to the last byte, and again when claims have expired or are dropped', async (t) => {
  const pass = stopClock(t)
  const store = memoryStore({ maxSize: 24 })
  const keep = async (id: string, bytes: number) => {
    await store.claim(id, terms)
    await store.settle(id, 'owner', { result: id.repeat(bytes), keep: 60 })
  }
  const kept = async (id: string) => {
    const state = await store.claim(id, terms)
    return state.kind === 'settled' && state.result !== ''
  }
  await keep('a', 24)
  assert.ok(await kept('a'))
  pass(60_000)
  await keep('b', 12)
  await keep('c', 12)
  assert.ok((await kept('b')) && (await kept('c')))
  // An eighth is made free then: 21 bytes stay.
  pass(60_000)
  await keep('d', 4)
  await keep('e', 10)
  await keep('f', 11)
  assert.deepEqual([await kept('d'), await kept('e'), await kept('f')], [false, true, true])
})

test('sweeps while there is a claim or a trace, and no longer', async (t) => {
  const pass = stopClock(t)
  const begun = t.mock.method(globalThis, 'setInterval').mock
  const ended = t.mock.method(globalThis, 'clearInterval').mock
  const store = memoryStore({ maxClaims: 1 })
  await store.claim('a', terms)
  assert.deepEqual([begun.callCount(), ended.callCount()], [1, 0])
  await store.release('a', 'owner')
  assert.deepEqual([begun.callCount(), ended.callCount()], [1, 1])
  for (const id of ['b', 'c']) {
    await store.claim(id, terms)
    await store.settle(id, 'owner', { result: 'result', keep: id === 'b' ? 600 : 60 })
  }
  assert.deepEqual([begun.callCount(), ended.callCount()], [2, 1])
  // The claim of `c` has gone, and the trace of `b` stays.
  pass(120_000)
  assert.equal(ended.callCount(), 1)
  pass(600_000)
  assert.ok(ended.callCount() > 1)
  assert.equal(begun.callCount(), 2)
  await store.claim('d', terms)
  assert.equal(begun.callCount(), 3)
})

test('leaves no trace of a claim that has expired when room is made', async (t) => {
  const pass = stopClock(t)
  const store = memoryStore({ maxClaims: 1 })
  await store.claim('a', terms)
  pass(60_000)
  assert.deepEqual(await store.claim('b', terms), { kind: 'claimed' })
  await store.release('b', 'owner')
  assert.deepEqual(await store.claim('a', terms), { kind: 'claimed' })
})

test('refuses bad options, and names them', () => {
  assert.throws(() => memoryStore({ maxClaims: 0 }), { code: 'ERR_OPTION_INVALID', message: /maxClaims/ })
  assert.throws(() => memoryStore({ maxClaims: 1.5 }), { code: 'ERR_OPTION_INVALID', message: /maxClaims/ })
  assert.throws(() => memoryStore({ maxSize: '64 parsecs' }), {
    code: 'ERR_OPTION_INVALID',
    message: /maxSize/,
  })
  // @ts-expect-error: misspelt
  assert.throws(() => memoryStore({ maxClaim: 5 }), { code: 'ERR_OPTION_INVALID', message: /maxClaims/ })
})

/** @returns a function that advances the clock by milliseconds */
function stopClock(t: TestContext): (milliseconds: number) => void {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout', 'setInterval'] })
  return (milliseconds) => t.mock.timers.tick(milliseconds)
}

function settleTasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
