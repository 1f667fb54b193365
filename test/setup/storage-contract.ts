import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type FileStorage, newFileId } from '../../lib/files/file-storage.js'
import { findPieces, joined, pieceId, removeContent } from '../../lib/files/pieces.js'
import { QuotaStorage } from '../../lib/files/quota-storage.js'
import { openStored } from '../../lib/files/stored-file.js'
import { bytesOf, descriptors, inChunks, pieces, scratch } from './file-storage.js'

/** A storage of two servers, and what lies in it. */
export interface SharedStorage {
  readonly storage: FileStorage
  readonly other: FileStorage
  /** The number of objects, keys or files that the storage has at the moment, complete or not. */
  left(): Promise<number>
}

/**
 * What every storage of files does.
 *
 * @param name the start of each test title
 */
export function storageContract(
  name: string,
  make: (t: TestContext) => SharedStorage | Promise<SharedStorage>,
): void {
  test(`${name}: returns any bytes on another server, as often as they are asked for`, async (t) => {
    const { storage, other } = await make(t)
    for (const size of [0, 1, 65_537, 262_143, 262_144, 262_145, 1_000_000]) {
      const content = randomBytes(size)
      const id = newFileId()
      await storage.put(id, inChunks(content, 60_000))
      const stored = await other.open(id)
      assert.equal(stored?.size, size)
      assert.deepEqual(await bytesOf(stored), content, `${size} bytes`)
      assert.deepEqual(await bytesOf(stored), content, `${size} bytes, read again`)
    }
  })

  test(`${name}: takes content as a whole, in single bytes, and in empty pieces`, async (t) => {
    const { storage } = await make(t)
    const content = randomBytes(700_000)
    const [whole, bytes, empty] = [newFileId(), newFileId(), newFileId()]
    await storage.put(whole, inChunks(content, content.length))
    assert.deepEqual(await bytesOf(await storage.open(whole)), content)
    await storage.put(bytes, inChunks(content.subarray(0, 3000), 1))
    assert.deepEqual(await bytesOf(await storage.open(bytes)), content.subarray(0, 3000))
    await storage.put(empty, pieces(3, 0))
    assert.equal((await storage.open(empty))?.size, 0)
  })

  test(`${name}: has no content under an unknown or removed id`, async (t) => {
    const { storage, other, left } = await make(t)
    const id = newFileId()
    assert.equal(await storage.open(id), undefined)
    await storage.put(id, pieces(1, 10))
    await other.remove(id)
    await storage.remove(id)
    assert.equal(await storage.open(id), undefined)
    assert.equal(await left(), 0)
  })

  test(`${name}: does not overwrite what is there`, async (t) => {
    const { storage, other } = await make(t)
    const id = newFileId()
    await storage.put(id, pieces(1, 10))
    await assert.rejects(other.put(id, pieces(1, 20)), { code: 'EEXIST' })
    assert.equal((await storage.open(id))?.size, 10)
  })

  test(`${name}: leaves nothing of content that breaks off, at its first byte or after megabytes`, async (t) => {
    const { storage, left } = await make(t)
    const broken = new Error('the sender has left')
    for (const count of [0, 1, 3, 150]) {
      const id = newFileId()
      await assert.rejects(storage.put(id, breaking(count, broken)), broken)
      assert.equal(await storage.open(id), undefined, `after ${count} pieces`)
    }
    assert.equal(await left(), 0)
  })

  test(`${name}: refuses an id that newFileId() did not make`, async (t) => {
    const { storage, left } = await make(t)
    for (const id of ['', '*', '../x', `${newFileId()}x`, newFileId().toUpperCase()]) {
      await assert.rejects(storage.put(id, pieces(1, 1)), { code: 'ERR_OPTION_INVALID' }, id)
      assert.equal(await storage.open(id), undefined, id)
      await storage.remove(id)
    }
    assert.equal(await left(), 0)
  })

  test(`${name}: lists what any server has stored, and nothing that was removed or broke off`, async (t) => {
    const { storage, other } = await make(t)
    const [one, two, gone] = [newFileId(), newFileId(), newFileId()]
    await storage.put(one, pieces(1, 10))
    await other.put(two, pieces(2, 300_000))
    await storage.put(gone, pieces(1, 10))
    await other.remove(gone)
    await storage.put(newFileId(), breaking(5, new Error('gone'))).catch(() => {})
    for (const server of [storage, other]) {
      assert.deepEqual(
        await listed(server),
        new Map([
          [one, 10],
          [two, 600_000],
        ]),
      )
    }
    await storage.remove(one)
    await storage.remove(two)
    assert.deepEqual(await listed(other), new Map())
  })

  test(`${name}: keeps within a quota to the byte, however many files come at once`, async (t) => {
    const { storage, other, left } = await make(t)
    const [one, two] = [storage, other].map((each) => new QuotaStorage(each, { size: 1000, files: 20 }))
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, (_, i) => (i % 2 ? one : two)!.put(newFileId(), pieces(5, 20))),
    )
    const stored = results.filter(({ status }) => status === 'fulfilled').length
    const sizes = [...(await listed(storage)).values()]
    assert.equal(sizes.length, stored)
    assert.ok(stored <= 10, `${stored} files of 100 bytes are within 1000`)
    for (const result of results) {
      if (result.status === 'rejected') assert.equal(result.reason.code, 'EDQUOT')
    }
    for (const id of (await listed(storage)).keys()) await one!.remove(id)
    await two!.put(newFileId(), pieces(10, 100))
    await assert.rejects(one!.put(newFileId(), pieces(1, 1)), { code: 'EDQUOT' })
    await one!.put(newFileId(), pieces(0, 0))
    assert.equal((await listed(storage)).size, 2)
    assert.ok((await left()) > 0)
  })

  test(`${name}: lets go of a stream that is cancelled, or never read`, async (t) => {
    const { storage } = await make(t)
    const id = newFileId()
    await storage.put(id, pieces(30, 65_536))
    const before = descriptors()
    for (let i = 0; i < 10; i++) {
      const stored = await storage.open(id)
      const reader = stored!.stream().getReader()
      assert.ok((await reader.read()).value!.length > 0)
      await reader.cancel()
      stored!.stream()
    }
    assert.ok(descriptors() <= before + 2, 'a descriptor is still open')
  })

  test(`${name}: fails in place of content that was removed`, async (t) => {
    const { storage } = await make(t)
    const id = newFileId()
    await storage.put(id, pieces(2, 300_000))
    const stored = await storage.open(id)
    await storage.remove(id)
    await assert.rejects(bytesOf(stored), { code: 'ENOENT' })
  })

  test(`${name}: makes one File of the pieces of a resumed upload, until one of them is gone`, async (t) => {
    const { storage, other, left } = await make(t)
    const content = randomBytes(400_000)
    const upload = newFileId()
    const offsets = [0, 1, 100_000, 362_144]
    for (const [i, offset] of offsets.entries()) {
      const piece = content.subarray(offset, offsets[i + 1])
      await (i % 2 ? storage : other).put(pieceId(upload, offset), inChunks(piece, 65_536))
    }
    assert.deepEqual(await findPieces(other, upload), { offsets, size: content.length })
    const kept = joined(
      upload,
      { offsets, size: content.length },
      { name: 'a', type: '', size: content.length },
    )
    const file = await openStored(storage, kept)
    assert.equal(file?.size, content.length)
    assert.deepEqual(Buffer.from(await file.arrayBuffer()), content)
    assert.deepEqual(
      Buffer.from(await file.slice(99_990, 100_010).arrayBuffer()),
      content.subarray(99_990, 100_010),
    )
    const path = join(scratch(t), 'kept')
    await file.persist(path)
    assert.deepEqual(readFileSync(path), content)
    await storage.remove(pieceId(upload, 100_000))
    assert.equal(await openStored(other, kept), undefined)
    await assert.rejects(file.text(), { code: 'ENOENT' })
    await removeContent(other, kept)
    assert.equal(await left(), 0)
  })

  test(`${name}: gives actions a File with all that a File can do`, async (t) => {
    const { storage } = await make(t)
    const id = newFileId()
    await storage.put(id, inChunks(Buffer.from('The seal sleeps on the ice.'), 5))
    const file = await openStored(storage, { id, name: 'seal.txt', type: 'text/plain', size: 27 })
    assert.ok(file instanceof File)
    assert.deepEqual([file.name, file.type, file.size], ['seal.txt', 'text/plain', 27])
    assert.equal(await file.text(), 'The seal sleeps on the ice.')
    assert.equal(Buffer.from(await file.arrayBuffer()).toString(), 'The seal sleeps on the ice.')
    assert.equal(await file.slice(4, 8).text(), 'seal')
    assert.equal(await file.slice(-4).text(), 'ice.')
    assert.equal(await file.slice(4).slice(5, -4).text(), 'sleeps on the ')
    assert.equal(file.slice(5, 2, 'text/html').size, 0)
    assert.equal(await file.slice(0, 4, 'text/html').text(), 'The ')
    assert.deepEqual(Object.keys(file), [])
    const form = new FormData()
    form.append('story', file)
    assert.equal(form.get('story'), file)
    const sent = (await new Response(form).formData()).get('story')
    assert.ok(sent instanceof File)
    assert.equal(await sent.text(), 'The seal sleeps on the ice.')
    assert.equal(await new Response(file).text(), 'The seal sleeps on the ice.')
  })
}

async function listed(storage: FileStorage): Promise<Map<string, number>> {
  const sizes = new Map<string, number>()
  for await (const { id, size } of storage.list?.() ?? []) sizes.set(id, size)
  return sizes
}

async function* breaking(count: number, error: Error): AsyncGenerator<Uint8Array> {
  yield* pieces(count, 64 * 1024)
  throw error
}
