import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FileOptions, fileBytes, matchesTypes, resolveFileRules } from '../../../lib/files/file-rules.js'

const types = (...list: string[]) => ({ types: list })

function refuses(options: unknown, message: RegExp): void {
  assert.throws(() => resolveFileRules(options as Record<string, FileOptions>, 'files'), {
    code: 'ERR_OPTION_INVALID',
    message,
  })
}

test('accepts no files when none are declared', () => {
  assert.equal(resolveFileRules(undefined, 'files').size, 0)
  assert.equal(resolveFileRules({}, 'files').size, 0)
  assert.equal(fileBytes(resolveFileRules(undefined, 'files')), 0)
})

test('gives each field its defaults', () => {
  assert.deepEqual(resolveFileRules({ avatar: {} }, 'files').get('avatar'), {
    field: 'avatar',
    maxSize: 5_242_880,
    maxFiles: 1,
    types: [],
    required: false,
    sniff: false,
    resumable: false,
  })
})

test('reads sizes, counts and types as they are written', () => {
  const rules = resolveFileRules(
    {
      scans: {
        maxSize: '10MiB',
        maxFiles: 3,
        types: ['IMAGE/*', '.PDF', '.pdf'],
        required: true,
        sniff: true,
        resumable: true,
      },
    },
    'files',
  )
  assert.deepEqual(rules.get('scans'), {
    field: 'scans',
    maxSize: 10_485_760,
    maxFiles: 3,
    types: ['image/*', '.pdf'],
    required: true,
    sniff: true,
    resumable: true,
  })
})

test('keeps the order of fields, and names that are properties of objects', () => {
  const options = JSON.parse('{ "b": {}, "__proto__": {}, "a": {} }')
  assert.deepEqual([...resolveFileRules(options, 'files').keys()], ['b', '__proto__', 'a'])
})

test('refuses a misspelt option, and suggests the right one', () => {
  refuses({ avatar: { maxsize: 5 } }, /^files: avatar has no option "maxsize"; did you mean "maxSize"\?$/)
})

test('refuses a size of 0, and accepts 1 byte', () => {
  refuses({ avatar: { maxSize: 0 } }, /maxSize is 0/)
  refuses({ avatar: { maxSize: -1 } }, /maxSize is -1/)
  refuses({ avatar: { maxSize: 1.5 } }, /maxSize is 1\.5/)
  refuses({ avatar: { maxSize: '5M' } }, /maxSize is '5M'/)
  assert.equal(resolveFileRules({ avatar: { maxSize: 1 } }, 'files').get('avatar')?.maxSize, 1)
})

test('refuses a count that is not a whole number above 0', () => {
  for (const maxFiles of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '2', null]) {
    refuses({ avatar: { maxFiles } }, /^files: avatar: maxFiles must be a whole number, 1 or more\.$/)
  }
})

test('refuses types that an accept attribute cannot have', () => {
  for (const type of [
    '',
    '.',
    '*',
    '*/*',
    'png',
    'image/',
    '/png',
    'image/png,image/gif',
    'image/png; q=1',
    '.a b',
    '../x',
    '.*',
    7,
  ]) {
    refuses({ avatar: { types: [type] } }, /types holds .*; write 'image\/png'/)
  }
  refuses({ avatar: types() }, /types is empty/)
  refuses({ avatar: { types: 'image/*' } }, /types must be an array/)
})

test('refuses sniff where any type is accepted', () => {
  refuses({ avatar: { resumable: 'yes' } }, /resumable must be true or false/)
  refuses({ avatar: { sniff: true } }, /"sniff" compares the content with "types"/)
})

test('refuses malformed descriptions of fields', () => {
  refuses(null, /must be an object/)
  refuses(['avatar'], /must be an object/)
  refuses({ avatar: undefined }, /avatar is undefined/)
  refuses({ avatar: null }, /the options must be an object, not null/)
  refuses({ avatar: { required: 'yes' } }, /required must be true or false/)
  refuses({ '': {} }, /reserved/)
  refuses({ 'sealform.kept': {} }, /reserved/)
})

test('adds each file at its largest, with its headers, to the limit of the body', () => {
  const rules = resolveFileRules({ a: { maxSize: 100 }, b: { maxSize: 10, maxFiles: 3 } }, 'files')
  assert.equal(fileBytes(rules), 100 + 1024 + 3 * (10 + 1024))
})

test('keeps the sum of the largest sizes a safe number', () => {
  const rules = resolveFileRules({ a: { maxSize: Number.MAX_SAFE_INTEGER, maxFiles: 9 } }, 'files')
  assert.equal(fileBytes(rules), Number.MAX_SAFE_INTEGER)
})

test('matches an exact type without its parameters, whatever the case', () => {
  assert.equal(matchesTypes(types('image/png'), { type: 'image/PNG', name: 'a' }), true)
  assert.equal(matchesTypes(types('text/csv'), { type: 'text/csv; charset=utf-8', name: 'a' }), true)
  assert.equal(matchesTypes(types('image/png'), { type: 'image/pngx', name: 'a.png' }), false)
  assert.equal(matchesTypes(types('image/png'), { type: '', name: 'a.png' }), false)
})

test('matches a family of types, and no family that starts alike', () => {
  assert.equal(matchesTypes(types('image/*'), { type: 'image/svg+xml', name: 'a' }), true)
  assert.equal(matchesTypes(types('image/*'), { type: 'images/png', name: 'a' }), false)
  assert.equal(matchesTypes(types('image/*'), { type: 'image', name: 'a' }), false)
})

test('matches an extension by the end of the name, but not a name that is only the extension', () => {
  assert.equal(matchesTypes(types('.pdf'), { type: 'text/html', name: 'Report.PDF' }), true)
  assert.equal(matchesTypes(types('.tar.gz'), { type: '', name: 'a.tar.gz' }), true)
  assert.equal(matchesTypes(types('.pdf'), { type: 'application/pdf', name: 'report.pdf.exe' }), false)
  assert.equal(matchesTypes(types('.pdf'), { type: 'application/pdf', name: 'reportpdf' }), false)
  assert.equal(matchesTypes(types('.pdf'), { type: 'application/pdf', name: '.pdf' }), false)
})

test('matches when one of several types does', () => {
  const rule = types('image/*', '.pdf')
  assert.equal(matchesTypes(rule, { type: 'image/gif', name: 'a.gif' }), true)
  assert.equal(matchesTypes(rule, { type: '', name: 'a.pdf' }), true)
  assert.equal(matchesTypes(rule, { type: 'text/plain', name: 'a.txt' }), false)
})
