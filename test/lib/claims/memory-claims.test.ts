import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
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

test('serves others after a flood of 100 000 submissions, in bounded memory', async () => {
  const store = memoryStore()
  const before = heap()
  // One buffer with a number in front: to ask for random bytes 1.2 million times would take most of the time.
  const bytesOfText = randomBytes(150)
  let texts = 0
  const text = (bytes: number) => {
    bytesOfText.writeUInt32LE(++texts)
    return bytesOfText.toString('base64url', 0, bytes)
  }
  const flood = async (from: number, to: number) => {
    for (let n = from; n < to; n++) {
      const [id, owner] = [`shop:${text(24)}`, text(16)]
      const issued = 1000 + Math.floor(n / 1000)
      const state = await store.claim(id, { ...terms, owner, digest: text(16), issued })
      assert.equal(state.kind, 'claimed')
      // As long as the result of a redirect.
      await store.settle(id, owner, { result: text(150), keep: 60 })
    }
  }
  await flood(0, 100_000)
  const perClaim = (heap() - before) / 100_000
  assert.ok(perClaim < 550, `${perClaim} bytes for each claim`)
  await flood(100_000, 300_000)
  const perTrace = (heap() - before - 100_000 * perClaim) / 200_000
  assert.ok(perTrace < 60, `${perTrace} bytes for each trace`)
  assert.equal((await store.claim('a visitor', { ...terms, issued: 1300 })).kind, 'claimed')
  // A form that was open for five minutes, at a thousand submissions a second.
  assert.equal((await store.claim('another', { ...terms, issued: 1000 })).kind, 'claimed')
})

test('does not keep the process alive', () => {
  const module = new URL('../../../lib/claims/memory-claims.js', import.meta.url)
  const program = `
    import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { memoryStore } from '${module}'
    const store = memoryStore()
    await store.claim('s', { owner: 'o', digest: 'd', issued: 1, lease: 600, keep: 6000 })
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
