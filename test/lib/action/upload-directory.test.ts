import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, it, type TestContext } from 'node:test'
import { type ActionsOptions, createActions, directoryStorage, newFileId } from '../../../lib/sealform.js'
import { until } from '../../setup/patience.js'

const keyOf = (letter: string) =>
  Buffer.from(`${letter.repeat(3)}x7Kp9Qz2mN4vB6cL8sD1fG3hJ5tR0`).toString('base64')
const [one, two] = [keyOf('a'), keyOf('b')]

/** Makes a temporary directory for the system. */
function scratch(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'sealform-test-'))
  const before = process.env.TMPDIR
  process.env.TMPDIR = path
  t.after(() => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    rmSync(path, { recursive: true })
  })
  return path
}

/** Starts an app that takes files, and returns the name of its directory. */
function start(path: string, options: ActionsOptions): string {
  const before = new Set(readdirSync(path))
  createActions(options).define('upload', { files: { file: {} }, run: () => undefined })
  return readdirSync(path).find((name) => !before.has(name)) ?? 'none of its own'
}

async function* oneByte(): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(1)
}

describe('the default directory of uploads', { skip: process.platform === 'win32' }, () => {
  let user = ''
  beforeEach(() => {
    user = `sealform-${process.getuid?.()}`
  })

  it('differs for two apps of one user, named or not', (t) => {
    const path = scratch(t)
    const names = [
      start(path, { keys: one }),
      start(path, { keys: two }),
      start(path, { keys: one, app: 'shop' }),
      start(path, { keys: one, app: 'admin' }),
    ]
    assert.equal(new Set(names).size, 4)
    assert.match(names[0] ?? '', new RegExp(`^${user}-\\+key-[0-9a-f]{8}$`))
    assert.deepEqual(names.slice(2), [`${user}-shop`, `${user}-admin`])
  })

  it('is the same for all processes of an app, and after a restart', (t) => {
    const path = scratch(t)
    start(path, { keys: one })
    start(path, { keys: two, app: 'shop' })
    start(path, {})
    assert.equal(start(path, { keys: [one, two] }), 'none of its own')
    assert.equal(start(path, { keys: one, app: 'shop' }), 'none of its own')
    assert.equal(start(path, {}), 'none of its own')
  })

  it('is named for the program without a key', (t) => {
    const path = scratch(t)
    assert.match(start(path, {}), new RegExp(`^${user}-\\+program-[0-9a-f]{16}$`))
    directoryStorage()
    assert.equal(readdirSync(path).length, 1)
  })

  it('differs for registries with one key that keep files for different times', (t) => {
    const path = scratch(t)
    const name = start(path, { keys: one })
    assert.equal(start(path, { keys: one, uploads: { keep: '1m' } }), `${name}+60s`)
    assert.equal(start(path, { keys: one, uploads: { keep: '60m' } }), 'none of its own')
  })

  it('is not taken from the name of an app', (t) => {
    const path = scratch(t)
    const name = start(path, { keys: one })
    const named = start(path, { keys: two, app: name.slice(user.length + 1) })
    assert.notEqual(named, name)
    assert.notEqual(
      start(path, { keys: two, app: `shop+60s` }),
      start(path, { keys: two, app: 'shop', uploads: { keep: 60 } }),
    )
  })

  it('keeps the files of one app from the sweep of another', async (t) => {
    const path = scratch(t)
    const long = join(path, start(path, { keys: one }))
    const short = join(path, start(path, { keys: two, uploads: { keep: '1s' } }))
    await directoryStorage({ directory: long }).put(newFileId(), oneByte())
    await directoryStorage({ directory: short }).put(newFileId(), oneByte())
    const later = Date.now() + 20 * 60 * 1000
    t.mock.method(Date, 'now', () => later)
    start(path, { keys: two, uploads: { keep: '1s' } })
    await until(() => readdirSync(short).length === 0)
    assert.equal(readdirSync(long).length, 1)
  })
})
