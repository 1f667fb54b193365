import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseMediaType } from '../../../lib/body/media-type.js'
import { processorTime } from '../../setup/processor-time.js'

function parsed(header: string): [string, ...[string, string][]] | undefined {
  const media = parseMediaType(header)
  return media && [media.type, ...media.parameters]
}

test('reads type and parameters without regard to case and space', () => {
  assert.deepEqual(parsed('Text/HTML'), ['text/html'])
  assert.deepEqual(parsed(' text/plain ;\tCHARSET=UTF-8 ; a=b'), [
    'text/plain',
    ['charset', 'UTF-8'],
    ['a', 'b'],
  ])
  assert.deepEqual(parsed('text/plain;;charset=utf-8;'), ['text/plain', ['charset', 'utf-8']])
})

test('reads quoted values with their escapes', () => {
  assert.deepEqual(parsed('multipart/form-data; boundary="a b"'), [
    'multipart/form-data',
    ['boundary', 'a b'],
  ])
  assert.deepEqual(parsed(String.raw`a/b; c="x\"y\\z;"`), ['a/b', ['c', 'x"y\\z;']])
})

test('reads an unquoted boundary with characters that need quotes', () => {
  assert.deepEqual(parsed("multipart/form-data; boundary='()+_,-./:=?"), [
    'multipart/form-data',
    ['boundary', "'()+_,-./:=?"],
  ])
})

test('refuses malformed types', () => {
  for (const header of [
    '',
    'text',
    'text/',
    '/plain',
    'text/plain, text/html',
    'a/b; c',
    'a/b; c="d',
    'a/b; c=d e',
    'a/b; c=d; C=e',
    'a/b c=d',
  ]) {
    assert.equal(parseMediaType(header), undefined, header)
  }
})

test('parses a hostile header in linear time', () => {
  const time = processorTime(() => {
    parseMediaType(`a/b${' '.repeat(60_000)}x`)
    parseMediaType(`a/b;${' '.repeat(60_000)}x`)
    parseMediaType(`a/b;${'a=b;'.repeat(15_000)}"`)
    parseMediaType(`a/b;c="${'\\'.repeat(60_000)}`)
  })
  assert.ok(time < 200, `${time} ms`)
})
