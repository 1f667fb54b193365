import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, RESP_TYPES } from 'redis'
import { createClient as createClient5 } from 'redis5'
import { newFileId } from '../../../lib/files/file-storage.js'
import { redisCacheTier, redisClaims, redisFiles } from '../../../lib/redis/redis.js'
import { pieces } from '../../setup/file-storage.js'
import { patienceSignal, until } from '../../setup/patience.js'
import { startRedis } from '../../setup/redis.js'
import { storeContract } from '../../setup/store-contract.js'

storeContract('redis', async (t) => {
  const server = await startRedis(t)
  const [one, other] = await Promise.all([server.connect(t), server.connect(t)])
  return { store: redisClaims(one), other: redisClaims(other) }
})

storeContract('redis, client 5', async (t) => {
  const server = await startRedis(t)
  const [one, other] = [createClient5({ url: server.url }), createClient5({ url: server.url })]
  for (const client of [one, other]) {
    t.after(() => client.destroy())
    await client.on('error', () => {}).connect()
  }
  return { store: redisClaims(one), other: redisClaims(other) }
})

test('needs no more permissions than the guide lists', async (t) => {
  const server = await startRedis(t)
  const admin = await server.connect(t)
  const guide = readFileSync(new URL('../../../../docs/guide/redis.md', import.meta.url), 'utf8')
  const [, name = '', rules = ''] = /^user (\w+) (.*)$/m.exec(guide) ?? assert.fail('the guide lists none')
  await admin.aclSetUser(name, rules.split(' '))
  const client = createClient({ url: server.url, username: name, password: 'secret' })
  t.after(() => client.destroy())
  await client.on('error', () => {}).connect()
  const store = redisClaims(client)
  const terms = { owner: 'a', digest: 'digest', issued: 1, lease: 60, keep: 60 }
  await store.claim('s', terms)
  await store.claim('t', terms)
  await store.renew('s', 'a', 60)
  const waiting = store.outcome('s', patienceSignal())
  await store.settle('s', 'a', { result: 'result', keep: 60 })
  assert.deepEqual(await waiting, { kind: 'settled', digest: 'digest', result: 'result' })
  await store.release('t', 'a')
  const storage = redisFiles(client)
  const id = newFileId()
  await storage.put(id, pieces(2, 10))
  assert.equal((await storage.open(id))?.size, 20)
  await storage.remove(id)
  const tier = redisCacheTier(client)
  const heard = new Promise((message) =>
    tier.subscribe({ message, interrupted() {} }).then(() => tier.publish('m')),
  )
  assert.equal(await heard, 'm')
  await tier.set('k', 'text', 60)
  assert.equal(await tier.get('k'), 'text')
  await tier.delete('k')
})

test('wakes copies that wait on another server by a message, before they poll', async (t) => {
  const server = await startRedis(t)
  const [one, other] = [await server.connect(t), await server.connect(t)]
  const store = redisClaims(one)
  // The first to wait opens the connection for messages.
  const waits = redisClaims(other)
  await store.claim('before', { owner: 'a', digest: 'digest', issued: 1, lease: 60, keep: 60 })
  await waits.outcome('before', AbortSignal.timeout(300)).catch(() => {})
  for (const end of ['settle', 'release'] as const) {
    let round = 0
    // A busy machine may miss it, though not every time.
    await until(async () => {
      const id = `${end} ${++round}`
      await store.claim(id, { owner: 'a', digest: 'digest', issued: 1, lease: 60, keep: 60 })
      const waiting = waits.outcome(id, AbortSignal.timeout(900)).catch(() => undefined)
      await sleep(50)
      await (end === 'settle'
        ? store.settle(id, 'a', { result: 'result', keep: 60 })
        : store.release(id, 'a'))
      return (await waiting)?.kind === (end === 'settle' ? 'settled' : 'free')
    })
  }
})

test('ignores the options that the app has set on its client', async (t) => {
  const server = await startRedis(t)
  const client = createClient({
    url: server.url,
    RESP: 2,
    disableOfflineQueue: true,
    keyPrefix: 'own:',
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer }, timeout: 1 },
  })
  t.after(() => client.destroy())
  await client.on('error', () => {}).connect()
  const [store, storage, tier] = [redisClaims(client), redisFiles(client), redisCacheTier(client)]
  await store.claim('s', { owner: 'a', digest: 'digest', issued: 1, lease: 60, keep: 60 })
  const waiting = store.outcome('s', patienceSignal())
  await store.settle('s', 'a', { result: 'déjà vu', keep: 60 })
  assert.deepEqual(await waiting, { kind: 'settled', digest: 'digest', result: 'déjà vu' })
  const id = newFileId()
  await storage.put(id, pieces(2, 10))
  assert.equal((await storage.open(id))?.size, 20)
  await tier.set('k', 'déjà vu', 60)
  assert.equal(await tier.get('k'), 'déjà vu')
})
