import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { type TestContext, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { memoryStore } from '../../../lib/claims/memory-claims.js'
import { patience } from '../../setup/patience.js'
import { storeContract } from '../../setup/store-contract.js'

storeContract('memory', () => {
  const store = memoryStore()
  return { store, other: store }
})

const terms = { owner: 'owner', lease: 10, keep: 60 }

test('keeps a lease until just before its end', async (t) => {
  const pass = stopClock(t)
  const store = memoryStore()
  await store.claim('s', terms)
  pass(9_999)
  assert.deepEqual(await store.claim('s', terms), { kind: 'running' })
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
  await store.claim('s', { owner: 'owner', lease: 30 * 86_400, keep: 40 * 86_400 })
  const told = store.outcome('s', new AbortController().signal)
  await new Promise((resolve) => setTimeout(resolve, 20))
  await store.settle('s', 'owner', { result: 'result', keep: 60 })
  assert.deepEqual(await told, { kind: 'settled', result: 'result' })
  assert.deepEqual(warnings, [])
})

test('refuses claims when it is full, and keeps every one that it has', async () => {
  const store = memoryStore({ maxClaims: 3 })
  for (const id of ['a', 'b', 'c']) assert.deepEqual(await store.claim(id, terms), { kind: 'claimed' })
  await store.settle('a', 'owner', { result: 'result', keep: 60 })
  assert.deepEqual(await store.claim('d', terms), { kind: 'full' })
  assert.deepEqual(await store.claim('a', terms), { kind: 'settled', result: 'result' })
  assert.deepEqual(await store.claim('b', terms), { kind: 'running' })
  await store.release('b', 'owner')
  assert.deepEqual(await store.claim('d', terms), { kind: 'claimed' })
})

test('has room again when claims have expired', async (t) => {
  const pass = stopClock(t)
  const store = memoryStore({ maxClaims: 1 })
  await store.claim('a', terms)
  pass(59_999)
  assert.deepEqual(await store.claim('b', terms), { kind: 'full' })
  pass(1001)
  assert.deepEqual(await store.claim('b', terms), { kind: 'claimed' })
})

test('refuses claims when results take all the space, and still stores results of running claims', async (t) => {
  const pass = stopClock(t)
  const store = memoryStore({ maxSize: 6 })
  await store.claim('a', terms)
  await store.claim('b', terms)
  await store.settle('a', 'owner', { result: '漢字', keep: 60 })
  assert.deepEqual(await store.claim('c', terms), { kind: 'full' })
  await store.settle('b', 'owner', { result: 'result', keep: 120 })
  assert.deepEqual(await store.claim('b', terms), { kind: 'settled', result: 'result' })
  pass(61_000)
  assert.deepEqual(await store.claim('c', terms), { kind: 'full' })
  pass(60_000)
  assert.deepEqual(await store.claim('c', terms), { kind: 'claimed' })
})

test('uses bounded memory for any number of claims and releases', async () => {
  const store = memoryStore()
  await store.claim('s', terms)
  await store.release('s', 'owner')
  const before = heap()
  for (let i = 0; i < 100_000; i++) {
    await store.claim('s', terms)
    await store.release('s', 'owner')
  }
  assert.ok(heap() - before < 2 ** 20)
  // The store must live until here.
  assert.deepEqual(await store.claim('s', terms), { kind: 'claimed' })
})

test('takes the same time for a claim among 100 000 as among few', async () => {
  const store = memoryStore({ maxClaims: 120_000 })
  const first = await timeOf(() => claims(store, 0, 10_000))
  await claims(store, 10_000, 100_000)
  const last = await timeOf(() => claims(store, 100_000, 110_000))
  // The times should be equal. If the time grew with the number of claims, it would be ten times as long.
  assert.ok(last < 5 * first + 100, `${first} ms and ${last} ms`)
})

test('knows that it is full without searching 100 000 claims each time', async () => {
  const store = memoryStore()
  await claims(store, 0, 100_000)
  const refusing = await timeOf(async () => {
    for (let i = 0; i < 10_000; i++) assert.deepEqual(await store.claim('one more', terms), { kind: 'full' })
  })
  assert.ok(refusing < 2000, `${refusing} ms`)
})

test('does not keep the process alive', () => {
  const module = new URL('../../../lib/claims/memory-claims.js', import.meta.url)
  const program = `
    import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { memoryStore } from '${module}'
    const store = memoryStore()
    await store.claim('s', { owner: 'o', lease: 600, keep: 6000 })
    store.outcome('s', new AbortController().signal)
  `
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: patience,
  })
  assert.equal(status, 0, stderr)
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

async function claims(store: ReturnType<typeof memoryStore>, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) assert.deepEqual(await store.claim(`${i}`, terms), { kind: 'claimed' })
}

/** Milliseconds of processor time. */
async function timeOf(work: () => Promise<void>): Promise<number> {
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

function heap(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

/** @returns a function that advances the clock by milliseconds */
function stopClock(t: TestContext): (milliseconds: number) => void {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout', 'setInterval'] })
  return (milliseconds) => t.mock.timers.tick(milliseconds)
}

function settleTasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
