import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFileId, newFileId } from '../../../lib/files/file-storage.js'

test('makes ids of 128 random bits that never repeat', () => {
  const ids = new Set(Array.from({ length: 1000 }, newFileId))
  assert.equal(ids.size, 1000)
  for (const id of ids) assert.match(id, /^[0-9a-f]{32}$/)
})

test('tells its own ids from other text', () => {
  assert.equal(isFileId(newFileId()), true)
  assert.equal(isFileId('a'.repeat(31)), false)
  assert.equal(isFileId('a'.repeat(33)), false)
  assert.equal(isFileId('A'.repeat(32)), false)
  assert.equal(isFileId(`${'a'.repeat(32)}\n`), false)
  assert.equal(isFileId('../'.padEnd(32, 'a')), false)
  assert.equal(isFileId(['a'.repeat(32)]), false)
  assert.equal(isFileId(undefined), false)
})
