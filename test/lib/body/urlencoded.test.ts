import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FieldCollector } from '../../../lib/body/field-collector.js'
import { defaultLimits } from '../../../lib/body/limits.js'
import { readUrlencoded } from '../../../lib/body/urlencoded.js'

function read(body: string | Buffer): { entries: FieldCollector['entries']; reason: string | undefined } {
  const fields = new FieldCollector(defaultLimits)
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
    'a%3Db=c&%26=%26%26&=+',
    'a=%EF%BF%BD&b=\ufffd',
    'a=%2b%2B&%2b=%c2%aF',
  ]
  for (const body of bodies) {
    for (const text of [body, `${body}&pad=${'x'.repeat(5000)}`]) {
      assert.deepEqual(read(text), { entries: [...new URLSearchParams(text)], reason: undefined }, body)
    }
  }
})

test('agrees on values around the length up to which bodies share their memory', () => {
  for (const length of [4094, 4095, 4096, 4097, 4098]) {
    for (const start of ['', '%41', '%C3%BC', '+']) {
      const body = `a=${start.padEnd(length, 'x')}&b=${start}`
      assert.deepEqual(read(body), { entries: [...new URLSearchParams(body)], reason: undefined })
    }
  }
})

test('agrees on random bytes, and refuses malformed ones', () => {
  const pieces = ['%', '+', '=', '&', 'a', '4', 'F', 'c3', 'bc', '%c3%bc', '%C3', '%BC', '%ef%bf%bd', '%20']
  let seed = 7
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31
    return Math.floor((seed / 2 ** 31) * below)
  }
  let refused = 0
  for (let i = 0; i < 5000; i++) {
    const body = Array.from({ length: 1 + random(9) }, () => pieces[random(pieces.length)]).join('')
    const { entries, reason } = read(body)
    assert.deepEqual(entries, [...new URLSearchParams(body)], body)
    assert.equal(reason, wellFormed(body) ? undefined : 'malformed', body)
    if (reason) refused++
  }
  assert.ok(refused > 1000 && refused < 4000, `${refused} of 5000 were refused`)
})

test('joins bytes sent raw and as escapes into one character', () => {
  assert.deepEqual(read(Buffer.from('a=%C3\xbc', 'latin1')), { entries: [['a', 'ü']], reason: undefined })
})

test('refuses malformed escapes, and returns the text as the URL standard reads it', () => {
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

/** Decodes with another decoder, which throws on malformed escapes and on bytes that are not UTF-8. */
function wellFormed(body: string): boolean {
  try {
    for (const part of body.split(/[=&]/)) decodeURIComponent(part)
    return true
  } catch {
    return false
  }
}
