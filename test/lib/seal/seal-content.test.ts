import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  bucket,
  contentLength,
  decodeContent,
  encodeContent,
  type SealContent,
} from '../../../lib/seal/seal-content.js'

const content = (some: Partial<SealContent> = {}): SealContent => ({
  audience: 'shop',
  action: 'todos.add',
  version: undefined,
  issued: 1,
  expires: 2 ** 31,
  session: undefined,
  path: undefined,
  values: '',
  ...some,
})

test('lays the bytes out as documented', () => {
  const target = Buffer.alloc(128, 0xff)
  const session = new Uint8Array(16).fill(0xaa)
  const all = content({ version: '2', session, path: '/é', values: '[1]' })
  assert.equal(encodeContent(all, 0xdeadbeef, 'state', target, 0), 64)
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

test('reads back what it wrote, at any place of a buffer', () => {
  const target = Buffer.alloc(256, 0xff)
  const end = encodeContent(content({ path: '/' }), 7, 'upload', target, 32)
  assert.deepEqual(decodeContent(target, 32, end, 7, 'upload'), content({ path: '/' }))
})

test('refuses another key and another purpose', () => {
  const target = Buffer.alloc(64)
  encodeContent(content(), 7, 'action', target, 0)
  assert.equal(decodeContent(target, 0, 64, 8, 'action'), undefined)
  assert.equal(decodeContent(target, 0, 64, 7, 'state'), undefined)
})

test('fills the target to its last byte and refuses to go further', () => {
  const room = 128 - 15 - 5 - 10 - 2
  assert.equal(
    encodeContent(content({ values: 'v'.repeat(room - 1) }), 7, 'action', Buffer.alloc(128), 0),
    128,
  )
  assert.equal(encodeContent(content({ values: 'v'.repeat(room) }), 7, 'action', Buffer.alloc(128), 0), 128)
  assert.equal(
    encodeContent(content({ values: 'v'.repeat(room + 1) }), 7, 'action', Buffer.alloc(128), 0),
    -1,
  )
  assert.equal(encodeContent(content({ values: 'v'.repeat(room) }), 7, 'action', Buffer.alloc(127), 0), -1)
})

test('refuses a session binding that has not 16 bytes', () => {
  const target = Buffer.alloc(128)
  assert.equal(encodeContent(content({ session: new Uint8Array(15) }), 7, 'action', target, 0), -1)
  assert.equal(encodeContent(content({ session: new Uint8Array(17) }), 7, 'action', target, 0), -1)
  assert.equal(encodeContent(content({ session: new Uint8Array(16) }), 7, 'action', target, 0), bucket)
})

test('every content layout that it reads, it would have written: any byte changed alters or refuses it', () => {
  const target = Buffer.alloc(64)
  encodeContent(content({ version: '2', values: '[1]' }), 7, 'action', target, 0)
  const original = decodeContent(target, 0, 64, 7, 'action')
  for (let at = 0; at < 64; at++) {
    for (const change of [1, 0x10, 0x80, 0xff]) {
      const changed = Buffer.from(target)
      changed[at]! ^= change
      const read = decodeContent(changed, 0, 64, 7, 'action')
      if (!read) continue
      assert.notDeepEqual(read, original)
      const again = Buffer.alloc(64)
      assert.equal(encodeContent(read, 7, 'action', again, 0), 64)
      assert.deepEqual(again, changed)
    }
  }
})
