import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { SealformError, type SealformErrorCode } from '../../../lib/base/errors.js'
import { createKeyRing } from '../../../lib/seal/key-ring.js'

const bytes = (length: number, from = 0) =>
  Buffer.from(Array.from({ length }, (_, i) => (from + i * 7) & 0xff))
const first = bytes(32).toString('base64')
const second = bytes(24, 3).toString('base64')
const third = bytes(16, 5).toString('base64url')

function refused(keys: unknown, code: SealformErrorCode, message: RegExp, env: NodeJS.ProcessEnv = {}): void {
  assert.throws(
    () => createKeyRing(keys as string, env),
    (error: unknown) => {
      assert.ok(error instanceof SealformError)
      assert.equal(error.code, code)
      assert.match(error.message, message)
      return true
    },
  )
}

test('takes keys of 16, 24 and 32 bytes, in base64 and base64url, from a list', () => {
  const ring = createKeyRing([first, second, third], {})
  assert.equal(ring.ids.length, 3)
  for (const id of ring.ids) assert.match(id, /^[0-9a-f]{8}$/)
})

test('takes keys separated by commas, with space around them', () => {
  assert.deepEqual(createKeyRing(` ${first}, ${second}\n`, {}).ids, createKeyRing([first, second], {}).ids)
})

test('reads SEALFORM_KEYS when there is no option', () => {
  const ring = createKeyRing(undefined, { SEALFORM_KEYS: `${first},${second}` })
  assert.deepEqual(ring.ids, createKeyRing([first, second], {}).ids)
})

test('prefers the option to SEALFORM_KEYS', () => {
  assert.deepEqual(createKeyRing(first, { SEALFORM_KEYS: second }).ids, createKeyRing(first, {}).ids)
})

test('derives the same ids from base64 and base64url, with and without padding', () => {
  const key = Buffer.from(Array.from({ length: 32 }, (_, i) => 255 - i))
  const [id] = createKeyRing(key.toString('base64'), {}).ids
  assert.match(key.toString('base64'), /[+/]/)
  assert.deepEqual(createKeyRing(key.toString('base64url'), {}).ids, [id])
  assert.deepEqual(createKeyRing(key.toString('base64').replace('=', ''), {}).ids, [id])
  assert.deepEqual(createKeyRing(`${key.toString('base64url')}=`, {}).ids, [id])
})

test('seals with the first key and finds every key by its number', () => {
  const ring = createKeyRing([first, second, third], {})
  assert.equal(ring.sealing.id, ring.ids[0])
  assert.deepEqual(
    ring.ids.map((id) => ring.find(Number.parseInt(id, 16))?.id),
    ring.ids,
  )
  assert.equal(ring.find(1), undefined)
})

test('has a different 32-byte subkey for each purpose and each key', () => {
  const ring = createKeyRing([first, second], {})
  const other = ring.find(Number.parseInt(ring.ids[1]!, 16))!
  const subkeys = [
    ring.sealing.subkey('action'),
    ring.sealing.subkey('state'),
    ring.sealing.subkey('upload'),
    ring.sealing.subkey('session'),
    ring.sealing.subkey('copy'),
    ring.sealing.subkey('path'),
    ring.sealing.subkey('live'),
    other.subkey('action'),
    other.subkey('state'),
    other.subkey('upload'),
    other.subkey('session'),
    other.subkey('copy'),
    other.subkey('path'),
    other.subkey('live'),
  ]
  for (const subkey of subkeys) assert.equal(subkey.length, 32)
  assert.equal(new Set(subkeys.map((subkey) => Buffer.from(subkey).toString('hex'))).size, subkeys.length)
})

test('derives the same subkeys as every release before', () => {
  const key = createKeyRing(first, {}).sealing
  assert.equal(key.id, '59c6210e')
  assert.equal(
    Buffer.from(key.subkey('action')).toString('hex'),
    '1192afd3bdcf3923ba4289105d079c8722224c8356f1cc823188969ef900d233',
  )
  assert.equal(
    Buffer.from(key.subkey('session')).toString('hex'),
    '7c2ffb25166901e84479ba8d1da80b2eb386113daf81c1c8db0323c217b1c4de',
  )
})

test('shows ids and no secrets when it is printed or serialized', () => {
  const ring = createKeyRing([first, second], {})
  const secrets = [ring.sealing.subkey('action'), ring.sealing.subkey('session'), bytes(32)]
  const shown = [
    inspect(ring, { showHidden: true, depth: Infinity, maxArrayLength: null }),
    inspect(ring.sealing, { showHidden: true, depth: Infinity }),
    JSON.stringify(ring),
    String(ring),
    JSON.stringify(structuredClone(ring)),
    JSON.stringify({ ...ring.sealing }),
  ].join('\n')
  for (const secret of secrets) {
    const buffer = Buffer.from(secret)
    for (const spelling of [buffer.toString('hex'), buffer.toString('base64url'), buffer.join(', ')]) {
      assert.ok(!shown.includes(spelling.slice(0, 20)))
    }
  }
  assert.ok(shown.includes(ring.ids[0]!))
  assert.doesNotMatch(shown, /Uint8Array|Buffer/)
})

test('refuses 15, 17, 23, 25, 31 and 33 bytes and says how many there are', () => {
  refused(bytes(15).toString('base64'), 'ERR_KEY_INVALID', /15 bytes; a key has 16, 24 or 32/)
  refused(bytes(17).toString('base64'), 'ERR_KEY_INVALID', /17 bytes/)
  refused(bytes(23).toString('base64'), 'ERR_KEY_INVALID', /23 bytes/)
  refused(bytes(25).toString('base64'), 'ERR_KEY_INVALID', /25 bytes/)
  refused(bytes(31).toString('base64'), 'ERR_KEY_INVALID', /31 bytes/)
  refused(bytes(33).toString('base64'), 'ERR_KEY_INVALID', /33 bytes/)
})

test('refuses hexadecimal, and says how to convert it', () => {
  refused(
    bytes(32).toString('hex'),
    'ERR_KEY_INVALID',
    /hexadecimal.*toString\("base64"\).*npx sealform keygen/,
  )
  refused(bytes(32).toString('hex').toUpperCase(), 'ERR_KEY_INVALID', /hexadecimal/)
})

test('refuses 32 hexadecimal characters, which are also 24 bytes of base64', () => {
  refused(bytes(16).toString('hex'), 'ERR_KEY_INVALID', /hexadecimal/)
})

test('refuses a key of repeated bytes', () => {
  refused(Buffer.alloc(32).toString('base64'), 'ERR_KEY_INVALID', /repeats the same few bytes/)
  refused(Buffer.alloc(16, 0x61).toString('base64'), 'ERR_KEY_INVALID', /repeats the same few bytes/)
  refused(Buffer.alloc(24, 'abcd').toString('base64'), 'ERR_KEY_INVALID', /repeats the same few bytes/)
})

test('takes a key in which five bytes recur', () => {
  assert.equal(createKeyRing(Buffer.alloc(32, 'abcde').toString('base64'), {}).ids.length, 1)
})

test('refuses the same key twice, even in two spellings', () => {
  refused(`${first},${second},${first}`, 'ERR_KEY_INVALID', /same key twice: key 3 is the same as key 1/)
  const key = Buffer.alloc(32, 'ÿþýüûú~?')
  refused(
    [key.toString('base64'), key.toString('base64url')],
    'ERR_KEY_INVALID',
    /key 2 is the same as key 1/,
  )
})

test('refuses an empty entry, an empty option and an empty list', () => {
  refused(`${first},`, 'ERR_KEY_INVALID', /key 2 is empty/)
  refused(`,${first}`, 'ERR_KEY_INVALID', /key 1 is empty/)
  refused('', 'ERR_KEY_INVALID', /key 1 is empty/)
  refused([first, ' '], 'ERR_KEY_INVALID', /key 2 is empty/)
  refused([], 'ERR_KEY_INVALID', /empty list/)
})

test('refuses characters of neither alphabet and says where', () => {
  refused(
    `${first.slice(0, 9)}!${first.slice(10)}`,
    'ERR_KEY_INVALID',
    /key 1 has a character at position 10/,
  )
  refused(`"${first}"`, 'ERR_KEY_INVALID', /position 1 /)
  refused(`${first.slice(0, 4)} ${first.slice(5)}`, 'ERR_KEY_INVALID', /position 5 /)
  refused(`${first.slice(0, 4)}=${first.slice(5)}`, 'ERR_KEY_INVALID', /position 5 /)
  refused(`${first.slice(0, 4)}é${first.slice(5)}`, 'ERR_KEY_INVALID', /position 5 /)
})

test('refuses a mixture of the two alphabets', () => {
  refused(`+_${first.slice(2)}`, 'ERR_KEY_INVALID', /mixes the alphabets/)
})

test('refuses base64 that is cut short, padded wrongly or not canonical', () => {
  refused(`${first.slice(0, 41)}`, 'ERR_KEY_INVALID', /not complete base64/)
  refused(`${first}=`, 'ERR_KEY_INVALID', /not complete base64/)
  refused(`${first.slice(0, 42)}Z=`, 'ERR_KEY_INVALID', /not complete base64/)
})

test('refuses values that are not strings', () => {
  refused([first, undefined], 'ERR_KEY_INVALID', /key 2 is undefined/)
  refused([null], 'ERR_KEY_INVALID', /key 1 is null/)
  refused(bytes(32), 'ERR_KEY_INVALID', /must be a string or an array of strings, not object/)
  refused(7, 'ERR_KEY_INVALID', /not number/)
})

test('names the source of a key that is not valid', () => {
  refused('abc', 'ERR_KEY_INVALID', /^The "keys" option: key 1/)
  refused(undefined, 'ERR_KEY_INVALID', /^SEALFORM_KEYS: key 1/, { SEALFORM_KEYS: 'abc' })
})

test('shows no part of a key in any refusal', () => {
  const secret = randomBytes(32)
  const base64 = secret.toString('base64')
  const attempts = [
    secret.toString('hex'),
    `${base64.slice(0, 40)}`,
    `${base64}!`,
    `${base64},${base64}`,
    `+_${base64}`,
  ]
  for (const attempt of attempts) {
    assert.throws(
      () => createKeyRing(attempt, {}),
      (error: unknown) => {
        const shown = inspect(error, { showHidden: true, depth: 5 }).replace(/\n\s+at .*/g, '')
        return ![attempt.slice(2, 12), attempt.slice(-12, -2)].some((part) => shown.includes(part))
      },
    )
  }
})

test('refuses to start in production without a key, and prints the command that makes one', () => {
  refused(undefined, 'ERR_KEY_MISSING', /npx sealform keygen.*SEALFORM_KEYS/, { NODE_ENV: 'production' })
  refused(undefined, 'ERR_KEY_MISSING', /npx sealform keygen/, { NODE_ENV: 'production', SEALFORM_KEYS: '' })
  refused(undefined, 'ERR_KEY_MISSING', /npx sealform keygen/, {
    NODE_ENV: 'production',
    SEALFORM_KEYS: ' \n',
  })
})

test('refuses to start without a key in every environment that is not development by name, and says why', () => {
  for (const NODE_ENV of [
    'staging',
    'Production',
    'PRODUCTION',
    'prod',
    'Development',
    'dev',
    ' development',
  ]) {
    refused(undefined, 'ERR_KEY_MISSING', /production mode, because NODE_ENV is ".*", so none is made up/, {
      NODE_ENV,
    })
  }
})

test('follows the option in place of NODE_ENV', () => {
  for (const NODE_ENV of [undefined, '', 'development', 'test']) {
    assert.throws(() => createKeyRing(undefined, { NODE_ENV }, false), {
      code: 'ERR_KEY_MISSING',
      message: /because of createActions\(\{ development: false \}\)/,
    })
  }
  assert.equal(createKeyRing(undefined, { NODE_ENV: 'production' }, true).isRandom, true)
  assert.equal(createKeyRing(first, {}, true).isRandom, false)
})

test('makes a random key outside of production and warns once', async () => {
  const warnings: Error[] = []
  const collect = (warning: Error) => warnings.push(warning)
  process.on('warning', collect)
  const one = createKeyRing(undefined, { NODE_ENV: 'development' })
  const two = createKeyRing(undefined, {})
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', collect)
  assert.notDeepEqual(one.ids, two.ids)
  assert.equal(warnings.length, 1)
  assert.equal(warnings[0]?.name, 'SealformWarning')
  assert.equal(Reflect.get(warnings[0], 'code'), 'SEALFORM_DEVELOPMENT_KEY')
  assert.match(warnings[0].message, /npx sealform keygen/)
})
