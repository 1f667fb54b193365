import assert from 'node:assert/strict'
import { test } from 'node:test'
import { insertNotice } from '../../../lib/answer/insert-notice.js'

test('inserts after the tag that holds the seal, in text and in bytes', () => {
  const page = '<p>ü</p><form><input name="sealform" value="AbC-1"><input></form>'
  const changed = '<p>ü</p><form><input name="sealform" value="AbC-1"><b>ö</b><input></form>'
  assert.equal(insertNotice(page, 'AbC-1', '<b>ö</b>'), changed)
  assert.equal(insertNotice(Buffer.from(page), 'AbC-1', '<b>ö</b>')?.toString(), changed)
})

test('inserts into bytes that are not UTF-8 without changing them', () => {
  const page = Buffer.concat([
    Buffer.from([0xfc, 0xff]),
    Buffer.from('<input value=seal>'),
    Buffer.from([0xfc]),
  ])
  const changed = insertNotice(page, 'seal', '!')
  assert.deepEqual(changed, Buffer.concat([page.subarray(0, -1), Buffer.from('!'), Buffer.from([0xfc])]))
})

test('refuses a page that does not have the seal, or whose tag does not end', () => {
  assert.equal(insertNotice('<p>no form</p>', 'seal', '!'), undefined)
  assert.equal(insertNotice(Buffer.from('<p>no form</p>'), 'seal', '!'), undefined)
  assert.equal(insertNotice('<input value="seal"', 'seal', '!'), undefined)
})
