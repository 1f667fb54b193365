import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Cache, type CacheOptions, createCache } from '../../../lib/cache/cache.js'
import { until } from '../../setup/patience.js'
import { TestTier } from '../../setup/shared-tier.js'

interface Server extends Cache {
  /** Returns the number of runs of the function on all servers. */
  get(): Promise<number>
  readonly reported: string[]
}

/** Servers that cache the same function. */
function servers(
  t: TestContext,
  options?: CacheOptions,
): { tier: TestTier; make: () => Server; runs: () => number } {
  const tier = new TestTier()
  let runs = 0
  return {
    tier,
    runs: () => runs,
    make() {
      const reported: string[] = []
      const cache = createCache({
        shared: tier,
        onError: (error) => reported.push(String(error)),
        ...options,
      })
      t.after(() => cache.close())
      return Object.assign(cache, {
        reported,
        get: cache.cached(async () => ++runs, { key: 'runs', tags: ['a'] }),
      })
    },
  }
}

describe('a shared tier', () => {
  it('gives one server the entries that another has kept', async (t) => {
    const { make } = servers(t)
    const [one, other] = [make(), make()]
    assert.equal(await one.get(), 1)
    assert.equal(await other.get(), 1)
  })

  it('brings a revalidation to every server at once', async (t) => {
    const { make } = servers(t)
    const [one, other] = [make(), make()]
    await one.get()
    await other.get()
    for (let i = 2; i < 6; i++) {
      await (i % 2 ? one : other).revalidateTag('a')
      assert.equal(await one.get(), i)
      assert.equal(await other.get(), i)
    }
  })

  it('hides a result that a slow server computed from data of before a revalidation', async (t) => {
    const tier = new TestTier()
    let data = 'old'
    let reads = 0
    let revalidated = false
    const make = () => {
      const cache = createCache({ shared: tier })
      t.after(() => cache.close())
      const read = async () => {
        const found = data
        if (++reads === 1) await until(() => revalidated)
        return found
      }
      return { cache, get: cache.cached(read, { key: 'data', tags: ['a'] }) }
    }
    const [one, other] = [make(), make()]
    const late = one.get()
    await until(() => reads === 1)
    data = 'new'
    await other.cache.revalidateTag('a')
    assert.equal(await other.get(), 'new')
    revalidated = true
    assert.equal(await late, 'old')
    assert.equal(await one.get(), 'new')
    assert.equal(await other.get(), 'new')
  })

  it('reads versions again after five seconds, without a message', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const { tier, make } = servers(t)
    const [one, other] = [make(), make()]
    await one.get()
    await other.get()
    tier.deaf = true
    await one.revalidateTag('a')
    assert.equal(await one.get(), 2)
    assert.equal(await other.get(), 1)
    t.mock.timers.tick(5001)
    assert.equal(await other.get(), 2)
  })

  it('is asked again after messages may have been lost', async (t) => {
    const { tier, make } = servers(t)
    const [one, other] = [make(), make()]
    await one.get()
    await other.get()
    tier.deaf = true
    await one.revalidateTag('a')
    for (const listener of tier.listeners) listener.interrupted()
    assert.equal(await other.get(), 2)
  })

  it('may send anything as a message', async (t) => {
    const { tier, make, runs } = servers(t)
    const one = make()
    await one.get()
    for (const message of ['', '{', 'null', '{"a":1}', '[1,null]', '["__proto__"]']) {
      for (const listener of tier.listeners) listener.message(message)
    }
    await one.get()
    assert.equal(runs(), 1)
  })

  it('can be down: each server goes on alone, reports it once, and reads no earlier entry', async (t) => {
    const { tier, make } = servers(t)
    const one = make()
    assert.equal(await one.get(), 1)
    tier.failure = new Error('away')
    await one.revalidateTag('a')
    assert.equal(await one.get(), 2)
    assert.equal(await one.get(), 2)
    assert.deepEqual(one.reported, ['Error: away'])
  })

  it('can be down: servers compute entries again that others may have revalidated', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const { tier, make } = servers(t)
    const one = make()
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(await one.get(), 1)
    tier.failure = new Error('away')
    assert.equal(await one.get(), 1)
    t.mock.timers.tick(5001)
    assert.equal(await one.get(), 2)
    assert.equal(await one.get(), 2)
  })

  it('may answer late: a message received in the meantime takes precedence', async (t) => {
    const { tier, make } = servers(t)
    const [one, other] = [make(), make()]
    await one.get()
    const { get } = tier
    let answers = 0
    let revalidated = false
    tier.get = async (key) => {
      const before = await get.call(tier, key)
      answers++
      await until(() => revalidated)
      return before
    }
    const late = other.get()
    await until(() => answers > 0)
    await one.revalidateTag('a')
    revalidated = true
    assert.equal(await late, 1)
    tier.get = get
    assert.equal(await other.get(), 2)
  })

  it('receives a missed revalidation when it is back', async (t) => {
    t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: Date.now() })
    const { tier, make } = servers(t)
    const [one, other] = [make(), make()]
    assert.equal(await one.get(), 1)
    assert.equal(await other.get(), 1)
    tier.failure = new Error('away')
    await one.revalidateTag('a')
    tier.failure = undefined
    t.mock.timers.tick(2001)
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(await one.get(), 2)
    assert.equal(await other.get(), 2)
    assert.deepEqual([one.reported, other.reported], [['Error: away'], []])
  })

  it('never revives earlier entries by a late message', async (t) => {
    t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: Date.now() })
    const { tier, make } = servers(t)
    const [one, other] = [make(), make()]
    tier.failure = new Error('away')
    await one.revalidateTag('a')
    assert.equal(await one.get(), 1)
    t.mock.timers.tick(1001)
    tier.failure = undefined
    // The shared tier keeps it under a version that only this server knows.
    await one.get()
    await other.revalidateTag('a')
    assert.equal(await other.get(), 2)
    t.mock.timers.tick(1001)
    await new Promise((resolve) => setImmediate(resolve))
    assert.ok((await one.get()) >= 2)
    assert.ok((await other.get()) >= 2)
  })

  it('may hang: a call waits at most half a second, and later calls skip it for a while', async (t) => {
    const { tier, make } = servers(t)
    const one = make()
    await one.get()
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.now() })
    tier.delay = new Promise(() => {})
    const { length } = tier.calls
    let ended = false
    const first = one
      .revalidateTag('a')
      .then(() => one.get())
      .then(() => {
        ended = true
      })
    await until(() => tier.calls.length > length)
    t.mock.timers.tick(499)
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(ended, false)
    t.mock.timers.tick(1)
    await first
    // No time passes here, so that a call that waited would never end.
    await one.revalidateTag('a')
    await one.get()
    assert.equal(one.reported.length, 1)
    assert.match(one.reported[0] ?? '', /no answer within 500 ms/)
  })

  it('delays no caller while it writes', async (t) => {
    const { tier, make } = servers(t)
    const one = make()
    await one.get()
    t.mock.timers.enable({ apis: ['setTimeout'] })
    let writes = 0
    tier.set = () => {
      writes++
      return new Promise(() => {})
    }
    const other = one.cached(async () => 1, { key: 'other' })
    assert.equal(await other(), 1)
    await until(() => writes === 1)
    // The cache closes when the write has failed.
    t.mock.timers.tick(500)
  })

  it('loses its listener when the cache is closed', async (t) => {
    const { tier, make } = servers(t)
    const one = make()
    await one.get()
    assert.equal(tier.listeners.size, 1)
    await one.close()
    await one.close()
    assert.equal(tier.listeners.size, 0)
    assert.ok([...tier.entries.keys()].some((key) => key.startsWith('d:')))
  })

  it('loses its listener when the cache was closed before it began to listen', async (t) => {
    const { tier, make } = servers(t)
    let answer = () => {}
    tier.delay = new Promise<void>((resolve) => {
      answer = resolve
    })
    await make().close()
    answer()
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(tier.calls.length, 1)
    assert.equal(tier.listeners.size, 0)
  })

  it('is subscribed to again after a first failure', async (t) => {
    t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: Date.now() })
    const { tier, make } = servers(t)
    tier.failure = new Error('away')
    const one = make()
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual([tier.listeners.size, one.reported], [0, ['Error: away']])
    tier.failure = undefined
    t.mock.timers.tick(2001)
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(tier.listeners.size, 1)
  })

  it('can be down while onError throws too', async (t) => {
    const down = () => {
      throw new Error('the log is down')
    }
    for (const onError of [down, async () => down()]) {
      const { tier, make } = servers(t, { onError })
      tier.subscribe = () => Promise.reject(new Error('away'))
      assert.equal(await make().get(), 1)
      // An unhandled rejection would end the test.
      await wait(10)
    }
  })

  it('gets keys that any store accepts', async (t) => {
    const { tier, make } = servers(t)
    const one = make()
    const get = one.cached(async (text: string) => text, {
      key: 'text',
      tags: (text) => [text.slice(0, 256)],
    })
    for (const text of ['ü', '\n', 'a b', 'x'.repeat(10_000)]) {
      await get(text)
      await one.revalidateTag(text.slice(0, 256))
    }
    for (const key of tier.entries.keys()) assert.match(key, /^[\x21-\x7e]{1,256}$/)
    assert.ok(tier.entries.size >= 8)
  })
})
