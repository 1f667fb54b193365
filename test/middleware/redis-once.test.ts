import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { stateScript } from '../../lib/redis/claim-scripts.js'
import { type Answer, OnceProcess } from '../setup/once-process.js'
import { until } from '../setup/patience.js'
import { provesInFull } from '../setup/proofs.js'
import { type RedisServer, startRedis } from '../setup/redis.js'

const copies = provesInFull ? 200 : 40

test('three servers that share a Redis', async (t) => {
  const whole = await open(t)

  await t.test(
    `${copies} copies sent to three servers at once run once, and get the same answer`,
    async () => {
      const { servers, runs } = await ready(whole)
      const fields = await servers[0].form('order')
      const typed = { text: 'one', time: '300' }
      const answers = await Promise.all(
        Array.from({ length: copies }, (_, i) => servers[i % 3]!.send(fields, typed)),
      )
      assert.deepEqual(runs(), ['one'])
      assert.equal(answers[0]?.status, 303)
      assert.match(answers[0]?.location ?? '', /^\/orders\/\d+$/)
      assert.match(answers[0]?.cookies[0] ?? '', /^receipt=\d+/)
      for (const answer of answers) assert.deepEqual(answer, answers[0])
      assert.deepEqual(await servers[2].send(fields, typed), answers[0])
    },
  )

  await t.test(
    'a copy with other fields gets neither the outcome nor the cookie, on whichever server it arrives',
    async (t) => {
      const { servers, runs, redis } = await ready(whole)
      const fields = await servers[0].form('order')
      const typed = { text: 'one', time: '700' }
      const running = servers[0].send(fields, typed)
      await until(() => runs().length === 1)
      assertOther(await servers[1].send(fields, { ...typed, text: 'two' }), 'two')
      const first = await running
      assert.equal(first.status, 303)
      for (const server of servers)
        assertOther(await server.send(fields, { ...typed, text: 'three' }), 'three')
      for (const server of servers) assert.deepEqual(await server.send(fields, typed), first)
      assert.deepEqual(runs(), ['one'])
      const client = await redis.connect(t)
      for (const key of await client.keys('*'))
        assert.doesNotMatch(String(await client.get(key)), /one|two|three/)
    },
  )

  await t.test('different submissions run on the servers that receive them', async () => {
    const { servers, runs } = await ready(whole)
    const forms = await Promise.all(Array.from({ length: 30 }, (_, i) => servers[i % 3]!.form('order')))
    const answers = await Promise.all(
      forms.map((fields, i) => servers[(i + 1) % 3]!.send(fields, { text: `${i}` })),
    )
    for (const { status } of answers) assert.equal(status, 303)
    assert.deepEqual(new Set(runs()), new Set(forms.map((_, i) => `${i}`)))
    assert.deepEqual(
      servers.map((server) => server.runs.length),
      [10, 10, 10],
    )
  })

  await t.test('submissions of one-time actions get 503 only while the store is down', async () => {
    const { servers, redis, runs } = await ready(whole)
    const [order, rename] = [await servers[0].form('order'), await servers[0].form('rename')]
    await redis.kill()
    const refused = await servers[1].send(order, { text: 'typed with care' })
    assertStoreDown(refused)
    assert.deepEqual(runs(), [])
    assert.equal((await servers[1].send(rename)).location, '/renamed')
    await redis.start()
    await until(async () => (await servers[1].send(order, { text: 'typed with care' })).status === 303)
    assert.deepEqual(runs(), ['typed with care'])
  })

  await t.test(
    'one-time actions wait for a store that hangs up to the limit, and other actions do not wait',
    async () => {
      const { servers, redis, runs } = await ready(whole)
      const [order, rename] = [await servers[0].form('order'), await servers[0].form('rename')]
      await servers[1].send(await servers[1].form('order'), { text: 'before' })
      redis.pause()
      const ends: string[] = []
      const [refused, renamed] = await Promise.all([
        servers[1].send(order, { text: 'typed with care' }).finally(() => ends.push('order')),
        servers[1].send(rename).finally(() => ends.push('rename')),
      ])
      assertStoreDown(refused)
      assert.equal(renamed.location, '/renamed')
      assert.deepEqual(ends, ['rename', 'order'])
      assert.deepEqual(runs(), ['before'])
      redis.resume()
      // Claims that Redis accepted after the server stopped waiting are released.
      await until(async () => (await servers[2].send(order, { text: 'again' })).status === 303)
      assert.deepEqual(runs(), ['before', 'again'])
    },
  )

  await t.test(
    'a run is reported again to a store that lost its data, so that later copies do not run',
    async () => {
      const { servers, redis, runs } = await ready(whole)
      const fields = await servers[0].form('order')
      const typed = { text: 'one', time: '60000' }
      const running = servers[0].send(fields, typed)
      await until(() => runs().length === 1)
      await redis.kill()
      redis.loseData()
      await redis.start()
      // The server of the run too: until it is connected again, it cannot report anything.
      for (const server of [servers[0], servers[1]]) {
        await until(
          async () => (await server.send(await server.form('order'), { text: 'other' })).status === 303,
        )
      }
      const second = servers[1].send(fields, typed)
      servers[0].finish()
      const first = await running
      assert.deepEqual(await second, first)
      assert.deepEqual(runs().sort(), ['one', 'other', 'other'])
    },
  )
})

test('servers in the middle of a key rotation tell copies from others alike', async (t) => {
  const redis = await startRedis(t)
  const key = (start: number) =>
    Buffer.from(Array.from({ length: 32 }, (_, i) => (start + 3 * i) & 255)).toString('base64')
  const start = (...keys: string[]) => OnceProcess.start(t, { redis: redis.url, keys })
  const [before, during, after] = await Promise.all([
    start(key(1)),
    start(key(1), key(2)),
    start(key(2), key(1)),
  ])
  const fields = await before.form('order')
  const first = await after.send(fields, { text: 'one' })
  assert.equal(first.status, 303)
  // The outcome is encrypted with a key that the first server has not got.
  assert.deepEqual(await during.send(fields, { text: 'one' }), first)
  for (const server of [before, during, after]) assertOther(await server.send(fields, { text: 'two' }), 'two')
  assert.deepEqual([before.runs, during.runs, after.runs], [[], [], ['one']])
})

test('copies of a run whose server was killed get 409, and never run', async (t) => {
  const { servers, runs } = await open(t, { lease: 1 })
  const fields = await servers[0].form('order')
  const typed = { text: 'typed with care', time: '60000' }
  const dying = assert.rejects(servers[0].send(fields, typed))
  await until(() => runs().length === 1)
  const waiting = servers[1].send(fields, typed)
  await sleep(100)
  await servers[0].kill()
  await dying
  for (const answer of [
    await waiting,
    await servers[2].send(fields, typed),
    await servers[1].send(fields, typed),
  ]) {
    assert.equal(answer.status, 409)
    assert.match(answer.body, /You sent this form before/)
    assert.match(answer.body, /value="typed with care"/)
  }
  assert.deepEqual(runs(), ['typed with care'])
})

// A plain run meets the same fault in a store that loses its data as well.
if (provesInFull)
  test('a restart of the store in the middle of a run changes no answer', async (t) => {
    const { servers, redis, runs } = await open(t, {}, { appendonly: 'yes', appendfsync: 'always' })
    const fields = await servers[0].form('order')
    const typed = { text: 'one', time: '60000' }
    const running = servers[0].send(fields, typed)
    await until(() => runs().length === 1)
    const waiting = servers[1].send(fields, typed)
    // The copy has looked at the claim and waits for a message. Before that, it would get the answer of a store that is down.
    const client = await redis.connect(t)
    await until(async () => (await client.scriptExists([stateScript.hash]))[0] === 1)
    await redis.kill()
    await sleep(300)
    await redis.start()
    // Until they are connected again, the server of the run cannot report anything, and the last one cannot ask.
    for (const server of [servers[0], servers[2]]) {
      await until(
        async () => (await server.send(await server.form('order'), { text: 'other' })).status === 303,
      )
    }
    servers[0].finish()
    const first = await running
    assert.equal(first.status, 303)
    assert.deepEqual(await waiting, first)
    assert.deepEqual(await servers[2].send(fields, typed), first)
    assert.deepEqual(runs(), ['one', 'other', 'other'])
  })

type Shop = Awaited<ReturnType<typeof open>>

/** Waits until each server has reached the store, and forgets what ran before. */
async function ready(shop: Shop): Promise<Shop> {
  for (const server of shop.servers) {
    await until(async () => (await server.send(await server.form('order'), { text: 'ready' })).status === 303)
    await until(() => server.runs.at(-1) === 'ready')
    server.runs.length = 0
  }
  return shop
}

async function open(
  t: TestContext,
  { lease }: { readonly lease?: number } = {},
  settings: Readonly<Record<string, string>> = {},
) {
  const redis: RedisServer = await startRedis(t, settings)
  const start = () => OnceProcess.start(t, { redis: redis.url, ...(lease === undefined ? {} : { lease }) })
  const servers = await Promise.all([start(), start(), start()] as const)
  return { redis, servers, runs: () => servers.flatMap((server) => server.runs) }
}

function assertOther(answer: Answer, text: string): void {
  assert.equal(answer.status, 409)
  assert.deepEqual([answer.location, answer.cookies], [null, []])
  assert.match(answer.body, /was sent before with other input/)
  assert.match(answer.body, new RegExp(`value="${text}"`))
}

function assertStoreDown(answer: Answer): void {
  assert.equal(answer.status, 503)
  assert.match(answer.retryAfter ?? '', /^\d+$/)
  assert.match(answer.body, /value="typed with care"/)
}
