import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import nacl from 'tweetnacl'
import { SealformError, type SealformErrorCode } from '../../../lib/base/errors.js'
import { createKeyRing } from '../../../lib/seal/key-ring.js'
import {
  copyDigest,
  idOf,
  matchesSession,
  maxSealLength,
  open,
  seal,
  sessionBinding,
} from '../../../lib/seal/seal.js'
import type { SealContent } from '../../../lib/seal/seal-content.js'

const key = (from: number) =>
  Buffer.from(Array.from({ length: 32 }, (_, i) => (from + i * 5) & 0xff)).toString('base64')
const ring = createKeyRing(key(1), {})

const content = (some: Partial<SealContent> = {}): SealContent => ({
  audience: '',
  action: 'todos.add',
  version: undefined,
  issued: 1_760_000_000,
  expires: 1_760_086_400,
  session: undefined,
  path: undefined,
  owner: undefined,
  values: '',
  ...some,
})

function refusesToSeal(some: Partial<SealContent>, code: SealformErrorCode, message: RegExp): void {
  assert.throws(
    () => seal(ring, 'action', content(some)),
    (error: unknown) => {
      assert.ok(error instanceof SealformError)
      assert.equal(error.code, code)
      assert.match(error.message, message)
      return true
    },
  )
}

test('opens what it sealed', () => {
  const all = content({
    audience: 'shop',
    version: '2',
    session: sessionBinding(ring, 'sid'),
    path: '/lists/7',
    values: '["list-7"]',
  })
  const opened = open(ring, 'action', seal(ring, 'action', all))
  assert.deepEqual(opened?.content, all)
  assert.equal(opened?.keyId, ring.ids[0])
})

test('opens what it sealed for bound values of every length up to the largest', () => {
  for (let length = 1; length <= 200; length++) {
    const values = 'v'.repeat(length)
    assert.equal(open(ring, 'action', seal(ring, 'action', content({ values })))?.content.values, values)
  }
  const longest = 'v'.repeat(6080 - 26 - 2)
  assert.equal(
    open(ring, 'action', seal(ring, 'action', content({ values: longest })))?.content.values,
    longest,
  )
})

test('keeps text beyond ASCII in each field, whether short or long', () => {
  for (const text of ['é', '日本語', '🦭', `${'a'.repeat(47)}é`, '🦭'.repeat(60), '\u0000\u007f\uFEFF']) {
    const some = content({ audience: text, action: text, version: text, path: text, values: text })
    assert.deepEqual(open(ring, 'action', seal(ring, 'action', some))?.content, some)
  }
})

test('distinguishes an absent version or path from an empty one', () => {
  const empty = open(ring, 'action', seal(ring, 'action', content({ version: '', path: '' })))?.content
  assert.equal(empty?.version, '')
  assert.equal(empty?.path, '')
  const absent = open(ring, 'action', seal(ring, 'action', content()))?.content
  assert.equal(absent?.version, undefined)
  assert.equal(absent?.path, undefined)
})

test('seals an unbound action in at most 160 characters', () => {
  assert.equal(seal(ring, 'action', content()).length, 146)
  assert.equal(seal(ring, 'action', content({ audience: 'shop', action: 'a'.repeat(25) })).length, 146)
  const session = sessionBinding(ring, 'sid')
  assert.equal(seal(ring, 'action', content({ action: 'a'.repeat(25), session })).length, 146)
})

test('pads the length to steps, so that it reveals little about the content', () => {
  const lengths = Array.from(
    { length: 38 },
    (_, i) => seal(ring, 'action', content({ action: 'a'.repeat(i + 10) })).length,
  )
  assert.deepEqual([...new Set(lengths)], [146])
  assert.equal(seal(ring, 'action', content({ action: 'a'.repeat(48) })).length, 231)
})

test('seals a box that tweetnacl opens', () => {
  const bytes = Buffer.from(seal(ring, 'action', content()), 'base64url')
  assert.equal(bytes[0], 1)
  assert.equal(bytes.subarray(1, 5).toString('hex'), ring.ids[0])
  const box = new Uint8Array(bytes.subarray(29))
  const opened = nacl.secretbox.open(
    box,
    new Uint8Array(bytes.subarray(5, 29)),
    ring.sealing.subkey('action'),
  )
  assert.equal(opened?.length, 64)
  assert.equal(
    Buffer.from(opened ?? [])
      .subarray(17, 26)
      .toString(),
    'todos.add',
  )
})

test('uses a new nonce for each of 10,000 seals', () => {
  const nonces = new Set<string>()
  for (let i = 0; i < 10_000; i++) {
    nonces.add(Buffer.from(seal(ring, 'action', content()), 'base64url').toString('hex', 5, 29))
  }
  assert.equal(nonces.size, 10_000)
  assert.ok(![...nonces].some((nonce) => nonce.includes('0'.repeat(16))))
})

test('uses the nonce as the one-time id', () => {
  const token = seal(ring, 'action', content())
  const opened = open(ring, 'action', token)
  assert.ok(opened)
  open(ring, 'action', seal(ring, 'action', content()))
  assert.equal(idOf(opened), Buffer.from(token, 'base64url').toString('base64url', 5, 29))
  assert.match(idOf(opened), /^[\w-]{32}$/)
})

test('refuses a token with any one bit flipped', () => {
  const bytes = Buffer.from(seal(ring, 'action', content()), 'base64url')
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes)
    changed[bit >> 3]! ^= 1 << (bit & 7)
    assert.equal(open(ring, 'action', changed.toString('base64url')), undefined, `bit ${bit}`)
  }
})

test('refuses a token that was cut at any place', () => {
  const token = seal(ring, 'action', content({ values: 'v'.repeat(100) }))
  for (let length = 0; length < token.length; length++) {
    assert.equal(open(ring, 'action', token.slice(0, length)), undefined, `first ${length} characters`)
    assert.equal(open(ring, 'action', token.slice(length + 1)), undefined, `without the first ${length + 1}`)
  }
  for (let size = 0; size < 173; size++) {
    const bytes = Buffer.from(token, 'base64url').subarray(0, size)
    assert.equal(open(ring, 'action', bytes.toString('base64url')), undefined, `first ${size} bytes`)
  }
})

test('refuses a token with any one character replaced', () => {
  const token = seal(ring, 'action', content())
  for (let i = 0; i < token.length; i++) {
    for (const other of ['A', '_', '+', '/', '=', ' ', '\n', '.', '%', 'é', 'Ā', '\0', '\uD800']) {
      if (token[i] === other) continue
      assert.equal(
        open(ring, 'action', token.slice(0, i) + other + token.slice(i + 1)),
        undefined,
        `${other} at ${i}`,
      )
    }
  }
})

test('refuses a seal made for another purpose', () => {
  const token = seal(ring, 'action', content())
  assert.equal(open(ring, 'state', token), undefined)
  assert.equal(open(ring, 'upload', token), undefined)
  assert.equal(open(ring, 'action', seal(ring, 'state', content())), undefined)
})

test('refuses a seal from another key ring', () => {
  assert.equal(open(createKeyRing(key(2), {}), 'action', seal(ring, 'action', content())), undefined)
})

test('opens old seals through all four steps of a key rotation', () => {
  const [older, newer] = [key(1), key(2)]
  const steps = [[older], [older, newer], [newer, older], [newer]].map((keys) => createKeyRing(keys, {}))
  const tokens = steps.map((step) => seal(step, 'action', content()))
  const opens = steps.map((step) => tokens.map((token) => open(step, 'action', token) !== undefined))
  assert.deepEqual(opens, [
    [true, true, false, false],
    [true, true, true, true],
    [true, true, true, true],
    [false, false, true, true],
  ])
})

test('never throws, whatever it is given', () => {
  const strange: unknown[] = [
    undefined,
    null,
    0,
    NaN,
    1n,
    true,
    Symbol('seal'),
    {},
    [],
    () => '',
    new Uint8Array(109),
  ]
  strange.push({ length: 146, toString: () => seal(ring, 'action', content()) }, [
    seal(ring, 'action', content()),
  ])
  strange.push(new String(seal(ring, 'action', content())), new Proxy({}, {}))
  strange.push(
    'A'.repeat(146),
    '\uD800'.repeat(146),
    'é'.repeat(146),
    'A'.repeat(8192),
    'A'.repeat(1_000_000),
  )
  for (const value of strange)
    assert.equal(open(ring, 'action', value as string), undefined, inspect(value).slice(0, 60))
})

test('refuses random bytes behind a valid header', () => {
  const bytes = Buffer.from(seal(ring, 'action', content()), 'base64url')
  for (let i = 0; i < 1000; i++) {
    const random = Buffer.concat([bytes.subarray(0, 5), Buffer.from(nacl.randomBytes(104))])
    assert.equal(open(ring, 'action', random.toString('base64url')), undefined)
  }
})

test('shows nothing of a failed opening to the next one', () => {
  const token = seal(ring, 'action', content({ values: 'secret'.repeat(20) }))
  assert.equal(open(ring, 'action', `${token.slice(0, -2)}AA`), undefined)
  assert.equal(open(ring, 'action', seal(ring, 'action', content()))?.content.values, '')
})

test('keeps an opened content unchanged when another seal is opened', () => {
  const session = sessionBinding(ring, 'one')
  const opened = open(ring, 'action', seal(ring, 'action', content({ session })))
  open(
    ring,
    'action',
    seal(ring, 'action', content({ action: 'other.one', session: sessionBinding(ring, 'two') })),
  )
  assert.deepEqual(opened?.content.session, session)
  assert.equal(opened?.content.action, 'todos.add')
})

test('seals content up to 8 KiB and refuses one byte more, naming the action and the sizes', () => {
  const room = 6080 - 26 - 2
  const token = seal(ring, 'action', content({ values: 'v'.repeat(room) }))
  assert.equal(token.length, 8167)
  assert.ok(token.length <= maxSealLength)
  refusesToSeal(
    { values: 'v'.repeat(room + 1) },
    'ERR_SEAL_TOO_LARGE',
    /"todos.add" would have 8252 characters; the limit is 8192/,
  )
  refusesToSeal({ values: 'v'.repeat(100_000) }, 'ERR_SEAL_TOO_LARGE', /the limit is 8192/)
  refusesToSeal({ path: `/${'p'.repeat(room)}` }, 'ERR_SEAL_TOO_LARGE', /"todos.add"/)
  refusesToSeal({ values: 'é'.repeat(room / 2 + 1) }, 'ERR_SEAL_TOO_LARGE', /8252/)
})

test('takes names of 255 bytes and refuses 256', () => {
  const longest = 'a'.repeat(255)
  const some = content({ audience: longest, action: longest, version: longest })
  assert.deepEqual(open(ring, 'action', seal(ring, 'action', some))?.content, some)
  refusesToSeal({ audience: 'a'.repeat(256) }, 'ERR_OPTION_INVALID', /at most 255 bytes/)
  refusesToSeal({ action: 'a'.repeat(256) }, 'ERR_OPTION_INVALID', /at most 255 bytes/)
  refusesToSeal({ version: 'é'.repeat(128) }, 'ERR_OPTION_INVALID', /at most 255 bytes/)
})

test('refuses to seal text with a lone surrogate, which UTF-8 would change', () => {
  refusesToSeal({ audience: 'a\uD800' }, 'ERR_OPTION_INVALID', /well-formed/)
  refusesToSeal({ path: '/\uDC00' }, 'ERR_OPTION_INVALID', /well-formed/)
})

test('takes times from 1970 to 2106, and refuses others', () => {
  const some = content({ issued: 0, expires: 4_294_967_295 })
  assert.deepEqual(open(ring, 'action', seal(ring, 'action', some))?.content, some)
  refusesToSeal({ expires: 4_294_967_296 }, 'ERR_OPTION_INVALID', /shorter "ttl"/)
  refusesToSeal({ issued: -1 }, 'ERR_OPTION_INVALID', /whole seconds/)
  refusesToSeal({ expires: 1.5 }, 'ERR_OPTION_INVALID', /whole seconds/)
  refusesToSeal({ expires: NaN }, 'ERR_OPTION_INVALID', /whole seconds/)
})

test('seals normally after a refusal', () => {
  refusesToSeal({ values: 'v'.repeat(6500) }, 'ERR_SEAL_TOO_LARGE', /limit/)
  assert.deepEqual(open(ring, 'action', seal(ring, 'action', content()))?.content, content())
})

test('matches the session that the seal was bound to, and no other', () => {
  const opened = open(
    ring,
    'action',
    seal(ring, 'action', content({ session: sessionBinding(ring, 'alice') })),
  )
  assert.ok(opened)
  assert.equal(matchesSession(ring, opened, 'alice'), true)
  assert.equal(matchesSession(ring, opened, 'bob'), false)
  assert.equal(matchesSession(ring, opened, ''), false)
  assert.equal(matchesSession(ring, opened, undefined), false)
})

test('matches a seal without a session only to a request without one', () => {
  const opened = open(ring, 'action', seal(ring, 'action', content()))
  assert.ok(opened)
  assert.equal(matchesSession(ring, opened, undefined), true)
  assert.equal(matchesSession(ring, opened, ''), false)
  assert.equal(matchesSession(ring, opened, 'alice'), false)
})

test('matches a session with an older key when another key seals now', () => {
  const opened = open(
    ring,
    'action',
    seal(ring, 'action', content({ session: sessionBinding(ring, 'alice') })),
  )
  assert.ok(opened)
  const rotated = createKeyRing([key(2), key(1)], {})
  assert.equal(matchesSession(rotated, opened, 'alice'), true)
  assert.equal(matchesSession(rotated, opened, 'bob'), false)
  assert.equal(matchesSession(createKeyRing(key(2), {}), opened, 'alice'), false)
})

test('binds sessions that differ only in a lone surrogate to different bytes', () => {
  assert.equal(sessionBinding(ring, 'a').length, 16)
  assert.notDeepEqual(sessionBinding(ring, 'a\uD800'), sessionBinding(ring, 'a\uD801'))
})

test('digests what came with a seal: the same on every server that opens it, and another for every difference', () => {
  const token = seal(ring, 'action', content())
  const opened = open(ring, 'action', token)!
  const sent = ['what was', 'sent']
  const digest = copyDigest(ring, opened, sent)
  assert.match(digest ?? '', /^[\w-]{22}$/)
  const rotated = createKeyRing([key(2), key(1)], {})
  assert.equal(copyDigest(rotated, open(rotated, 'action', token)!, sent), digest)
  for (const other of [
    ['what was', 'sent.'],
    ['what was', 'sent', ''],
    ['what', 'was', 'sent'],
    ['what was4:sent'],
    [],
  ]) {
    assert.notEqual(copyDigest(ring, opened, other), digest, JSON.stringify(other))
  }
  const another = open(ring, 'action', seal(ring, 'action', content()))!
  assert.notEqual(copyDigest(ring, another, sent), digest)
  const other = createKeyRing(key(2), {})
  const elsewhere = open(other, 'action', seal(other, 'action', content()))!
  assert.notEqual(copyDigest(other, elsewhere, sent), digest)
  assert.equal(copyDigest(other, opened, sent), undefined, 'the key has left the ring')
})
