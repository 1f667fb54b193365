import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { newFileId } from '../../../lib/files/file-storage.js'
import { type RedisFilesOptions, redisFiles } from '../../../lib/redis/redis.js'
import { invalid, redirect } from '../../../lib/sealform.js'
import { bytesOf, pieces, scratch } from '../../setup/file-storage.js'
import { until } from '../../setup/patience.js'
import { startRedis } from '../../setup/redis.js'
import { storageContract } from '../../setup/storage-contract.js'
import { uploadApp } from '../../setup/upload-app.js'

storageContract('redis', async (t) => {
  const { server, client, storage } = await redisAndStorage(t)
  const other = redisFiles(await server.connect(t))
  return { storage, other, left: async () => (await client.keys('*')).length }
})

test('stores the right bytes when the source reuses its memory', async (t) => {
  const { storage } = await redisAndStorage(t)
  const id = newFileId()
  await storage.put(
    id,
    (async function* () {
      const memory = Buffer.alloc(10, 'a')
      yield memory
      memory.fill('b')
      yield memory
    })(),
  )
  assert.equal(String(await bytesOf(await storage.open(id))), 'aaaaaaaaaabbbbbbbbbb')
})

test('takes a file of exactly maxSize, and refuses a larger one', async (t) => {
  const { storage, left } = await redisAndStorage(t, { maxSize: '300 KiB' })
  const exact = newFileId()
  await storage.put(exact, pieces(300, 1024))
  assert.equal((await storage.open(exact))?.size, 300 * 1024)
  const large = newFileId()
  let asked = 0
  await assert.rejects(
    storage.put(
      large,
      (async function* () {
        for (; asked < 10_000; asked++) yield Buffer.alloc(1024)
      })(),
    ),
    { code: 'EDQUOT', message: /maxSize/ },
  )
  assert.ok(asked < 600, `${asked} KiB were read`)
  assert.deepEqual(await left(), [`sealform:file:${exact}`])
})

test('does not open a file before it is complete', async (t) => {
  const { storage } = await redisAndStorage(t)
  const id = newFileId()
  await storage.put(
    id,
    (async function* () {
      yield Buffer.alloc(600 * 1024)
      assert.equal(await storage.open(id), undefined)
      yield Buffer.alloc(1)
    })(),
  )
  assert.equal((await storage.open(id))?.size, 600 * 1024 + 1)
})

test('removes a file on request, and after its time since the last use', async (t) => {
  const { client, storage, left } = await redisAndStorage(t, { keep: '2s' })
  const [removed, used, unused] = [newFileId(), newFileId(), newFileId()]
  for (const id of [removed, used, unused]) await storage.put(id, pieces(1, 10))
  await storage.remove(removed)
  await storage.remove(removed)
  assert.equal(await storage.open(removed), undefined)
  for (let i = 0; i < 3; i++) {
    await sleep(1000)
    assert.equal((await storage.open(used))?.size, 10)
  }
  assert.equal(await storage.open(unused), undefined)
  assert.deepEqual(await left(), [`sealform:file:${used}`])
  await until(async () => (await left()).length === 0)
  assert.equal(await storage.sweep(new Date()), 0)
  assert.deepEqual(await client.keys('*'), [])
})

test('throws when a sweep expects files to live longer than they do', async (t) => {
  const { storage } = await redisAndStorage(t, { keep: '1h' })
  const before = (minutes: number) => new Date(Date.now() - minutes * 60_000)
  assert.equal(await storage.sweep(before(59)), 0)
  await assert.rejects(storage.sweep(before(70)), {
    code: 'ERR_OPTION_INVALID',
    message: /keep }\) is 60 minutes.* for 70/,
  })
})

test('reports ENOSPC when Redis is full, and removes the rest of the file', async (t) => {
  const server = await startRedis(t, { maxmemory: '4mb', 'maxmemory-policy': 'noeviction' })
  const client = await server.connect(t)
  const storage = redisFiles(client)
  await assert.rejects(storage.put(newFileId(), pieces(100, 100 * 1024)), { code: 'ENOSPC' })
  assert.deepEqual(await client.keys('*'), [])
  const id = newFileId()
  await storage.put(id, pieces(1, 10))
  assert.equal((await storage.open(id))?.size, 10)
})

test('fails within its timeout when Redis hangs in the middle of a file', async (t) => {
  const { server, storage } = await redisAndStorage(t, { timeout: 0.3 })
  await assert.rejects(
    storage.put(
      newFileId(),
      (async function* () {
        yield Buffer.alloc(300 * 1024)
        server.pause()
        yield Buffer.alloc(300 * 1024)
      })(),
    ),
    /did not answer within 300 ms/,
  )
  server.resume()
})

test('keeps a file for the corrected form, and for the action', async (t) => {
  const { storage } = await redisAndStorage(t)
  let content = ''
  let path = ''
  const app = await uploadApp(t, {
    storage: () => storage,
    define: (actions) =>
      actions.define('upload', {
        files: { picture: {} },
        async run({ formData }) {
          const picture = formData.get('picture')
          if (formData.get('title') === '') return invalid({ title: 'Enter a title' })
          if (picture instanceof File && 'persist' in picture) {
            content = await picture.text()
            path = join(scratch(t), 'picture')
            await picture.persist(path)
          }
          return redirect('/')
        },
      }),
  })
  const first = await app.submit(['title', ''], { name: 'picture', filename: 'a.txt', content: 'hello' })
  assert.match(first.body, /a\.txt, 5 B, kept/)
  assert.equal((await app.send([...app.hidden(first.body), ['title', 'T']])).status, 303)
  assert.equal(content, 'hello')
  assert.equal(readFileSync(path, 'utf8'), 'hello')
})

test('shows the page with the text again when Redis is down', async (t) => {
  const { server, storage } = await redisAndStorage(t, { timeout: 0.3 })
  const app = await uploadApp(t, {
    storage: () => storage,
    define: (actions) => actions.define('upload', { files: { picture: {} }, run: async () => redirect('/') }),
  })
  await server.kill()
  await sleep(100)
  const answer = await app.submit(['title', 'kept text'], {
    name: 'picture',
    filename: 'a.txt',
    content: 'hello',
  })
  assert.equal(answer.status, 503)
  assert.match(answer.body, /We cannot store files at the moment/)
  assert.match(answer.body, /kept text/)
  await server.start()
})

async function redisAndStorage(t: TestContext, options: RedisFilesOptions = {}) {
  const server = await startRedis(t)
  const client = await server.connect(t)
  return { server, client, storage: redisFiles(client, options), left: () => client.keys('sealform:file:*') }
}
