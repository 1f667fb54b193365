import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SharedTierListener } from '../../../lib/cache/shared-tier.js'
import { redisCacheTier } from '../../../lib/redis/redis.js'
import { until } from '../../setup/patience.js'
import { newClient, startRedis } from '../../setup/redis.js'

test('shares texts among servers until they expire', async (t) => {
  const { one, other } = await twoTiers(t)
  assert.equal(await one.get('k'), undefined)
  await one.set('k', 'first', 60)
  await one.set('k', 'déjà vu 👩‍👩‍👧', 60)
  assert.equal(await other.get('k'), 'déjà vu 👩‍👩‍👧')
  await other.delete('k')
  await other.delete('k')
  assert.equal(await one.get('k'), undefined)
  await one.set('short', 'x', 0.1)
  await one.set('shorter', 'x', 0.0001)
  await sleep(250)
  assert.equal(await one.get('short'), undefined)
  assert.equal(await one.get('shorter'), undefined)
})

test('sends messages to every listener of every server, except those that have stopped', async (t) => {
  const { one, other } = await twoTiers(t)
  const [a, b, c] = [listener(), listener(), listener()]
  await one.subscribe(a)
  const stop = await one.subscribe(b)
  await other.subscribe(c)
  await other.publish('first')
  await until(() => [a, b, c].every(({ heard }) => heard.length === 1))
  await stop()
  await one.publish('second')
  await until(() => a.heard.length === 2 && c.heard.length === 2)
  assert.deepEqual([a.heard, b.heard, c.heard], [['first', 'second'], ['first'], ['first', 'second']])
})

test('keeps apps with other prefixes apart', async (t) => {
  const server = await startRedis(t)
  const client = await server.connect(t)
  const [shop, blog] = [
    redisCacheTier(client, { prefix: 'shop:' }),
    redisCacheTier(client, { prefix: 'blog:' }),
  ]
  await shop.set('k', 'of the shop', 60)
  assert.equal(await blog.get('k'), undefined)
  const heard = listener()
  await blog.subscribe(heard)
  await shop.publish('of the shop')
  await blog.publish('of the blog')
  await until(() => heard.heard.length > 0)
  assert.deepEqual(heard.heard, ['of the blog'])
})

test('reports that messages may be lost when the connection was cut, and continues', async (t) => {
  const { one, other, server } = await twoTiers(t)
  const heard = listener()
  await one.subscribe(heard)
  await server.kill()
  await assert.rejects(one.get('k'))
  await server.start()
  await until(() => heard.interruptions > 0)
  await until(async () =>
    other.publish('after').then(
      () => heard.heard.length > 0,
      () => false,
    ),
  )
  assert.equal(heard.heard[0], 'after')
})

test('reports this also when the client does not reconnect by itself', async (t) => {
  const server = await startRedis(t)
  const client = newClient(server.url, { reconnectStrategy: false })
  t.after(() => client.destroy())
  await client.connect()
  const tier = redisCacheTier(client)
  const heard = listener()
  await tier.subscribe(heard)
  // The app's own connection stays.
  await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub'])
  await until(() => heard.interruptions > 0)
  await tier.publish('after')
  await until(() => heard.heard.length > 0)
})

test('subscribes as soon as Redis is available', async (t) => {
  const { one, server } = await twoTiers(t)
  await server.kill()
  const heard = listener()
  const subscribing = one.subscribe(heard)
  await sleep(200)
  await server.start()
  await subscribing
  await until(async () =>
    one.publish('x').then(
      () => heard.heard.length > 0,
      () => false,
    ),
  )
})

test('closes its second connection with the client of the app, whatever it was doing', async (t) => {
  const server = await startRedis(t)
  const observer = await server.connect(t)
  for (const down of [false, true]) {
    for (const pause of [undefined, 0, 1, 5, 50, 300]) {
      const client = newClient(server.url)
      await client.connect()
      const { mock } = t.mock.method(client, 'duplicate')
      if (down) await server.kill()
      const subscribing = redisCacheTier(client)
        .subscribe(listener())
        .catch(() => undefined)
      if (pause !== undefined) await sleep(pause)
      client.destroy()
      await until(() => mock.calls.every(({ result }) => !result?.isOpen))
      await subscribing
      assert.equal(mock.calls.length, 1)
      if (!down) await until(async () => (await connections(observer)) === 1)
      await assert.rejects(redisCacheTier(client).subscribe(listener()), /closed its Redis client/)
      assert.equal(mock.calls.length, 1)
      if (down) await server.start()
    }
  }
})

/** How many clients the server has, the observer among them. */
async function connections(observer: ReturnType<typeof newClient>): Promise<number> {
  return String(await observer.sendCommand(['CLIENT', 'LIST']))
    .trim()
    .split('\n').length
}

async function twoTiers(t: TestContext) {
  const server = await startRedis(t)
  const options = { timeout: 1 }
  return {
    server,
    one: redisCacheTier(await server.connect(t), options),
    other: redisCacheTier(await server.connect(t), options),
  }
}

function listener() {
  const heard: string[] = []
  const self = {
    heard,
    interruptions: 0,
    message: (message: string) => void heard.push(message),
    interrupted: () => void self.interruptions++,
  }
  return self satisfies SharedTierListener
}
