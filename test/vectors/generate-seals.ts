/**
 * Writes `test/vectors/seals.json`. It follows the description of the format and shares no code with `lib`, so that the
 * two check each other. Released vectors never change: new ones may be added, and the old ones must
 * come out the same each time.
 *
 *     npm run build && node dist/test/vectors/generate-seals.js && npx biome check --write test/vectors/seals.json
 */
import { createHash, hkdfSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import nacl from 'tweetnacl'

interface Parts {
  audience?: string
  action?: string | Uint8Array
  version?: string
  session?: Uint8Array
  path?: string
  owner?: string
  values?: string | Uint8Array
  issued?: number
  expires?: number
}

interface Spoiled {
  layout?: number
  flags?: number
  innerKey?: Buffer
  innerPurpose?: number
  /** Changes the content after it was padded. */
  content?: (bytes: Buffer) => Buffer
  envelopeVersion?: number
  envelopeKeyId?: Buffer
}

type Purpose = 'action' | 'state' | 'upload' | 'button'

const secret = (label: string, length: number) =>
  createHash('sha256').update(`sealform test key ${label}`).digest().subarray(0, length)
const keyA = secret('A', 32)
const keyB = secret('B', 32)
const key16 = secret('C', 16)
const key24 = secret('D', 24)
const spell = (key: Buffer) => key.toString('base64')
const codes: Record<Purpose, number> = { action: 1, state: 2, upload: 3, button: 4 }
const session = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
const issued = 1_760_000_000
const expires = 1_760_086_400

function derive(key: Buffer, length: number, ...parts: string[]): Buffer {
  const info = Buffer.concat(
    ['sealform', '1', ...parts].map((part) => Buffer.from(`${String.fromCharCode(part.length)}${part}`)),
  )
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), info, length))
}

const keyId = (key: Buffer) => derive(key, 4, 'key id')

function uint(value: number, size: number): Buffer {
  const bytes = Buffer.alloc(size)
  bytes.writeUIntBE(value, 0, size)
  return bytes
}

function text(value: string | Uint8Array, prefix: number): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([uint(bytes.length, prefix), bytes])
}

function claimsOf(parts: Parts, key: Buffer, purpose: Purpose, spoiled: Spoiled): Buffer {
  const { version, path, owner, values } = parts
  const flags =
    (version === undefined ? 0 : 1) +
    (parts.session ? 2 : 0) +
    (path === undefined ? 0 : 4) +
    (values === undefined ? 0 : 8) +
    (owner === undefined ? 0 : 16)
  const bytes = Buffer.concat([
    uint(spoiled.layout ?? 1, 1),
    keyId(spoiled.innerKey ?? key),
    uint(spoiled.innerPurpose ?? codes[purpose], 1),
    uint(spoiled.flags ?? flags, 1),
    uint(parts.issued ?? issued, 4),
    uint(parts.expires ?? expires, 4),
    text(parts.audience ?? '', 1),
    text(parts.action ?? 'todos.add', 1),
    version === undefined ? Buffer.alloc(0) : text(version, 1),
    parts.session ?? Buffer.alloc(0),
    path === undefined ? Buffer.alloc(0) : text(path, 2),
    owner === undefined ? Buffer.alloc(0) : text(owner, 1),
    values === undefined ? Buffer.alloc(0) : text(values, 2),
  ])
  const padded = Buffer.concat([bytes, Buffer.alloc((64 - (bytes.length % 64)) % 64)])
  return spoiled.content ? spoiled.content(padded) : padded
}

function envelope(
  name: string,
  parts: Parts,
  key = keyA,
  purpose: Purpose = 'action',
  spoiled: Spoiled = {},
): Buffer {
  const nonce = createHash('sha256').update(`sealform test nonce ${name}`).digest().subarray(0, 24)
  const box = nacl.secretbox(
    claimsOf(parts, key, purpose, spoiled),
    nonce,
    derive(key, 32, 'subkey', purpose),
  )
  return Buffer.concat([
    uint(spoiled.envelopeVersion ?? 1, 1),
    spoiled.envelopeKeyId ?? keyId(key),
    nonce,
    box,
  ])
}

function valid(name: string, parts: Parts, key = keyA, purpose: Purpose = 'action', keys: Buffer[] = [key]) {
  const bytes = envelope(name, parts, key, purpose)
  const content = {
    audience: parts.audience ?? '',
    action: parts.action ?? 'todos.add',
    version: parts.version ?? null,
    issued: parts.issued ?? issued,
    expires: parts.expires ?? expires,
    session: parts.session ? Buffer.from(parts.session).toString('hex') : null,
    path: parts.path ?? null,
    owner: parts.owner ?? null,
    values: parts.values ?? '',
  }
  return {
    name,
    keys: keys.map(spell),
    purpose,
    token: bytes.toString('base64url'),
    id: bytes.subarray(5, 29).toString('base64url'),
    keyId: keyId(key).toString('hex'),
    content,
  }
}

function invalid(name: string, token: string | Buffer, purpose: Purpose = 'action', keys: Buffer[] = [keyA]) {
  return {
    name,
    keys: keys.map(spell),
    purpose,
    token: typeof token === 'string' ? token : token.toString('base64url'),
  }
}

/** Makes an authentic seal with content that no version of the library writes. */
function crafted(name: string, parts: Parts, spoiled: Spoiled) {
  return invalid(name, envelope(name, parts, keyA, 'action', spoiled))
}

const put =
  (at: number, ...values: number[]) =>
  (bytes: Buffer) =>
    Buffer.concat([bytes.subarray(0, at), Buffer.from(values), bytes.subarray(at + values.length)])

function flip(bytes: Buffer, at: number, bit = 0): Buffer {
  const copy = Buffer.from(bytes)
  copy[at < 0 ? copy.length + at : at]! ^= 1 << bit
  return copy
}

const plain = envelope('the token that is spoiled', {})
const token = plain.toString('base64url')
// A token with characters that differ between the two alphabets.
const special = Array.from({ length: 50 }, (_, i) =>
  envelope(`alphabet ${i}`, {}).toString('base64url'),
).find((t) => /-/.test(t) && /_/.test(t))!
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const otherSpelling = token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1)!) + 1]
// The content of an unbound action has 17 bytes besides the name.
const nameOf = (claimBytes: number) => 'n'.repeat(claimBytes - 17)

const vectors = {
  about:
    'Seals that every release treats the same. "valid" ones open to these content, "invalid" ones do not open. A session is in hexadecimal.',
  valid: [
    valid('an unbound action', {}),
    valid('an audience', { audience: 'shop.example' }),
    valid('an input version', { version: '2' }),
    valid('an empty input version', { version: '' }),
    valid('a session binding', { session }),
    valid('a path', { path: '/lists/7' }),
    valid('an empty path', { path: '' }),
    valid('bound primitives', { values: '["list-7",1.5,true,null]' }),
    valid('a bound Map', { values: '[[1],["Map",2,3],"a",["BigInt","9"]]' }),
    valid('every optional field', {
      audience: 'shop',
      version: '2',
      session,
      path: '/lists/7',
      values: '["list-7"]',
    }),
    valid('text beyond ASCII', { audience: 'café', version: 'β', path: '/ü/日本', values: '["naïve 🦭"]' }),
    valid('content of 63 bytes', { action: nameOf(63) }),
    valid('content of 64 bytes', { action: nameOf(64) }),
    valid('content of 65 bytes', { action: nameOf(65) }),
    valid('the longest texts with one byte of length', {
      audience: 'a'.repeat(255),
      action: 'b'.repeat(255),
      version: 'c'.repeat(255),
    }),
    valid('the largest content', { values: JSON.stringify(['v'.repeat(6080 - 17 - 9 - 2 - 4)]) }),
    valid('the first and the last second', { issued: 0, expires: 4_294_967_295 }),
    valid('state', { version: 'field', values: '[3]' }, keyA, 'state'),
    valid('an upload', { values: '["file-1"]' }, keyA, 'upload'),
    valid('a button', { action: 'todos.clear', owner: 'todos.add' }, keyA, 'button'),
    valid('an empty owner', { owner: '' }, keyA, 'button'),
    valid(
      'a button with every optional field',
      {
        audience: 'shop',
        action: 'todos.remove',
        version: '2',
        session,
        path: '/lists/7',
        owner: `todos.add ${createHash('sha256').update('["list-7"]').digest('base64url')}`,
        values: '["todo-9"]',
      },
      keyA,
      'button',
    ),
    valid('a key of 16 bytes', {}, key16),
    valid('a key of 24 bytes', {}, key24),
    valid('the old key after rotation', {}, keyA, 'action', [keyB, keyA]),
    valid('the new key during rotation, where the old one still seals', {}, keyB, 'action', [keyA, keyB]),
    valid('the last of four keys', {}, key24, 'action', [keyA, keyB, key16, key24]),
  ],
  invalid: [
    invalid('nothing', ''),
    invalid('one character', 'A'),
    invalid('the word undefined', 'undefined'),
    invalid('cut after the envelope version', plain.subarray(0, 1)),
    invalid('cut after the key id', plain.subarray(0, 5)),
    invalid('cut after the nonce', plain.subarray(0, 29)),
    invalid('cut after the authenticator', plain.subarray(0, 45)),
    invalid('cut within the content', plain.subarray(0, 77)),
    invalid('the last byte missing', plain.subarray(0, -1)),
    invalid('the last character missing', token.slice(0, -1)),
    invalid('the first character missing', token.slice(1)),
    invalid('one character too many', `${token}A`),
    invalid('one byte too many', Buffer.concat([plain, Buffer.alloc(1, 1)])),
    invalid('one bucket too many', Buffer.concat([plain, Buffer.alloc(64)])),
    invalid('twice the same token', token + token),
    invalid('another spelling of the trailing bits', otherSpelling),
    invalid('padding characters', `${token}==`),
    invalid('the standard alphabet', special.replaceAll('-', '+').replaceAll('_', '/')),
    invalid('one character of the standard alphabet', special.replace('-', '+')),
    invalid('space before', ` ${token}`),
    invalid('a line break after', `${token}\n`),
    invalid('a line break within', `${token.slice(0, 76)}\n${token.slice(76)}`),
    invalid('a byte order mark before', `\uFEFF${token}`),
    invalid('a NUL in place of a character', `${token.slice(0, 60)}\0${token.slice(61)}`),
    invalid('a letter beyond ASCII', `${token.slice(0, 60)}é${token.slice(61)}`),
    invalid(
      'letters whose low byte is right',
      `${token.slice(0, -1)}${String.fromCharCode(token.charCodeAt(token.length - 1) + 0x100)}`,
    ),
    invalid('a lone surrogate', `${token.slice(0, 60)}\uD800${token.slice(61)}`),
    invalid('8193 characters', token.padEnd(8193, 'A')),
    invalid(
      'authentic, but longer than 8192 characters',
      envelope('long', { values: JSON.stringify(['v'.repeat(6100)]) }),
    ),
    invalid('envelope version 0', envelope('envelope 0', {}, keyA, 'action', { envelopeVersion: 0 })),
    invalid('envelope version 2', envelope('envelope 2', {}, keyA, 'action', { envelopeVersion: 2 })),
    invalid('a key that is not in the ring', envelope('unknown key', {}, keyB)),
    invalid('a key that has left the ring', envelope('retired key', {}, keyA), 'action', [keyB, key24]),
    invalid(
      'the id of another key of the ring on the envelope',
      envelope('other id', {}, keyA, 'action', { envelopeKeyId: keyId(keyB) }),
      'action',
      [keyA, keyB],
    ),
    invalid('an action shown as state', envelope('action as state', {}, keyA, 'action'), 'state'),
    invalid('an action shown as an upload', envelope('action as upload', {}, keyA, 'action'), 'upload'),
    invalid('an action shown as a button', envelope('action as button', {}, keyA, 'action'), 'button'),
    invalid('a button shown as an action', envelope('button as action', { owner: 'a' }, keyA, 'button')),
    invalid('a button shown as state', envelope('button as state', { owner: 'a' }, keyA, 'button'), 'state'),
    invalid('state shown as an action', envelope('state as action', {}, keyA, 'state')),
    invalid('an upload shown as an action', envelope('upload as action', {}, keyA, 'upload')),
    invalid('a bit of the envelope version flipped', flip(plain, 0)),
    invalid('a bit of the key id flipped', flip(plain, 1, 7)),
    invalid('the first bit of the nonce flipped', flip(plain, 5, 7)),
    invalid('the last bit of the nonce flipped', flip(plain, 28)),
    invalid('the first bit of the authenticator flipped', flip(plain, 29, 7)),
    invalid('the last bit of the authenticator flipped', flip(plain, 44)),
    invalid('the first bit of the content flipped', flip(plain, 45, 7)),
    invalid('a bit in the middle of the content flipped', flip(plain, 77, 3)),
    invalid('the last bit of the content flipped', flip(plain, -1)),
    crafted('layout version 0', {}, { layout: 0 }),
    crafted('layout version 2', {}, { layout: 2 }),
    crafted('the id of another key within', {}, { innerKey: keyB }),
    crafted('another purpose within', {}, { innerPurpose: 2 }),
    crafted('purpose 0 within', {}, { innerPurpose: 0 }),
    crafted('an unknown flag', {}, { flags: 32 }),
    crafted('the highest flag', {}, { flags: 128 }),
    crafted('the first byte of padding not zero', {}, { content: put(26, 1) }),
    crafted('the last byte of padding not zero', {}, { content: put(63, 1) }),
    crafted(
      'a bucket of padding alone',
      {},
      { content: (bytes) => Buffer.concat([bytes, Buffer.alloc(64)]) },
    ),
    crafted(
      'a whole bucket of padding after full content',
      { action: nameOf(64) },
      { content: (bytes) => Buffer.concat([bytes, Buffer.alloc(64)]) },
    ),
    crafted('an audience longer than the content', {}, { content: put(15, 255) }),
    crafted('an audience that leaves no room for the action', {}, { content: put(15, 48) }),
    crafted('an action longer than the content', {}, { content: put(16, 48) }),
    crafted('an input version longer than the content', { version: '2' }, { content: put(26, 38) }),
    crafted('a session cut short by the end', { action: nameOf(49) }, { flags: 2 }),
    crafted('a path longer than the content', { path: '/' }, { content: put(26, 0, 37) }),
    crafted('a path whose length is cut by the end', { action: nameOf(63) }, { flags: 4 }),
    crafted('bound values longer than the content', { values: '[1]' }, { content: put(26, 1, 0) }),
    crafted('an owner longer than the content', { owner: 'a' }, { content: put(26, 38) }),
    crafted('an owner whose length is cut by the end', { action: nameOf(64) }, { flags: 16 }),
    crafted('an owner that is not UTF-8', { owner: 'ab' }, { content: put(27, 0xff) }),
    crafted('the flag of bound values without any', { values: '' }, {}),
    crafted('an action that is not UTF-8', { action: Buffer.from([0x61, 0xff, 0x62]) }, {}),
    crafted(
      'bound values that end within a character',
      { values: Buffer.from([0x5b, 0xf0, 0x9f, 0xa6]) },
      {},
    ),
    crafted('a surrogate in UTF-8', { values: Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]) }, {}),
    crafted('an overlong character in UTF-8', { action: Buffer.from([0xc1, 0xa1]) }, {}),
    crafted(
      'long bound values that are not UTF-8',
      { values: Buffer.concat([Buffer.alloc(100, 0x61), Buffer.from([0x80])]) },
      {},
    ),
    crafted('no content at all', {}, { content: () => Buffer.alloc(0) }),
    crafted('content of 63 bytes in all', {}, { content: (bytes) => bytes.subarray(0, 63) }),
    crafted(
      'content of 65 bytes in all',
      {},
      { content: (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]) },
    ),
    crafted('content of zeros', {}, { content: (bytes) => Buffer.alloc(bytes.length) }),
  ],
}

const target = new URL('../../../test/vectors/seals.json', import.meta.url)
writeFileSync(target, `${JSON.stringify(vectors, null, 2)}\n`)
