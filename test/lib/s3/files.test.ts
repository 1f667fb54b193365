import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { newFileId } from '../../../lib/files/file-storage.js'
import { openStored } from '../../../lib/files/stored-file.js'
import { type S3FilesOptions, s3Files } from '../../../lib/s3/s3.js'
import { bytesOf, inChunks, pieces, scratch } from '../../setup/file-storage.js'
import { bucket, type S3Fault, startS3 } from '../../setup/s3.js'
import { storageContract } from '../../setup/storage-contract.js'

const mib = 1024 * 1024

storageContract('s3', async (t) => {
  const { server, client, storage } = await bucketAndStorage(t)
  return {
    storage,
    other: s3Files(server.client(t), { bucket }),
    left: async () => (await server.keys(client)).length + server.uploads.size,
  }
})

test('sends a file in parts of 5 MiB from the first byte beyond one part on', async (t) => {
  const { server, storage } = await bucketAndStorage(t)
  for (const [size, parts] of [
    [5 * mib - 1, 0],
    [5 * mib, 0],
    [5 * mib + 1, 2],
    [10 * mib, 2],
    [10 * mib + 1, 3],
  ] as const) {
    server.asked.length = 0
    const content = randomBytes(size)
    const id = newFileId()
    await storage.put(id, inChunks(content, 65_536))
    assert.equal(server.asked.filter((url) => url.includes('partNumber=')).length, parts, `${size} bytes`)
    assert.deepEqual(await bytesOf(await storage.open(id)), content)
  }
  assert.equal(server.uploads.size, 0)
})

test('takes no more than two parts into memory while the server is slow', async (t) => {
  const { server, storage } = await bucketAndStorage(t, { timeout: 3 })
  server.fault = (_method, url) => (url.includes('partNumber=1') ? 'hang' : undefined)
  let given = 0
  async function* endless() {
    for (; ; given += 65_536) yield Buffer.alloc(65_536)
  }
  await assert.rejects(storage.put(newFileId(), endless()), { code: 'EHOSTDOWN' })
  assert.ok(given <= 10 * mib + 65_536, `${given} bytes were taken`)
  assert.equal(server.uploads.size, 0)
})

test('leaves nothing when a part, the end or the beginning fails', async (t) => {
  const { server, client, storage } = await bucketAndStorage(t, {}, 1)
  for (const [method, part] of [
    ['POST', '?uploads'],
    ['PUT', 'partNumber=1'],
    ['PUT', 'partNumber=2'],
    ['POST', '?uploadId='],
  ] as const) {
    server.fault = (asked, url) =>
      asked === method && url.includes(part) ? { status: 503, code: 'SlowDown' } : undefined
    await assert.rejects(storage.put(newFileId(), pieces(12, mib)), { code: 'EHOSTDOWN' }, part)
    assert.deepEqual(await server.keys(client), [])
    assert.equal(server.uploads.size, 0, part)
  }
})

test('does not replace an object that another server writes at the same moment', async (t) => {
  const { server, client, storage } = await bucketAndStorage(t)
  for (const size of [10, 6 * mib]) {
    const id = newFileId()
    const racing = async function* () {
      yield Buffer.alloc(size, 'a')
      const first = { Bucket: bucket, Key: `sealform/${id}`, Body: 'first' }
      await client.send(new PutObjectCommand(first))
    }
    await assert.rejects(storage.put(id, racing()), { code: 'EEXIST' })
    assert.equal(String(await bytesOf(await storage.open(id))), 'first')
  }
  assert.equal(server.uploads.size, 0)
})

test('writes without the condition where the server does not know it', async (t) => {
  const { server, storage } = await bucketAndStorage(t)
  server.conditional = false
  for (const size of [10, 6 * mib]) {
    const id = newFileId()
    await storage.put(id, pieces(1, size))
    assert.equal((await storage.open(id))?.size, size)
    await assert.rejects(storage.put(id, pieces(1, 20)), { code: 'EEXIST' })
  }
})

const outages: readonly S3Fault[] = [
  'hang',
  { status: 500, code: 'InternalError' },
  { status: 502, code: 'BadGateway' },
  { status: 503, code: 'SlowDown' },
  { status: 429, code: 'TooManyRequests' },
]

test('says that the server is down for each way in which it can be', async (t) => {
  const { server, client, storage } = await bucketAndStorage(t, { timeout: 0.5 }, 1)
  const id = newFileId()
  await s3Files(client, { bucket }).put(id, pieces(1, 10))
  const stored = await storage.open(id)
  for (const fault of outages) {
    server.fault = () => fault
    const down = { code: 'EHOSTDOWN' }
    await assert.rejects(storage.put(newFileId(), pieces(1, 1)), down, JSON.stringify(fault))
    await assert.rejects(storage.open(id), down)
    await assert.rejects(storage.remove(id), down)
    await assert.rejects(storage.sweep(new Date()), down)
    await assert.rejects(bytesOf(stored), down)
  }
  await server.stop()
  await assert.rejects(storage.open(id), { code: 'ECONNREFUSED' })
})

test('says that there is no room in the words of several servers', async (t) => {
  const { server, storage } = await bucketAndStorage(t, {}, 1)
  for (const fault of [
    { status: 507, code: 'XMinioStorageFull' },
    { status: 403, code: 'QuotaExceeded' },
    { status: 400, code: 'EntityTooLarge' },
  ]) {
    server.fault = (method) => (method === 'PUT' ? fault : undefined)
    await assert.rejects(storage.put(newFileId(), pieces(1, 1)), { code: 'EDQUOT' }, fault.code)
  }
})

test('passes on what the app has to mend: a bucket that is missing, keys that are wrong', async (t) => {
  const { server, storage } = await bucketAndStorage(t, { bucket: 'missing' })
  await assert.rejects(storage.put(newFileId(), pieces(1, 1)), {
    code: 'ERR_OPTION_INVALID',
    message: /there is no bucket "missing"/,
  })
  server.fault = (method) => (method === 'PUT' ? { status: 403, code: 'AccessDenied' } : undefined)
  await assert.rejects(storage.put(newFileId(), pieces(1, 1)), { name: 'AccessDenied' })
})

test('tries again as the client is set to', async (t) => {
  const { server, storage } = await bucketAndStorage(t)
  let failures = 0
  server.fault = (method) =>
    method === 'PUT' && failures++ === 0 ? { status: 503, code: 'SlowDown' } : undefined
  const id = newFileId()
  await storage.put(id, pieces(1, 10))
  assert.equal((await storage.open(id))?.size, 10)
})

test('fails when an object breaks off while it is read, and never ends early', async (t) => {
  const { server, storage } = await bucketAndStorage(t)
  const id = newFileId()
  await storage.put(id, pieces(4, mib))
  server.fault = (method) => (method === 'GET' ? 'cut' : undefined)
  await assert.rejects(bytesOf(await storage.open(id)), { code: 'ECONNRESET' })
  const file = await openStored(storage, { id, name: 'a', type: '', size: 10 })
  const directory = scratch(t)
  await assert.rejects(file!.persist(join(directory, 'kept')), { code: 'ECONNRESET' })
  assert.deepEqual(readdirSync(directory), [])
  await assert.rejects(file!.text(), { code: 'ECONNRESET' })
})

test('sweeps files that were last used before a time, and nothing of others', async (t) => {
  const { server, client, storage } = await bucketAndStorage(t)
  const [old, young] = [newFileId(), newFileId()]
  await storage.put(old, pieces(1, 10))
  const strange = ['sealform/other', `other/${newFileId()}`, `sealform/${newFileId()}.txt`]
  for (const key of strange) await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: 'x' }))
  await sleep(1100)
  const then = new Date()
  await sleep(1100)
  await storage.put(young, pieces(1, 10))
  assert.equal(await storage.sweep(then), 1)
  assert.deepEqual(await server.keys(client), [...strange, `sealform/${young}`].sort())
})

test('sweeps more files than one list holds', async (t) => {
  const { server, client, storage } = await bucketAndStorage(t)
  server.pageSize = 3
  await Promise.all(Array.from({ length: 10 }, () => storage.put(newFileId(), pieces(1, 1))))
  assert.equal(await storage.sweep(new Date(Date.now() + 1000)), 10)
  assert.deepEqual(await server.keys(client), [])
})

test('notes the use of a file that is five minutes old, by one request', async (t) => {
  const { server, storage } = await bucketAndStorage(t)
  const id = newFileId()
  await storage.put(id, pieces(1, 10))
  server.asked.length = 0
  await storage.open(id)
  assert.deepEqual(methods(server.asked), ['HEAD'])
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 5 * 60_000 })
  await storage.open(id)
  assert.deepEqual(methods(server.asked), ['HEAD', 'HEAD', 'PUT'])
  assert.equal(await storage.sweep(new Date(Date.now() - 1000)), 0)
  assert.equal((await bytesOf(await storage.open(id))).length, 10)
})

test('removes parts of files whose process ended a day before the others are swept', async (t) => {
  const { server, storage } = await bucketAndStorage(t)
  server.fault = (_method, url) => (url.includes('partNumber=2') ? 'hang' : undefined)
  const arriving = storage.put(newFileId(), pieces(12, mib)).catch(() => {})
  while (!server.asked.some((url) => url.includes('partNumber=2'))) await sleep(10)
  const then = new Date()
  assert.equal(server.uploads.size, 1)
  const [upload] = server.uploads.values()
  upload!.begun = new Date(then.getTime() - 86_400_000 + 1000)
  await storage.sweep(then)
  assert.equal(server.uploads.size, 1)
  upload!.begun = new Date(then.getTime() - 86_400_000 - 1000)
  await storage.sweep(then)
  assert.equal(server.uploads.size, 0)
  await server.stop()
  await arriving
})

test('refuses options that cannot work', () => {
  const client = { send: async () => {} }
  const wrong = (options: object, message: RegExp, other: object = client) =>
    assert.throws(() => Reflect.apply(s3Files, undefined, [other, options]), {
      code: 'ERR_OPTION_INVALID',
      message,
    })
  wrong({ bucket: 'files' }, /new S3Client\(\)/, {})
  wrong({}, /name of a bucket/)
  wrong({ bucket: '' }, /name of a bucket/)
  wrong({ bucket: 'files', prefix: 1 }, /prefix/)
  wrong({ bucket: 'files', timeout: 0 }, /timeout/)
  wrong({ bucket: 'files', perfix: 'a' }, /Did you mean "prefix"/i)
})

async function bucketAndStorage(t: TestContext, options: Partial<S3FilesOptions> = {}, maxAttempts = 3) {
  const server = await startS3(t)
  const client = server.client(t, { maxAttempts })
  return { server, client, storage: s3Files(client, { bucket, ...options }) }
}

function methods(asked: readonly string[]): readonly string[] {
  return asked.map((line) => line.split(' ', 1)[0]!)
}
