// What the store costs: tests that take seconds of processor time. The others try its code in every small way (test/mutation/areas.ts).

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { memoryStore } from '../../../lib/claims/memory-claims.js'
import { patience } from '../../setup/patience.js'

/** Seconds that outlast the test on any machine. */
const terms = { owner: 'owner', digest: 'digest', issued: 1000, lease: 3000, keep: 6000 }

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
    for (let i = 0; i < 10_000; i++) assert.equal((await store.claim('one more', terms)).kind, 'full')
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
      await store.settle(id, owner, { result: text(150), keep: terms.keep })
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

async function claims(store: ReturnType<typeof memoryStore>, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) assert.equal((await store.claim(`${i}`, terms)).kind, 'claimed')
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
