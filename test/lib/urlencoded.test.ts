import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fields } from '../../lib/fields.js'
import { defaultLimits } from '../../lib/limits.js'
import { readUrlencoded } from '../../lib/urlencoded.js'

function read(body: string | Buffer): { entries: Fields['entries']; reason: string | undefined } {
  const fields = new Fields(defaultLimits)
  readUrlencoded(Buffer.from(body), fields)
  return { entries: fields.entries, reason: fields.refusal?.reason }
}

test('agrees with URLSearchParams on every well-formed body, short and long', () => {
  const bodies = [
    '',
    '&',
    '&&a=1&&b=2&&',
    'a',
    'a=',
    '=a',
    '=',
    'a=b=c==',
    'a+b=c+d',
    'a%20b=%2B%26%3D%25',
    '%C3%BC=%F0%9F%98%80',
    'ü=😀',
    'a=%EF%BB%BFx',
    'a=%00',
    'a=1&a=2&b=3&a=4',
    'a=%c3%bc&b=%C3%BC',
    'a;b=c;d',
    'a[b]=c&a.b=d',
  ]
  for (const body of bodies) {
    for (const text of [body, `${body}&pad=${'x'.repeat(5000)}`]) {
      assert.deepEqual(read(text), { entries: [...new URLSearchParams(text)], reason: undefined }, body)
    }
  }
})

test('joins bytes sent raw and as escapes into one character', () => {
  assert.deepEqual(read(Buffer.from('a=%C3\xbc', 'latin1')), { entries: [['a', 'ü']], reason: undefined })
})

test('refuses malformed escapes and gives the text back as the URL standard reads it', () => {
  for (const body of ['a=%', 'a=%4', 'a=%zz', 'a=100%', '%=1', 'a=%u0041']) {
    assert.deepEqual(read(body), { entries: [...new URLSearchParams(body)], reason: 'malformed' }, body)
  }
})

test('refuses bytes that are not UTF-8', () => {
  for (const body of ['a=%FF', 'a=%C0%80', 'a=%ED%A0%80', 'a=%F5%80%80%80', 'a=%C3', 'a=%F0%9F%98']) {
    assert.deepEqual(read(body), { entries: [...new URLSearchParams(body)], reason: 'malformed' }, body)
  }
  assert.equal(read(Buffer.from('a=\xff', 'latin1')).reason, 'malformed')
})

test('stops collecting a thousand fields beyond the limit', () => {
  const { entries, reason } = read('a=&'.repeat(50_000))
  assert.equal(reason, 'fields')
  assert.equal(entries.length, 2000)
})
