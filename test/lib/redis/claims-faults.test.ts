import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { redisClaims } from '../../../lib/redis/redis.js'
import { patience, patienceSignal, until } from '../../setup/patience.js'
import { cutter, newClient, type RedisServer, startRedis } from '../../setup/redis.js'

const timeout = 1

test('rejects at once while Redis is down, and works again when it is back', async (t) => {
  const server = await startRedis(t)
  const client = await server.connect(t)
  const store = redisClaims(client, { timeout })
  assert.deepEqual(await store.claim('before', terms()), { kind: 'claimed' })
  await server.kill()
  await until(() => !client.isReady)
  await assert.rejects(store.claim('s', terms()), /not connected/)
  await assert.rejects(store.renew('before', 'owner', 60), /not connected/)
  await assert.rejects(store.settle('before', 'owner', { result: 'result', keep: 60 }), /not connected/)
  await assert.rejects(store.release('other', 'owner'), /not connected/)
  await assert.rejects(store.outcome('s', patienceSignal()), /not connected/)
  await server.start()
  await until(() => client.isReady)
  assert.deepEqual(await store.claim('s', terms()), { kind: 'claimed' })
})

test('rejects when Redis stops before it answers', async (t) => {
  const server = await startRedis(t)
  const store = redisClaims(await server.connect(t), { timeout: 5 })
  server.pause()
  const claims = Promise.allSettled(Array.from({ length: 20 }, (_, i) => store.claim(`${i}`, terms())))
  await sleep(50)
  await server.kill()
  for (const { status } of await claims) assert.equal(status, 'rejected')
})

test('waits no longer than the signal allows when Redis stops meanwhile', async (t) => {
  const server = await startRedis(t)
  const store = redisClaims(await server.connect(t), { timeout })
  await store.claim('s', terms())
  const reason = new Error('time is up')
  const leaving = new AbortController()
  const waiting = assert.rejects(store.outcome('s', leaving.signal), reason)
  await someoneWaits(t, server)
  await server.kill()
  await sleep(1200)
  leaving.abort(reason)
  await waiting
})

test('wakes waiting copies after a restart of Redis', async (t) => {
  const server = await startRedis(t, { appendonly: 'yes', appendfsync: 'always' })
  const [one, other] = [await server.connect(t), await server.connect(t)]
  const store = redisClaims(one, { timeout })
  await store.claim('s', terms())
  const waiting = redisClaims(other, { timeout }).outcome('s', patienceSignal())
  await someoneWaits(t, server)
  await server.kill()
  await server.start()
  await until(() => one.isReady)
  await store.settle('s', 'owner', { result: 'result', keep: 60 })
  assert.deepEqual(await waiting, { kind: 'settled', digest: 'digest', result: 'result' })
})

test('answers within its timeout when Redis hangs, and releases what was claimed meanwhile', async (t) => {
  const server = await startRedis(t)
  const store = redisClaims(await server.connect(t), { timeout })
  await store.claim('before', terms())
  server.pause()
  await assert.rejects(store.claim('s', terms()), /did not answer within 1000 ms/)
  await assert.rejects(store.outcome('s', patienceSignal()), /did not answer/)
  server.resume()
  await until(async () => (await store.claim('s', terms({ owner: 'later' }))).kind === 'claimed')
})

test('sends no more commands when Redis has not answered many', async (t) => {
  const server = await startRedis(t)
  const store = redisClaims(await server.connect(t), { timeout })
  server.pause()
  await Promise.allSettled(Array.from({ length: 150 }, (_, i) => store.renew(`${i}`, 'owner', 60)))
  await assert.rejects(store.claim('s', terms()), /has not answered 1\d\d commands/)
  server.resume()
  await until(async () => (await store.claim('s', terms()).catch(() => undefined)) !== undefined)
})

test('answers within its timeout when another command keeps Redis busy', async (t) => {
  const server = await startRedis(t)
  const [client, admin] = [await server.connect(t), await server.connect(t)]
  const store = redisClaims(client, { timeout })
  await store.claim('before', terms())
  const busy = admin.sendCommand(['DEBUG', 'SLEEP', '3'])
  await sleep(50)
  await assert.rejects(store.claim('s', terms()), /did not answer/)
  await busy
  await until(async () => (await store.claim('s', terms({ owner: 'later' }))).kind === 'claimed')
})

test('releases a claim whose reply was lost with the connection', async (t) => {
  const server = await startRedis(t)
  const between = await cutter(t, server)
  const client = newClient(between.url)
  t.after(() => client.destroy())
  await client.connect()
  const store = redisClaims(client, { timeout: 5 })
  await store.claim('another', terms())
  between.loseAnswers()
  const claiming = assert.rejects(store.claim('s', terms()))
  const admin = await server.connect(t)
  await until(async () => (await admin.exists('sealform:claim:s')) === 1)
  between.cut()
  await claiming
  const other = redisClaims(admin)
  await until(async () => (await other.claim('s', terms({ owner: 'later' }))).kind === 'claimed')
})

test('reports that it is full when Redis is, and still returns stored claims', async (t) => {
  const server = await startRedis(t, { maxmemory: '8mb', 'maxmemory-policy': 'noeviction' })
  const [client, admin] = [await server.connect(t), await server.connect(t)]
  const store = redisClaims(client, { timeout })
  await store.claim('settled', terms())
  await store.settle('settled', 'owner', { result: 'result', keep: 60 })
  await store.claim('running', terms())
  await fill(admin)
  assert.deepEqual(await store.claim('s', terms()), { kind: 'full' })
  assert.deepEqual(await store.claim('settled', terms()), {
    kind: 'settled',
    digest: 'digest',
    result: 'result',
  })
  assert.deepEqual(await store.claim('running', terms()), { kind: 'running', digest: 'digest' })
  await assert.rejects(store.settle('running', 'owner', { result: 'late', keep: 60 }), /OOM/)
  await admin.del('filling')
  assert.deepEqual(await store.claim('s', terms()), { kind: 'claimed' })
  const became = { kind: 'settled', digest: 'digest', result: 'late' }
  assert.deepEqual(await store.outcome('running', patienceSignal()), became)
})

test('keeps claims and results through a restart with appendonly', async (t) => {
  const server = await startRedis(t, { appendonly: 'yes', appendfsync: 'always' })
  const client = await server.connect(t)
  const store = redisClaims(client, { timeout })
  await store.claim('settled', terms())
  await store.settle('settled', 'owner', { result: 'result', keep: 60 })
  await store.claim('running', terms())
  await restart(server, client)
  assert.deepEqual(await store.claim('settled', terms()), {
    kind: 'settled',
    digest: 'digest',
    result: 'result',
  })
  assert.deepEqual(await store.claim('running', terms()), { kind: 'running', digest: 'digest' })
})

test('restores the running claims of this process when Redis has lost its data', async (t) => {
  const server = await startRedis(t)
  const [client, another] = [await server.connect(t), await server.connect(t)]
  const store = redisClaims(client, { timeout })
  const other = redisClaims(another, { timeout })
  await store.claim('running', terms())
  await store.claim('done', terms())
  await server.kill()
  await until(() => !client.isReady)
  await assert.rejects(store.settle('done', 'owner', { result: 'result', keep: 60 }))
  server.loseData()
  await server.start()
  await until(() => client.isReady && another.isReady)
  await until(async () => (await another.exists(['sealform:claim:running', 'sealform:claim:done'])) === 2)
  await sleep(100)
  assert.deepEqual(await other.claim('running', terms({ owner: 'b' })), { kind: 'running', digest: 'digest' })
  assert.deepEqual(await other.claim('done', terms({ owner: 'b' })), {
    kind: 'settled',
    digest: 'digest',
    result: 'result',
  })
  await store.settle('running', 'owner', { result: 'result', keep: 60 })
  assert.deepEqual(await other.claim('running', terms({ owner: 'b' })), {
    kind: 'settled',
    digest: 'digest',
    result: 'result',
  })
})

test('does not restore a claim that another run has taken meanwhile', async (t) => {
  const server = await startRedis(t)
  const client = await server.connect(t)
  const store = redisClaims(client, { timeout })
  await store.claim('s', terms({ owner: 'a' }))
  const admin = await server.connect(t)
  await admin.flushAll()
  assert.deepEqual(await redisClaims(admin).claim('s', terms({ owner: 'b' })), { kind: 'claimed' })
  await store.settle('s', 'a', { result: 'of the first', keep: 60 })
  await redisClaims(admin).settle('s', 'b', { result: 'of the second', keep: 60 })
  assert.deepEqual(await store.outcome('s', patienceSignal()), {
    kind: 'settled',
    digest: 'digest',
    result: 'of the second',
  })
})

test('works when Redis has forgotten the scripts', async (t) => {
  const server = await startRedis(t)
  const client = await server.connect(t)
  const store = redisClaims(client, { timeout })
  await store.claim('a', terms())
  await client.scriptFlush()
  assert.deepEqual(await store.claim('b', terms()), { kind: 'claimed' })
})

test('finds the result by polling when messages are not permitted', async (t) => {
  const server = await startRedis(t)
  const [one, other] = [await server.connect(t), await server.connect(t)]
  await one.aclSetUser('default', ['resetchannels'])
  const store = redisClaims(one)
  await store.claim('s', terms())
  const waiting = redisClaims(other).outcome('s', patienceSignal())
  await sleep(100)
  await store.settle('s', 'owner', { result: 'result', keep: 60 })
  assert.deepEqual(await waiting, { kind: 'settled', digest: 'digest', result: 'result' })
})

test('finds by polling a result that was published while the connection for messages was cut', async (t) => {
  const server = await startRedis(t)
  const [one, other] = [await server.connect(t), await server.connect(t)]
  const store = redisClaims(one)
  await store.claim('s', terms())
  const waiting = redisClaims(other).outcome('s', patienceSignal())
  await someoneWaits(t, server)
  const killing = one.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub'])
  await store.settle('s', 'owner', { result: 'result', keep: 60 })
  assert.equal(await killing, 1)
  assert.deepEqual(await waiting, { kind: 'settled', digest: 'digest', result: 'result' })
})

test('adds the same number of listeners to the client for any number of stores', async (t) => {
  const server = await startRedis(t)
  const client = await server.connect(t)
  const stores = Array.from({ length: 50 }, (_, i) => redisClaims(client, { prefix: `${i}:` }))
  await Promise.all(stores.map((store) => store.claim('s', terms())))
  await Promise.all(stores.map((store) => store.outcome('s', AbortSignal.timeout(200)).catch(() => {})))
  for (const event of ['error', 'ready', 'end']) assert.ok(client.listenerCount(event) <= 3, event)
})

test('closes its second connection with the client', async (t) => {
  const server = await startRedis(t)
  const client = newClient(server.url)
  await client.connect()
  const store = redisClaims(client)
  await store.claim('s', terms())
  const leaving = new AbortController()
  const waiting = store.outcome('s', leaving.signal).catch(() => {})
  const admin = await server.connect(t)
  const connections = async () =>
    String(await admin.sendCommand(['CLIENT', 'LIST']))
      .trim()
      .split('\n').length
  await until(async () => (await connections()) === 3)
  leaving.abort()
  await waiting
  assert.equal(await connections(), 3)
  await client.close()
  await until(async () => (await connections()) === 1)
})

test('says what to do when the client was never connected', async (t) => {
  const server = await startRedis(t)
  const store = redisClaims(newClient(server.url))
  await assert.rejects(store.claim('s', terms()), /await client\.connect\(\)/)
})

test('works again after the app has reconnected a client that does not reconnect by itself', async (t) => {
  const server = await startRedis(t)
  const client = newClient(server.url, { reconnectStrategy: false })
  t.after(() => client.destroy())
  await client.connect()
  const store = redisClaims(client, { timeout })
  await store.claim('s', terms())
  const waiting = store.outcome('s', patienceSignal())
  await someoneWaits(t, server)
  await server.kill()
  await until(() => !client.isOpen)
  await assert.rejects(store.claim('t', terms()), /await client\.connect\(\)/)
  await server.start()
  await client.connect()
  await until(async () => (await store.claim('s', terms()).catch(() => undefined))?.kind === 'running')
  await store.settle('s', 'owner', { result: 'result', keep: 60 })
  assert.deepEqual(await waiting, { kind: 'settled', digest: 'digest', result: 'result' })
})

test('keeps the process alive when the app handles no client errors, and warns', async (t) => {
  const server = await startRedis(t)
  const program = `
    import { createClient } from 'redis'
    import { redisClaims } from '${new URL('../../../lib/redis/redis.js', import.meta.url)}'
    const client = createClient({ url: '${server.url}' })
    await client.connect()
    const store = redisClaims(client, { timeout: 1 })
    await store.claim('s', { owner: 'o', digest: 'd', issued: 1, lease: 60, keep: 60 })
    store.outcome('s', AbortSignal.timeout(5000)).catch(() => {})
    const back = new Promise((resolve) => client.once('ready', resolve))
    await client.sendCommand(['CLIENT', 'KILL', 'SKIPME', 'no', 'TYPE', 'normal']).catch(() => {})
    await back
    await store.settle('s', 'o', { result: 'result', keep: 60 })
    console.log((await store.claim('s', { owner: 'o', digest: 'd', issued: 1, lease: 60, keep: 60 })).kind)
    await client.close()
  `
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: patience,
  })
  assert.equal(status, 0, stderr)
  assert.match(stdout, /settled/)
  assert.match(stderr, /SealformWarning: The connection to Redis has an error: .*client\.on\('error', …\)/)
})

test('refuses a value that is not a client', () => {
  // @ts-expect-error: a URL is not a client
  assert.throws(() => redisClaims('redis://127.0.0.1'), {
    code: 'ERR_OPTION_INVALID',
    message: /createClient/,
  })
  // @ts-expect-error: undefined is not a client
  assert.throws(() => redisClaims(), { code: 'ERR_OPTION_INVALID', message: /createClient/ })
})

function terms({ owner = 'owner', lease = 60, keep = 600 } = {}) {
  return { owner, digest: 'digest', issued: 1, lease, keep }
}

/** Resolves when a server listens for the end of a claim, and has looked at it. */
async function someoneWaits(t: TestContext, server: RedisServer): Promise<void> {
  const admin = await server.connect(t)
  await until(async () => (await admin.pubSubNumSub('sealform:claims'))['sealform:claims'] === 1)
  await sleep(100)
}

async function restart(server: RedisServer, client: ReturnType<typeof newClient>): Promise<void> {
  await server.kill()
  await until(() => !client.isReady)
  await server.start()
  await until(() => client.isReady)
}

async function fill(admin: ReturnType<typeof newClient>): Promise<void> {
  const piece = Buffer.alloc(256 * 1024, 'x')
  for (let i = 0; i < 100; i++) {
    try {
      await admin.append('filling', piece)
    } catch {
      return
    }
  }
}
