import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { SealformError, type SealformErrorCode } from '../../../lib/base/errors.js'
import { createKeyRing, type Keys } from '../../../lib/seal/key-ring.js'
import { createActions } from '../../../lib/sealform.js'

const key = (from: number) =>
  Buffer.from(Array.from({ length: 32 }, (_, i) => (from + i * 5) & 0xff)).toString('base64')
const [one, two, three] = [key(1), key(2), key(3)]
const idsOf = (...keys: string[]) => createKeyRing(keys, {}).ids

function refused(act: () => unknown, code: SealformErrorCode, message: RegExp): void {
  assert.throws(act, (error: unknown) => {
    assert.ok(error instanceof SealformError)
    assert.equal(error.code, code)
    assert.match(error.message, message)
    return true
  })
}

describe('actions.keys', () => {
  it('shows the ids of the keys, and no part of the keys', () => {
    const { keys } = createActions({ keys: [one, two] })
    assert.deepEqual(keys.ids, idsOf(one, two))
    assert.equal(JSON.stringify(keys), JSON.stringify({ ids: idsOf(one, two) }))
  })

  it('replaces all keys by those that reload() gets', () => {
    const { keys } = createActions({ keys: one })
    keys.reload(`${two},${one}`)
    assert.deepEqual(keys.ids, idsOf(two, one))
    keys.reload([three])
    assert.deepEqual(keys.ids, idsOf(three))
  })

  it('keeps the old keys when the new ones are not valid', () => {
    const { keys } = createActions({ keys: one })
    refused(() => keys.reload(`${two},nonsense!`), 'ERR_KEY_INVALID', /key 2/)
    refused(() => keys.reload([two, two]), 'ERR_KEY_INVALID', /twice/)
    refused(() => keys.reload(''), 'ERR_KEY_INVALID', /key 1 is empty/)
    assert.deepEqual(keys.ids, idsOf(one))
  })

  it('forgets old keys that are not in the new list', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage: () => void = runInNewContext('gc')
    const ring = createKeyRing(one, {})
    const old = oldKeyOf(ring)
    ring.reload(two)
    // Until the end of the job, a WeakRef keeps what it was made for.
    await turn()
    collectGarbage()
    assert.equal(old.deref(), undefined)
  })
})

/** In a function of its own, so that nothing else holds the key. */
function oldKeyOf(ring: ReturnType<typeof createKeyRing>): WeakRef<object> {
  return new WeakRef(ring.sealing.subkey('action'))
}

describe('keys in a file', () => {
  let folder: string
  let file: string
  const before = { ...process.env }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sealform-keys-'))
    file = join(folder, 'keys')
  })

  afterEach(() => {
    rmSync(folder, { recursive: true })
    for (const name of ['SEALFORM_KEYS', 'SEALFORM_KEYS_FILE']) {
      if (before[name] === undefined) delete process.env[name]
      else process.env[name] = before[name]
    }
  })

  function keysFromFile(content: string): Keys {
    writeFileSync(file, content)
    process.env.SEALFORM_KEYS_FILE = file
    return createActions().keys
  }

  it('are read at the start, one on a line or separated by commas', () => {
    assert.deepEqual(keysFromFile(`${one}\n${two}\n`).ids, idsOf(one, two))
    assert.deepEqual(keysFromFile(`${one}\r\n\r\n${two}, ${three}\r\n`).ids, idsOf(one, two, three))
  })

  it('are read again by reload()', () => {
    const keys = keysFromFile(one)
    writeFileSync(file, `${two}\n${one}\n`)
    assert.deepEqual(keys.ids, idsOf(one))
    keys.reload()
    assert.deepEqual(keys.ids, idsOf(two, one))
  })

  it('stay the same while the file is not valid, empty or missing', () => {
    const keys = keysFromFile(one)
    writeFileSync(file, `${two}\n${one.slice(0, 20)}`)
    refused(() => keys.reload(), 'ERR_KEY_INVALID', /^The file in SEALFORM_KEYS_FILE: key 2 /)
    writeFileSync(file, '\n')
    refused(() => keys.reload(), 'ERR_KEY_INVALID', /key 1 is empty/)
    rmSync(file)
    refused(() => keys.reload(), 'ERR_KEY_MISSING', /SEALFORM_KEYS_FILE names ".*keys".*ENOENT/)
    assert.deepEqual(keys.ids, idsOf(one))
  })

  it('are refused at the start when the file is missing, in development too', () => {
    refused(() => createKeyRing(undefined, { SEALFORM_KEYS_FILE: file }), 'ERR_KEY_MISSING', /ENOENT/)
    refused(() => createKeyRing(undefined, { SEALFORM_KEYS_FILE: folder }), 'ERR_KEY_MISSING', /EISDIR/)
  })

  it('are refused together with SEALFORM_KEYS, since one of the two would be ignored', () => {
    writeFileSync(file, one)
    const both = { SEALFORM_KEYS: one, SEALFORM_KEYS_FILE: file }
    refused(() => createKeyRing(undefined, both), 'ERR_KEY_INVALID', /both set.*Unset one/)
  })

  it('are not read when the option is given', () => {
    const env = { SEALFORM_KEYS_FILE: join(folder, 'nowhere') }
    assert.deepEqual(createKeyRing(two, env).ids, idsOf(two))
  })

  it('are read by reload() from SEALFORM_KEYS when the program has changed it', () => {
    const { keys } = createActions({ keys: one })
    process.env.SEALFORM_KEYS = two
    keys.reload()
    assert.deepEqual(keys.ids, idsOf(two))
  })

  it('are required by reload(), which does not generate a random key as a start in development does', () => {
    delete process.env.SEALFORM_KEYS
    const { keys } = createActions({ keys: one })
    refused(() => keys.reload(), 'ERR_KEY_MISSING', /npx sealform keygen/)
    assert.deepEqual(keys.ids, idsOf(one))
  })
})
