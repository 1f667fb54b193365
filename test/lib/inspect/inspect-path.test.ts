import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkInspectPath } from '../../../lib/inspect/inspect-path.js'

test('the path of the inspector is made of plain segments', () => {
  assert.equal(checkInspectPath(undefined), undefined)
  for (const path of ['/sealform', '/dev/sealform', '/_inspect.2~x-y']) {
    assert.equal(checkInspectPath(path), path)
  }
})

test('anything else is refused at the start', () => {
  const others = [
    '',
    '/',
    'sealform',
    '/sealform/',
    '//sealform',
    '/a//b',
    '/../a',
    '/a/.',
    '/a?b',
    '/a#b',
    '/a b',
    '/ä',
    true,
    1,
    null,
    {},
  ]
  for (const path of others) {
    assert.throws(
      () => checkInspectPath(path),
      {
        code: 'ERR_OPTION_INVALID',
        message: /^sealform\(\{ inspect \}\) must be a path such as '\/sealform'/,
      },
      String(path),
    )
  }
})
