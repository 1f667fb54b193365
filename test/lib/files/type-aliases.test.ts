import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchesTypes } from '../../../lib/files/file-rules.js'
import { aliasesOf, claimedTypes } from '../../../lib/files/type-aliases.js'

const accepts = (declared: string, type: string, name: string) =>
  matchesTypes({ types: [declared] }, { type, name })

test('takes a file under each name of its type, whichever is declared', () => {
  const names = ['application/zip', 'application/x-zip-compressed', 'application/x-zip']
  for (const declared of names) for (const claimed of names) assert.ok(accepts(declared, claimed, 'a.zip'))
  assert.ok(accepts('text/csv', 'text/x-csv', 'a.csv'))
  assert.ok(accepts('image/jpeg', 'image/pjpeg', 'a.jpg'))
  assert.ok(accepts('application/zip', 'APPLICATION/X-ZIP-COMPRESSED; charset=x', 'a.zip'))
})

test('takes what browsers on Windows with Office call a file, by its extension', () => {
  assert.ok(accepts('text/csv', 'application/vnd.ms-excel', 'List.CSV'))
  assert.ok(accepts('text/*', 'application/vnd.ms-excel', 'list.csv'))
  assert.ok(accepts('application/rtf', 'application/msword', 'letter.rtf'))
  assert.ok(!accepts('text/csv', 'application/vnd.ms-excel', 'list.xls'))
  assert.ok(!accepts('text/csv', 'application/vnd.ms-excel', 'list.csv.exe'))
  assert.ok(!accepts('text/csv', 'application/msword', 'list.csv'))
  assert.ok(!accepts('application/rtf', 'application/msword', 'letter.doc'))
})

test('takes no other type', () => {
  assert.ok(!accepts('application/zip', 'application/x-rar', 'a.rar'))
  assert.ok(!accepts('text/csv', 'text/plain', 'a.csv'))
  assert.ok(!accepts('image/png', 'image/jpeg', 'a.png'))
  assert.ok(!accepts('image/*', 'application/zip', 'a.zip'))
  assert.ok(!accepts('image/*', 'application/pdf', 'a.pdf'))
  assert.ok(!accepts('text/*', 'application/javascript', 'a.js'))
})

test('knows each name once, in lower case', () => {
  for (const type of ['application/zip', 'text/csv', 'audio/mpeg', 'image/vnd.microsoft.icon']) {
    const names = aliasesOf(type)
    assert.equal(new Set(names).size, names.length)
    for (const name of names) {
      assert.match(name, /^[a-z]+\/[a-z0-9.+-]+$/)
      assert.equal(aliasesOf(name), names)
    }
  }
  assert.deepEqual(aliasesOf('application/x-unknown'), ['application/x-unknown'])
  assert.deepEqual(claimedTypes({ type: '', name: 'a' }), [''])
})
