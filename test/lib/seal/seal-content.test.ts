import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  bucket,
  contentLength,
  decodeContent,
  encodeContent,
  type SealContent,
  type Span,
} from '../../../lib/seal/seal-content.js'

const content = (some: Partial<SealContent> = {}): SealContent => ({
  audience: 'shop',
  action: 'todos.add',
  version: undefined,
  issued: 1,
  expires: 2 ** 31,
  session: undefined,
  path: undefined,
  owner: undefined,
  values: '',
  ...some,
})

const span = (buffer: Buffer, start: number, end = buffer.length): Span => ({ buffer, start, end })

test('lays the bytes out as documented', () => {
  const target = Buffer.alloc(128, 0xff)
  const session = new Uint8Array(16).fill(0xaa)
  const all = content({ version: '2', session, path: '/é', values: '[1]' })
  assert.equal(encodeContent(all, { keyNumber: 0xdeadbeef, purpose: 'state' }, span(target, 0)), 64)
  const expected = [
    '01',
    'deadbeef',
    '02',
    '0f',
    '00000001',
    '80000000',
    `04${Buffer.from('shop').toString('hex')}`,
    `09${Buffer.from('todos.add').toString('hex')}`,
    '0132',
    'aa'.repeat(16),
    '00032fc3a9',
    '00035b315d',
  ].join('')
  assert.equal(target.toString('hex', 0, 64), expected.padEnd(128, '0'))
  assert.equal(target[64], 0xff)
  assert.equal(contentLength(all), expected.length / 2)
})

test('reads the content that it wrote, at any place in a buffer', () => {
  const target = Buffer.alloc(256, 0xff)
  const end = encodeContent(content({ path: '/' }), { keyNumber: 7, purpose: 'upload' }, span(target, 32))
  assert.deepEqual(
    decodeContent({ keyNumber: 7, purpose: 'upload' }, span(target, 32, end)),
    content({ path: '/' }),
  )
})

test('refuses the content of another key or another purpose', () => {
  const target = Buffer.alloc(64)
  encodeContent(content(), { keyNumber: 7, purpose: 'action' }, span(target, 0))
  assert.equal(decodeContent({ keyNumber: 8, purpose: 'action' }, span(target, 0, 64)), undefined)
  assert.equal(decodeContent({ keyNumber: 7, purpose: 'state' }, span(target, 0, 64)), undefined)
})

test('fills the span to its last byte and refuses one byte more', () => {
  const room = 128 - 15 - 5 - 10 - 2
  assert.equal(
    encodeContent(
      content({ values: 'v'.repeat(room - 1) }),
      { keyNumber: 7, purpose: 'action' },
      span(Buffer.alloc(128), 0),
    ),
    128,
  )
  assert.equal(
    encodeContent(
      content({ values: 'v'.repeat(room) }),
      { keyNumber: 7, purpose: 'action' },
      span(Buffer.alloc(128), 0),
    ),
    128,
  )
  assert.equal(
    encodeContent(
      content({ values: 'v'.repeat(room + 1) }),
      { keyNumber: 7, purpose: 'action' },
      span(Buffer.alloc(128), 0),
    ),
    -1,
  )
  assert.equal(
    encodeContent(
      content({ values: 'v'.repeat(room) }),
      { keyNumber: 7, purpose: 'action' },
      span(Buffer.alloc(127), 0),
    ),
    -1,
  )
})

test('refuses a session binding of another length than 16 bytes', () => {
  const target = Buffer.alloc(128)
  assert.equal(
    encodeContent(
      content({ session: new Uint8Array(15) }),
      { keyNumber: 7, purpose: 'action' },
      span(target, 0),
    ),
    -1,
  )
  assert.equal(
    encodeContent(
      content({ session: new Uint8Array(17) }),
      { keyNumber: 7, purpose: 'action' },
      span(target, 0),
    ),
    -1,
  )
  assert.equal(
    encodeContent(
      content({ session: new Uint8Array(16) }),
      { keyNumber: 7, purpose: 'action' },
      span(target, 0),
    ),
    bucket,
  )
})

test('reads only what it writes: any changed byte changes the content or makes it unreadable', () => {
  const target = Buffer.alloc(64)
  encodeContent(
    content({ version: '2', values: '[1]' }),
    { keyNumber: 7, purpose: 'action' },
    span(target, 0),
  )
  const original = decodeContent({ keyNumber: 7, purpose: 'action' }, span(target, 0, 64))
  for (let at = 0; at < 64; at++) {
    for (const change of [1, 0x10, 0x80, 0xff]) {
      const changed = Buffer.from(target)
      changed[at]! ^= change
      const read = decodeContent({ keyNumber: 7, purpose: 'action' }, span(changed, 0, 64))
      if (!read) continue
      assert.notDeepEqual(read, original)
      const again = Buffer.alloc(64)
      assert.equal(encodeContent(read, { keyNumber: 7, purpose: 'action' }, span(again, 0)), 64)
      assert.deepEqual(again, changed)
    }
  }
})
