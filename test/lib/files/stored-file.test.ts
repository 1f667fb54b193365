import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { directoryStorage } from '../../../lib/files/directory-storage.js'
import { type FileStorage, newFileId } from '../../../lib/files/file-storage.js'
import { openStored, type StoredFile } from '../../../lib/files/stored-file.js'
import { StreamedFile } from '../../../lib/files/streamed-file.js'
import { descriptors, pieces, scratch, smallDisk } from '../../setup/file-storage.js'

const windows = process.platform === 'win32'
const content = 'The seal sleeps on the ice.'
const directoryModule = new URL('../../../lib/files/directory-storage.js', import.meta.url).href
const fileModule = new URL('../../../lib/files/stored-file.js', import.meta.url).href

interface Stored {
  readonly file: StoredFile
  readonly storage: Required<FileStorage>
  readonly id: string
}

async function store(directory: string, bytes: AsyncIterable<Uint8Array> = text()): Promise<Stored> {
  const storage = directoryStorage({ directory })
  const id = newFileId()
  await storage.put(id, bytes)
  const file = await openStored(storage, { id, name: 'seal.txt', type: 'text/plain', size: 27 })
  assert.ok(file)
  return { file, storage, id }
}

async function* text(): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content)
}

/** A directory on another device than the temporary one. */
function otherDevice(t: TestContext): string | undefined {
  const candidates = existsSync('/dev/shm') ? [scratch(t, '/dev/shm'), smallDisk(t)] : [smallDisk(t)]
  const here = statSync(tmpdir()).dev
  return candidates.find((path) => path !== undefined && statSync(path).dev !== here)
}

test('is a real File that reads from the disk', async (t) => {
  const { file } = await store(scratch(t))
  assert.ok(file instanceof File)
  assert.equal(file.name, 'seal.txt')
  assert.equal(file.type, 'text/plain')
  assert.equal(file.size, content.length)
  assert.equal(await file.text(), content)
  assert.equal(Buffer.from(await file.arrayBuffer()).toString(), content)
  assert.equal(await file.slice(4, 8).text(), 'seal')
  assert.equal(await file.slice(-4).text(), 'ice.')
  const read: Uint8Array[] = []
  for await (const piece of file.stream()) read.push(piece)
  assert.equal(Buffer.concat(read).toString(), content)
})

test('stays the same object in a FormData', async (t) => {
  const { file } = await store(scratch(t))
  const formData = new FormData()
  formData.append('story', file)
  // Typed, because formData gives an action a StoredFile in place of a File.
  const entry: ReturnType<FormData['get']> = file
  assert.equal(formData.get('story'), entry)
  assert.deepEqual(formData.getAll('story'), [file])
})

test('can be sent in the body of a request like any file', async (t) => {
  const { file } = await store(scratch(t))
  const formData = new FormData()
  formData.append('story', file)
  const sent = await new Response(formData).formData()
  const story = sent.get('story')
  assert.ok(story instanceof File)
  assert.equal(story.name, 'seal.txt')
  assert.equal(await story.text(), content)
})

test('has no enumerable properties', async (t) => {
  const { file } = await store(scratch(t))
  assert.deepEqual(Object.keys(file), [])
  assert.equal(JSON.stringify(file), '{}')
})

test('streams 100 MB without holding them in memory', { skip: windows }, (t) => {
  // In its own process, so that its memory alone is measured.
  const script = `
    const { directoryStorage } = await import(${JSON.stringify(directoryModule)})
    const { openStored } = await import(${JSON.stringify(fileModule)})
    const storage = directoryStorage({ directory: ${JSON.stringify(scratch(t))} })
    const id = 'a'.repeat(32)
    async function* content() { const piece = Buffer.alloc(65536); for (let i = 0; i < 1600; i++) yield piece }
    await storage.put(id, content())
    const file = await openStored(storage, { id, name: 'a', type: '', size: 10 })
    gc()
    const before = process.memoryUsage().rss
    let bytes = 0, peak = 0
    for await (const piece of file.stream()) {
      bytes += piece.length
      if (bytes % (8 << 20) < 65536) peak = Math.max(peak, process.memoryUsage().rss)
    }
    console.log(JSON.stringify({ bytes, grown: (peak - before) / 2 ** 20 }))`
  const child = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', script], {
    encoding: 'utf8',
  })
  assert.equal(child.status, 0, child.stderr)
  const { bytes, grown } = JSON.parse(child.stdout)
  assert.equal(bytes, 104_857_600)
  assert.ok(grown < 64, `grew by ${grown} MiB`)
  t.diagnostic(`grew by ${grown.toFixed(1)} MiB`)
})

test('holds no descriptor after it is read, in part or as a whole', async (t) => {
  const { file } = await store(scratch(t), pieces(20, 65_536))
  const before = descriptors()
  for (let i = 0; i < 30; i++) {
    await file.arrayBuffer()
    await file.slice(0, 100).text()
    const reader = file.stream().getReader()
    await reader.read()
    await reader.cancel()
    file.stream()
  }
  assert.equal(descriptors(), before)
})

test('persists under another path and stays readable', async (t) => {
  const { file, storage, id } = await store(scratch(t))
  const path = join(scratch(t), 'kept.txt')
  await file.persist(path)
  assert.equal(await file.text(), content)
  await storage.remove(id)
  assert.equal(readFileSync(path, 'utf8'), content)
})

test('persists without copying on the same device', { skip: windows }, async (t) => {
  const { file, storage, id } = await store(scratch(t))
  const path = join(scratch(t), 'kept.txt')
  await file.persist(path)
  assert.equal(statSync(path).ino, statSync(storage.path(id)).ino)
})

test('persists with a mode for the owner only', { skip: windows }, async (t) => {
  const { file } = await store(scratch(t))
  const path = join(scratch(t), 'kept.txt')
  await file.persist(path)
  assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('persists to another device by a copy', { skip: windows }, async (t) => {
  const other = otherDevice(t)
  assert.ok(other, 'this test needs /dev/shm, or the right to mount')
  const { file, storage, id } = await store(scratch(t), pieces(5, 65_536))
  const path = join(other, 'kept.bin')
  const before = descriptors()
  await file.persist(path)
  assert.notEqual(statSync(path).dev, statSync(storage.path(id)).dev)
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.deepEqual(readFileSync(path), readFileSync(storage.path(id)))
  assert.deepEqual(readdirSync(other), ['kept.bin'])
  assert.equal(descriptors(), before)
})

test('refuses an existing path on another device too, and replaces it when asked', {
  skip: windows,
}, async (t) => {
  const other = otherDevice(t)
  assert.ok(other, 'this test needs /dev/shm, or the right to mount')
  const { file } = await store(scratch(t))
  const path = join(other, 'kept.txt')
  writeFileSync(path, 'before')
  await assert.rejects(file.persist(path), { code: 'EEXIST' })
  assert.equal(readFileSync(path, 'utf8'), 'before')
  await file.persist(path, { overwrite: true })
  assert.equal(readFileSync(path, 'utf8'), content)
  assert.deepEqual(readdirSync(other), ['kept.txt'])
})

test('lets one of several concurrent copies to one path of another device win', {
  skip: windows,
}, async (t) => {
  const other = otherDevice(t)
  assert.ok(other, 'this test needs /dev/shm, or the right to mount')
  const directory = scratch(t)
  const files = await Promise.all(Array.from({ length: 8 }, (_, i) => store(directory, pieces(1 + i, 1000))))
  const path = join(other, 'kept.bin')
  const results = await Promise.allSettled(files.map(({ file }) => file.persist(path)))
  const winner = results.findIndex(({ status }) => status === 'fulfilled')
  const losers = results.filter((result) => result.status === 'rejected' && result.reason.code === 'EEXIST')
  assert.equal(losers.length, 7)
  assert.equal(statSync(path).size, (1 + winner) * 1000)
})

test('refuses an existing path, and says what to do', async (t) => {
  const { file } = await store(scratch(t))
  const directory = scratch(t)
  const path = join(directory, 'kept.txt')
  writeFileSync(path, 'before')
  await assert.rejects(file.persist(path), {
    code: 'EEXIST',
    message: `${path} exists. Choose another name, or persist(path, { overwrite: true }).`,
  })
  await assert.rejects(file.persist(directory), { code: 'EEXIST' })
  assert.equal(readFileSync(path, 'utf8'), 'before')
})

test('follows no link that waits at the path', { skip: windows }, async (t) => {
  const { file } = await store(scratch(t))
  const directory = scratch(t)
  const [path, victim] = [join(directory, 'kept.txt'), join(directory, 'victim')]
  symlinkSync(victim, path)
  await assert.rejects(file.persist(path), { code: 'EEXIST' })
  assert.equal(existsSync(victim), false)
  writeFileSync(victim, 'victim')
  await file.persist(path, { overwrite: true })
  assert.equal(readFileSync(victim, 'utf8'), 'victim')
  assert.equal(readFileSync(path, 'utf8'), content)
})

test('replaces an existing file when asked, and leaves no temporary file', async (t) => {
  const { file } = await store(scratch(t))
  const directory = scratch(t)
  const path = join(directory, 'kept.txt')
  writeFileSync(path, 'before')
  linkSync(path, join(directory, 'copy.txt'))
  await file.persist(path, { overwrite: true })
  await file.persist(path, { overwrite: true })
  assert.equal(readFileSync(path, 'utf8'), content)
  assert.equal(readFileSync(join(directory, 'copy.txt'), 'utf8'), 'before')
  assert.deepEqual(readdirSync(directory).sort(), ['copy.txt', 'kept.txt'])
})

test('leaves no temporary file beside a file that it cannot replace', { skip: windows }, async (t) => {
  const { file } = await store(scratch(t))
  const directory = scratch(t)
  const path = join(directory, 'kept')
  mkdirSync(path)
  await assert.rejects(file.persist(path, { overwrite: true }), { code: 'EISDIR' })
  assert.deepEqual(readdirSync(directory), ['kept'])
})

test('names the directory that is missing', async (t) => {
  const { file } = await store(scratch(t))
  const missing = join(scratch(t), 'missing')
  const path = join(missing, 'kept.txt')
  const expected = {
    code: 'ENOENT',
    message: `Cannot persist a file as ${path}: there is no directory ${missing}. Create it first.`,
  }
  await assert.rejects(file.persist(path), expected)
  await assert.rejects(file.persist(path, { overwrite: true }), expected)
})

test('explains after the answer that the file is no longer stored', async (t) => {
  const { file, storage, id } = await store(scratch(t))
  await storage.remove(id)
  await assert.rejects(file.persist(join(scratch(t), 'kept.txt')), {
    code: 'ENOENT',
    message: /the file is no longer stored\. Call persist\(\) before the action returns\.$/,
  })
})

test('leaves nothing of a copy when the other disk is full', { skip: windows }, async (t) => {
  const disk = smallDisk(t)
  if (disk === undefined) return copyBeyondLimit(t)
  const { file } = await store(scratch(t), pieces(40, 65_536))
  const before = descriptors()
  await assert.rejects(file.persist(join(disk, 'kept.bin')), { code: 'ENOSPC' })
  await assert.rejects(file.persist(join(disk, 'kept.bin'), { overwrite: true }), { code: 'ENOSPC' })
  assert.deepEqual(readdirSync(disk), [])
  assert.equal(descriptors(), before)
})

test('leaves nothing of a copy that exceeds the size limit of the process', {
  skip: windows,
}, async (t) => {
  await copyBeyondLimit(t)
})

/** A storage without paths copies through the process, whose limit stands for the full disk. */
async function copyBeyondLimit(t: TestContext): Promise<void> {
  const target = scratch(t)
  const script = `
    process.on('SIGXFSZ', () => {})
    const { openStored } = await import(${JSON.stringify(fileModule)})
    const content = new Blob([Buffer.alloc(2 ** 20)])
    const file = await openStored({ open: async () => content }, { id: 'a', name: 'a', type: '' })
    await file.persist(${JSON.stringify(join(target, 'kept.bin'))}).catch((error) => console.log(error.code))`
  const shell = `ulimit -f 512; exec "$0" --input-type=module -e "$1"`
  const child = spawnSync('bash', ['-c', shell, process.execPath, script], { encoding: 'utf8' })
  assert.equal(child.stdout, 'EFBIG\n', child.stderr)
  assert.deepEqual(readdirSync(target), [])
}

test('persists from a storage that has no paths', async (t) => {
  const blob = new Blob([content])
  const storage: FileStorage = {
    put: async () => {},
    open: async () => blob,
    remove: async () => {},
    sweep: async () => 0,
  }
  const file = await openStored(storage, { id: newFileId(), name: 'seal.txt', type: 'text/plain', size: 27 })
  assert.ok(file)
  const path = join(scratch(t), 'kept.txt')
  await file.persist(path)
  assert.equal(readFileSync(path, 'utf8'), content)
  assert.equal(statSync(path).mode & 0o077, 0)
  await assert.rejects(file.persist(path), { code: 'EEXIST' })
})

test('refuses unknown options and values that are not paths', async (t) => {
  const { file } = await store(scratch(t))
  const misspelt: object = { overwrites: true }
  await assert.rejects(file.persist(join(scratch(t), 'a'), misspelt), { code: 'ERR_OPTION_INVALID' })
  await assert.rejects(file.persist(''), { code: 'ERR_OPTION_INVALID' })
})

test('streams into a buffer that the reader brings', async (t) => {
  const { file } = await store(scratch(t))
  const before = descriptors()
  const reader = file.stream().getReader({ mode: 'byob' })
  const first = await reader.read(new Uint8Array(8))
  assert.equal(Buffer.from(first.value ?? []).toString(), 'The seal')
  await reader.cancel()
  assert.equal(descriptors(), before)
})

test('tells a reader of the stream that the file is gone', async (t) => {
  const { file, storage, id } = await store(scratch(t))
  await storage.remove(id)
  await assert.rejects(file.stream().getReader().read(), { code: 'ENOENT' })
  await assert.rejects(file.text(), { name: 'NotReadableError' })
})

test('refuses to be copied without being read, where its content is streamed', async () => {
  const file = new StreamedFile(new Blob([content]), { name: 'seal.txt', type: 'text/plain' })
  const refusal = { name: 'TypeError', message: /await file\.arrayBuffer\(\)/ }
  for (const part of [file, file.slice(0, 3)]) {
    assert.throws(() => new Blob([part]), refusal)
    assert.throws(() => new File([part], 'other.txt'), refusal)
    assert.throws(() => structuredClone(part), refusal)
  }
  assert.throws(() => new FormData().append('story', file, 'other.txt'), refusal)
})

test('fails when streamed content is longer or shorter than it was', async () => {
  const stream = () => new Blob([content]).stream()
  for (const size of [content.length - 1, content.length + 1]) {
    const file = new StreamedFile({ size, stream }, { name: 'seal.txt', type: 'text/plain' })
    await assert.rejects(file.text(), /has changed its length/)
    await assert.rejects(file.arrayBuffer(), /has changed its length/)
  }
})

test('streams a part without reading behind it', async () => {
  let read = 0
  const stream = () =>
    new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          read++
          controller.enqueue(Buffer.alloc(10, read))
        },
      },
      { highWaterMark: 0 },
    )
  const file = new StreamedFile({ size: 1000, stream }, { name: 'a', type: '' })
  assert.deepEqual([...(await file.slice(8, 12).bytes())], [1, 1, 2, 2])
  assert.equal(read, 2)
  assert.equal((await file.slice(5, 5).bytes()).length, 0)
  assert.equal(read, 2)
})
