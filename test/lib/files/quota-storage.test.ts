import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { directoryStorage } from '../../../lib/files/directory-storage.js'
import { type FileStorage, newFileId } from '../../../lib/files/file-storage.js'
import type { Quota } from '../../../lib/files/quota.js'
import { QuotaStorage } from '../../../lib/files/quota-storage.js'
import { createActions } from '../../../lib/sealform.js'
import { pieces, scratch } from '../../setup/file-storage.js'
import { testKey } from '../../setup/koa-app.js'

const none = Number.POSITIVE_INFINITY
const full = { code: 'EDQUOT', message: /uploads: \{ quota \}/ }

test('takes exactly as many bytes as the quota, and no more', async (t) => {
  const { storage, real } = within(t, { size: 100, files: none })
  await storage.put(newFileId(), pieces(9, 11))
  await assert.rejects(storage.put(newFileId(), pieces(1, 2)), full)
  await storage.put(newFileId(), pieces(1, 1))
  await assert.rejects(storage.put(newFileId(), pieces(1, 1)), full)
  await storage.put(newFileId(), pieces(0, 0))
  assert.equal(await sizeOf(real), 100)
})

test('takes exactly as many files as the quota, and no more', async (t) => {
  const { storage, real } = within(t, { size: none, files: 3 })
  for (let i = 0; i < 3; i++) await storage.put(newFileId(), pieces(1, i))
  let asked = false
  async function* content() {
    asked = true
    yield Buffer.alloc(1)
  }
  await assert.rejects(storage.put(newFileId(), content()), full)
  assert.equal(asked, false)
  assert.equal((await ids(real)).length, 3)
})

test('stops a file at the byte that is too many, and leaves nothing of it', async (t) => {
  const { storage, real } = within(t, { size: 100, files: none })
  let given = 0
  async function* endless() {
    for (; ; given += 10) yield Buffer.alloc(10)
  }
  await assert.rejects(storage.put(newFileId(), endless()), full)
  assert.equal(given, 100)
  assert.deepEqual(await ids(real), [])
  await storage.put(newFileId(), pieces(1, 100))
})

test('has room again when a file is removed, breaks off or is swept, here or by another server', async (t) => {
  const { storage, real } = within(t, { size: 100, files: none })
  const [one, two] = [newFileId(), newFileId()]
  await storage.put(one, pieces(1, 100))
  await storage.remove(one)
  await assert.rejects(storage.put(newFileId(), breaking()), { message: 'gone' })
  await storage.put(two, pieces(1, 100))
  await real.remove(two)
  await storage.put(newFileId(), pieces(1, 100))
  await storage.sweep(new Date(Date.now() + 1000))
  await storage.put(newFileId(), pieces(1, 100))
  assert.equal(await sizeOf(real), 100)
})

test('counts what lay there before, and what another server stores meanwhile', async (t) => {
  const { storage, real } = within(t, { size: 100, files: none })
  await real.put(newFileId(), pieces(1, 40))
  await assert.rejects(storage.put(newFileId(), pieces(1, 61)), full)
  async function* meanwhile() {
    yield Buffer.alloc(50)
    await real.put(newFileId(), pieces(1, 20))
  }
  await assert.rejects(storage.put(newFileId(), meanwhile()), full)
  assert.equal(await sizeOf(real), 60)
  await storage.put(newFileId(), pieces(1, 40))
})

test('stores of many files at once as many as fit, and exactly those', async (t) => {
  const { storage, real } = within(t, { size: 1000, files: none })
  const results = await Promise.allSettled(
    Array.from({ length: 30 }, () => storage.put(newFileId(), pieces(1, 100))),
  )
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 10)
  assert.equal(await sizeOf(real), 1000)
})

test('says that there is no room, and not that a file is there, when it has stored it itself', async (t) => {
  const { storage } = within(t, { size: 100, files: none })
  const id = newFileId()
  await storage.put(id, pieces(1, 10))
  await assert.rejects(storage.put(id, pieces(1, 10)), { code: 'EEXIST' })
  await storage.put(newFileId(), pieces(1, 90))
  await assert.rejects(storage.put(newFileId(), pieces(1, 1)), full)
})

test('passes on the error of a list that fails, stores nothing meanwhile, and recovers', async (t) => {
  const directory = scratch(t)
  const real = directoryStorage({ directory })
  let down = true
  const list = () => {
    if (down) throw Object.assign(new Error('down'), { code: 'EHOSTDOWN' })
    return real.list()
  }
  const broken: FileStorage = Object.assign(Object.create(real), {
    list,
    put: real.put.bind(real),
    remove: real.remove.bind(real),
  })
  const storage = new QuotaStorage(broken, { size: 100, files: none })
  await assert.rejects(storage.put(newFileId(), pieces(1, 10)), { code: 'EHOSTDOWN' })
  down = false
  await storage.put(newFileId(), pieces(1, 60))
  down = true
  await assert.rejects(storage.put(newFileId(), pieces(1, 10)), { code: 'EHOSTDOWN' })
  down = false
  assert.equal(await sizeOf(real), 60)
  await storage.put(newFileId(), pieces(1, 40))
})

test('says where the files of a directory lie, and nothing of a storage without paths', (t) => {
  const { storage, real } = within(t, { size: 100, files: none })
  const id = newFileId()
  assert.equal(storage.path?.(id), real.path(id))
  const { put, open, remove, sweep, list } = real
  const elsewhere = new QuotaStorage({ put, open, remove, sweep, list }, { size: 100, files: none })
  assert.equal(elsewhere.path, undefined)
})

test('refuses a quota that limits nothing or cannot be held', (t) => {
  const storage = directoryStorage({ directory: scratch(t) })
  const { put, open, remove, sweep } = storage
  const wrong = (uploads: object, message: RegExp) =>
    assert.throws(() => createActions({ keys: testKey, uploads }), { code: 'ERR_OPTION_INVALID', message })
  wrong({ storage, quota: {} }, /limits nothing/)
  wrong({ storage, quota: { size: 0 } }, /size is 0/)
  wrong({ storage, quota: { size: 'much' } }, /quota.*size/)
  wrong({ storage, quota: { files: 0 } }, /files must be a whole number/)
  wrong({ storage, quota: { files: 1.5 } }, /files must be a whole number/)
  wrong({ storage, quota: { bytes: 1 } }, /bytes/)
  wrong(
    { storage: { put, open, remove, sweep }, quota: { files: 1 } },
    /needs a storage with the method list/,
  )
})

function within(t: TestContext, quota: Quota) {
  const real = directoryStorage({ directory: scratch(t) })
  return { real, storage: new QuotaStorage(real, quota) }
}

async function ids(storage: FileStorage): Promise<string[]> {
  const found: string[] = []
  for await (const { id } of storage.list?.() ?? []) found.push(id)
  return found
}

async function sizeOf(storage: FileStorage): Promise<number> {
  let sum = 0
  for await (const { size } of storage.list?.() ?? []) sum += size
  return sum
}

async function* breaking(): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(60)
  throw new Error('gone')
}
