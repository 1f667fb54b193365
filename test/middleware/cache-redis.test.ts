import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Cache, createCache } from '../../lib/cache/cache.js'
import { redisCacheTier } from '../../lib/redis/redis.js'
import { newsApp } from '../setup/cache-app.js'
import { until } from '../setup/patience.js'
import { type RedisServer, startRedis } from '../setup/redis.js'

interface Server extends Cache {
  get(): Promise<number>
  readonly reported: string[]
}

describe('caches that share a Redis', () => {
  it('keep and forget as one', async (t) => {
    const { make } = await servers(t)
    const [one, other, third] = [await make(), await make(), await make()]
    assert.deepEqual([await one.get(), await other.get(), await third.get()], [1, 1, 1])
    for (let i = 2; i < 12; i++) {
      await [one, other, third][i % 3]!.revalidateTag('a')
      const seen = async () => [await one.get(), await other.get(), await third.get()]
      await until(async () => (await seen()).every((run) => run >= i))
      assert.deepEqual(await seen(), [i, i, i])
    }
    assert.deepEqual([one.reported, other.reported, third.reported], [[], [], []])
  })

  it('go on while it is down, report it once, and share again when it is back', async (t) => {
    const { redis, make } = await servers(t)
    const [one, other] = [await make(), await make()]
    await one.get()
    await other.get()
    await redis.kill()
    await one.revalidateTag('a')
    const alone = await one.get()
    assert.ok(alone > 1)
    assert.equal(await one.get(), alone)
    assert.deepEqual([one.reported.length, other.reported.length], [1, 0])

    await redis.start()
    await one.revalidateTag('a')
    await until(async () => {
      await one.revalidateTag('a')
      await wait(50)
      return (await one.get()) === (await other.get())
    })
  })

  it('wait no longer than half a second for a Redis that hangs', async (t) => {
    const { redis, make } = await servers(t)
    const one = await make()
    await one.get()
    redis.pause()
    await one.revalidateTag('a')
    await one.get()
    redis.resume()
    assert.match(one.reported[0] ?? '', /500 ms/)
  })
})

describe('pages in a Redis', () => {
  it('take a bounded part of it, whatever a client asks for', async (t) => {
    const redis = await startRedis(t)
    const client = await redis.connect(t)
    const shared = redisCacheTier(client)
    const { request, cache } = await newsApp(t, () => `<p>${'x'.repeat(2000)}</p>`, {
      page: { query: ['page'] },
      cache: { shared, sharedMemory: { entries: 20 } },
    })
    const pages = async () => (await client.keys('sealform:cache:p*')).length
    for (let i = 0; i < 40; i++) await request.get(`/news?x=${i}`).expect(200)
    assert.equal(await pages(), 0)
    for (let i = 0; i < 40; i++) await request.get(`/news?page=${i}`).expect(200)
    for (let i = 0; i < 40; i++) await request.get(`/news/${i}`).expect(200)
    for (let i = 0; i < 40; i++) await request.get('/news').set('Host', `h${i}.example`).expect(200)
    await cache.close()
    assert.equal(await pages(), 20)
  })
})

async function servers(t: TestContext): Promise<{ redis: RedisServer; make: () => Promise<Server> }> {
  const redis = await startRedis(t)
  let runs = 0
  return {
    redis,
    async make() {
      const reported: string[] = []
      const client = await redis.connect(t)
      const cache = createCache({
        shared: redisCacheTier(client),
        onError: (error) => reported.push(String(error)),
      })
      t.after(() => cache.close())
      const get = cache.cached(async () => ++runs, { key: 'runs', tags: ['a'] })
      return Object.assign(cache, { reported, get })
    },
  }
}
