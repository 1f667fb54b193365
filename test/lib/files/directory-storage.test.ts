import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { directoryStorage } from '../../../lib/files/directory-storage.js'
import { newFileId } from '../../../lib/files/file-storage.js'
import { openStored } from '../../../lib/files/stored-file.js'
import { bytesOf, descriptors, pieces, scratch, smallDisk } from '../../setup/file-storage.js'
import { storageContract } from '../../setup/storage-contract.js'

const windows = process.platform === 'win32'
const run = promisify(execFile)
const modulePath = new URL('../../../lib/files/directory-storage.js', import.meta.url).href

test('returns the stored content from the disk', async (t) => {
  const storage = directoryStorage({ directory: scratch(t) })
  const id = newFileId()
  await storage.put(id, pieces(3, 70_000))
  const stored = await storage.open(id)
  assert.equal(stored?.size, 210_000)
  const bytes = await bytesOf(stored)
  assert.deepEqual([bytes[0], bytes[70_000], bytes[209_999]], [0, 1, 2])
})

storageContract('directory', (t) => {
  const directory = scratch(t)
  return {
    storage: directoryStorage({ directory }),
    other: directoryStorage({ directory }),
    left: async () => readdirSync(directory).length,
  }
})

test('follows no link that waits under the name of a file', { skip: windows }, async (t) => {
  const directory = scratch(t)
  const victim = join(scratch(t), 'victim')
  const storage = directoryStorage({ directory })
  const id = newFileId()
  symlinkSync(victim, storage.path(id))
  await assert.rejects(storage.put(id, pieces(1, 10)), { code: 'EEXIST' })
  assert.equal(existsSync(victim), false)
})

test('opens no link that lies under the name of a file', { skip: windows }, async (t) => {
  const secret = join(scratch(t), 'secret')
  writeFileSync(secret, 'secret', { mode: 0o644 })
  const storage = directoryStorage({ directory: scratch(t) })
  const id = newFileId()
  symlinkSync(secret, storage.path(id))
  assert.equal(await storage.open(id), undefined)
  assert.equal(statSync(secret).mode & 0o777, 0o644)
})

test('refuses a path as an id', async (t) => {
  const directory = scratch(t)
  writeFileSync(join(directory, 'other'), 'other')
  const storage = directoryStorage({ directory })
  for (const id of [
    '',
    '..',
    '../other',
    '/../other',
    `${newFileId()}/x`,
    newFileId().toUpperCase(),
    `${newFileId()}\n`,
  ]) {
    await assert.rejects(storage.put(id, pieces(1, 1)), { code: 'ERR_OPTION_INVALID' }, id)
    assert.equal(await storage.open(id), undefined, id)
    await storage.remove(id)
  }
  assert.deepEqual(readdirSync(directory), ['other'])
})

test('keeps directory and files to their owner, whatever the umask', { skip: windows }, async (t) => {
  const directory = join(scratch(t), 'deep', 'uploads')
  const before = process.umask(0)
  try {
    const storage = directoryStorage({ directory })
    const id = newFileId()
    await storage.put(id, pieces(1, 10))
    assert.equal(statSync(directory).mode & 0o777, 0o700)
    assert.equal(statSync(storage.path(id)).mode & 0o777, 0o600)
  } finally {
    process.umask(before)
  }
})

test('names files only by their id', async (t) => {
  const directory = scratch(t)
  const storage = directoryStorage({ directory })
  const id = newFileId()
  await storage.put(id, pieces(1, 10))
  assert.match(id, /^[0-9a-f]{32}$/)
  assert.deepEqual(readdirSync(directory), [`sealform-${id}`])
})

test('has a directory for the user and the app unless one is given', async (t) => {
  const storage = directoryStorage({ app: '../shop' })
  const path = storage.path(newFileId())
  const directory = join(tmpdir(), `sealform-${process.getuid?.() ?? 'files'}-..%2Fshop`)
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  assert.equal(join(path, '..'), directory)
  assert.equal(statSync(directory).isDirectory(), true)
})

test('refuses a directory that is a link', { skip: windows }, (t) => {
  const parent = scratch(t)
  mkdirSync(join(parent, 'real'))
  symlinkSync(join(parent, 'real'), join(parent, 'link'))
  for (const directory of [join(parent, 'link'), `${join(parent, 'link')}/`]) {
    assert.throws(() => directoryStorage({ directory }), {
      code: 'ERR_OPTION_INVALID',
      message: /link is a symbolic link/,
    })
  }
})

test('refuses a directory that others may write in', { skip: windows }, (t) => {
  for (const mode of [0o770, 0o707, 0o1777]) {
    const directory = scratch(t)
    chmodSync(directory, mode)
    assert.throws(() => directoryStorage({ directory }), {
      code: 'ERR_OPTION_INVALID',
      message: /writable for other users; chmod it to 0700/,
    })
  }
})

test('refuses a directory that belongs to another user', { skip: windows }, (t) => {
  // A user who is not root cannot give a directory away, but the root directory is not theirs.
  const root = process.getuid?.() === 0
  const directory = root ? scratch(t) : '/'
  if (root) chownSync(directory, 12_345, 12_345)
  assert.throws(() => directoryStorage({ directory }), {
    code: 'ERR_OPTION_INVALID',
    message: /belongs to the user \d+, but this process runs as \d+/,
  })
})

test('refuses unknown options, and a path that is a file', (t) => {
  const file = join(scratch(t), 'file')
  writeFileSync(file, '')
  assert.throws(() => directoryStorage({ directory: '' }), { code: 'ERR_OPTION_INVALID' })
  assert.throws(() => directoryStorage({ directory: file }), { code: 'EEXIST' })
  const misspelt: object = { dir: '/x' }
  assert.throws(() => directoryStorage(misspelt), { code: 'ERR_OPTION_INVALID' })
})

test('creates its directory again after it was removed', async (t) => {
  const directory = join(scratch(t), 'uploads')
  const storage = directoryStorage({ directory })
  rmSync(directory, { recursive: true })
  assert.equal(await storage.sweep(new Date()), 0)
  const id = newFileId()
  assert.equal(await storage.open(id), undefined)
  await storage.put(id, pieces(1, 10))
  assert.equal((await storage.open(id))?.size, 10)
})

test('leaves no file behind when the disk is full, and reports that', async (t) => {
  const disk = smallDisk(t)
  if (disk === undefined) return fillByLimit(scratch(t))
  const storage = directoryStorage({ directory: disk })
  const before = descriptors()
  await assert.rejects(storage.put(newFileId(), pieces(64, 65_536)), { code: 'ENOSPC' })
  assert.deepEqual(readdirSync(disk), [])
  assert.equal(descriptors(), before)
  const id = newFileId()
  await storage.put(id, pieces(8, 65_536))
  assert.equal((await storage.open(id))?.size, 524_288)
})

test('leaves no file behind when a file exceeds the size limit of the process', { skip: windows }, (t) => {
  fillByLimit(scratch(t))
})

/** Lets half of a file fit, as on a full disk. */
function fillByLimit(directory: string): void {
  const script = `
    process.on('SIGXFSZ', () => {})
    const { directoryStorage } = await import(${JSON.stringify(modulePath)})
    const storage = directoryStorage({ directory: ${JSON.stringify(directory)} })
    async function* content() { for (let i = 0; i < 9; i++) yield Buffer.alloc(100_000) }
    await storage.put('a'.repeat(32), content()).catch((error) => console.log(error.code))`
  const shell = `ulimit -f 512; exec "$0" --input-type=module -e "$1"`
  const child = spawnSync('bash', ['-c', shell, process.execPath, script], { encoding: 'utf8' })
  assert.equal(child.stdout, 'EFBIG\n', child.stderr)
  assert.deepEqual(readdirSync(directory), [])
}

test('passes on the error when no descriptor is left, and serves the next file', { skip: windows }, (t) => {
  const directory = scratch(t)
  const script = `
    import { closeSync, openSync } from 'node:fs'
    const { directoryStorage } = await import(${JSON.stringify(modulePath)})
    const storage = directoryStorage({ directory: ${JSON.stringify(directory)} })
    async function* content() { yield Buffer.alloc(10) }
    await storage.put('a'.repeat(32), content())
    const taken = []
    try { for (;;) taken.push(openSync('/dev/null')) } catch {}
    await storage.put('b'.repeat(32), content()).catch((error) => console.log(error.code))
    taken.forEach(closeSync)
    await storage.put('b'.repeat(32), content())
    console.log((await storage.open('b'.repeat(32))).size)`
  const shell = `ulimit -n 128; exec "$0" --input-type=module -e "$1"`
  const child = spawnSync('bash', ['-c', shell, process.execPath, script], { encoding: 'utf8' })
  assert.equal(child.stdout, 'EMFILE\n10\n', child.stderr)
})

test('leaves no file behind when the content throws, and throws the same error', async (t) => {
  const directory = scratch(t)
  const storage = directoryStorage({ directory })
  const gone = new Error('the client left')
  async function* content() {
    yield* pieces(2, 65_536)
    throw gone
  }
  const before = descriptors()
  for (let i = 0; i < 50; i++) {
    await assert.rejects(storage.put(newFileId(), content()), (error) => error === gone)
  }
  assert.deepEqual(readdirSync(directory), [])
  assert.equal(descriptors(), before)
})

test('ends the content when it cannot be written', { skip: windows }, async (t) => {
  const disk = smallDisk(t)
  if (disk === undefined) return fillByLimit(scratch(t))
  let ended = false
  async function* content() {
    try {
      yield* pieces(64, 65_536)
    } finally {
      ended = true
    }
  }
  await assert.rejects(directoryStorage({ directory: disk }).put(newFileId(), content()), { code: 'ENOSPC' })
  assert.equal(ended, true)
})

test('holds no descriptor after files are stored, opened and read', async (t) => {
  const storage = directoryStorage({ directory: scratch(t) })
  const before = descriptors()
  for (let i = 0; i < 30; i++) {
    const id = newFileId()
    await storage.put(id, pieces(2, 65_536))
    assert.equal((await bytesOf(await storage.open(id))).length, 131_072)
    await storage.remove(id)
  }
  assert.equal(descriptors(), before)
})

test('sweeps files last used before a time, and no newer ones', async (t) => {
  const directory = scratch(t)
  const storage = directoryStorage({ directory })
  const [old, used, young] = [newFileId(), newFileId(), newFileId()]
  await storage.put(old, pieces(1, 10))
  await storage.put(used, pieces(1, 10))
  await wait(30)
  const then = new Date()
  await wait(30)
  await storage.put(young, pieces(1, 10))
  const stored = await storage.open(used)
  assert.equal(await storage.sweep(then), 1)
  assert.deepEqual(readdirSync(directory).sort(), [`sealform-${used}`, `sealform-${young}`].sort())
  assert.equal((await bytesOf(stored)).length, 10)
})

test('compares the last use to the millisecond', async (t) => {
  const storage = directoryStorage({ directory: scratch(t) })
  const id = newFileId()
  await storage.put(id, pieces(1, 10))
  const { ctimeMs } = statSync(storage.path(id))
  assert.equal(await storage.sweep(new Date(Math.floor(ctimeMs))), 0)
  assert.equal(await storage.sweep(new Date(Math.floor(ctimeMs) + 1)), 1)
})

test('a file that is opened again stays readable through the earlier File', async (t) => {
  const storage = directoryStorage({ directory: scratch(t) })
  const id = newFileId()
  await storage.put(id, pieces(1, 10))
  const first = await openStored(storage, { id, name: 'a', type: '', size: 10 })
  await wait(20)
  const second = await openStored(storage, { id, name: 'a', type: '', size: 10 })
  assert.equal((await first?.text())?.length, 10)
  assert.equal((await second?.text())?.length, 10)
})

test('sweeps only regular files under its own names', { skip: windows }, async (t) => {
  const directory = scratch(t)
  const storage = directoryStorage({ directory })
  const outside = join(scratch(t), 'outside')
  writeFileSync(outside, 'outside')
  const others = [
    'notes.txt',
    'sealform-',
    `sealform-${'a'.repeat(31)}`,
    `sealform-${'a'.repeat(33)}`,
    `sealform-${'A'.repeat(32)}`,
    `sealform-${'g'.repeat(32)}`,
    `sealform-${'a'.repeat(32)}.bak`,
    `x-sealform-${'a'.repeat(32)}`,
  ]
  for (const name of others) writeFileSync(join(directory, name), '')
  mkdirSync(join(directory, `sealform-${'b'.repeat(32)}`))
  symlinkSync(outside, join(directory, `sealform-${'c'.repeat(32)}`))
  await storage.put(newFileId(), pieces(1, 10))
  assert.equal(await storage.sweep(new Date(Date.now() + 60_000)), 1)
  assert.equal(readdirSync(directory).length, others.length + 2)
  assert.equal(readFileSync(outside, 'utf8'), 'outside')
})

test('two processes sweep one directory at once without an error', async (t) => {
  const directory = scratch(t)
  const storage = directoryStorage({ directory })
  await Promise.all(Array.from({ length: 300 }, () => storage.put(newFileId(), pieces(1, 1))))
  const script = `
    const { directoryStorage } = await import(${JSON.stringify(modulePath)})
    const storage = directoryStorage({ directory: ${JSON.stringify(directory)} })
    while (Date.now() < Number(process.argv[1])) {}
    console.log(await storage.sweep(new Date(Date.now() + 60_000)))`
  const start = String(Date.now() + 700)
  const sweep = () => run(process.execPath, ['--input-type=module', '-e', script, start])
  const results = await Promise.all([sweep(), sweep()])
  const counts = results.map(({ stdout }) => Number(stdout))
  assert.equal(counts[0]! + counts[1]!, 300)
  assert.deepEqual(readdirSync(directory), [])
})
