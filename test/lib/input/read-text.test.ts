import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readBigint, readBoolean, readDate, readInteger, readNumber } from '../../../lib/input/read-text.js'

test('reads numbers in the grammar of HTML, with spaces around them', () => {
  for (const [text, number] of [
    ['0', 0],
    ['-0', -0],
    ['007', 7],
    [' 42 ', 42],
    ['-1.5', -1.5],
    ['.5', 0.5],
    ['1e3', 1000],
    ['1E-2', 0.01],
    ['0.000', 0],
    ['0e5', 0],
    ['6.02e23', 6.02e23],
    ['9007199254740991', 9007199254740991],
  ] as const) {
    assert.equal(readNumber(text), number, text)
  }
  for (const text of [
    '',
    ' ',
    'x',
    '1x',
    '+1',
    '5.',
    '0x10',
    '0b1',
    '1_000',
    '1,5',
    '1 000',
    'Infinity',
    'NaN',
    '--1',
    '1e',
    '٣',
    '1.2.3',
  ]) {
    assert.equal(readNumber(text), undefined, JSON.stringify(text))
  }
})

test('refuses a number that would silently change its value', () => {
  for (const text of [
    '9007199254740992',
    '-9007199254740993',
    '1'.repeat(400),
    '1e400',
    '-1e400',
    '1e-400',
    '0.'.concat('0'.repeat(400), '1'),
    '9007199254740993.0',
  ]) {
    assert.equal(readNumber(text), undefined, text)
  }
  assert.equal(readInteger('9007199254740991'), 9007199254740991)
  assert.equal(readInteger('1e300'), undefined)
  assert.equal(readInteger('9.007199254740993e15'), undefined)
  assert.equal(readInteger('1.5'), 1.5)
})

test('reads bigints of any plausible size', () => {
  assert.equal(readBigint(' -9007199254740993 '), -9007199254740993n)
  assert.equal(readBigint('0'), 0n)
  for (const text of ['', '1.0', '1e3', '0x1', '1n', '+1', '9'.repeat(1001)])
    assert.equal(readBigint(text), undefined, text)
})

test('reads the words that checkboxes and yes/no choices send, and no others', () => {
  for (const text of ['on', 'true', '1']) assert.equal(readBoolean(text), true)
  for (const text of ['off', 'false', '0']) assert.equal(readBoolean(text), false)
  for (const text of ['', 'yes', 'True', 'ON', ' on', 'null', 'constructor'])
    assert.equal(readBoolean(text), undefined, text)
})

test('reads only dates and times that exist', () => {
  for (const [text, iso] of [
    ['2026-11-27', '2026-11-27T00:00:00.000Z'],
    [' 2024-02-29 ', '2024-02-29T00:00:00.000Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31', '9999-12-31T00:00:00.000Z'],
    ['2026-11-27T09:30', '2026-11-27T09:30:00.000Z'],
    ['2026-11-27T23:59:59', '2026-11-27T23:59:59.000Z'],
    ['2026-11-27T09:30:15.25', '2026-11-27T09:30:15.250Z'],
    ['2026-11-27T09:30Z', '2026-11-27T09:30:00.000Z'],
    ['2026-11-27T09:30:00+02:00', '2026-11-27T07:30:00.000Z'],
    ['2026-01-01T00:30-05:30', '2026-01-01T06:00:00.000Z'],
  ] as const) {
    assert.equal(readDate(text)?.toISOString(), iso, text)
  }
  for (const text of [
    '',
    'today',
    '2026',
    '2026-11',
    '2026-13-01',
    '2026-00-10',
    '2026-11-31',
    '2026-02-29',
    '2026-02-30',
    '1900-02-29',
    '2026-1-1',
    '26-11-27',
    '0000-01-01',
    '+002026-01-01',
    '2026-11-27T24:00',
    '2026-11-27T09:60',
    '2026-11-27 09:30',
    '2026-11-27T9:30',
    '2026-11-27T09',
    '2026-11-27Z',
    '11/27/2026',
    '2026-11-27T09:30+25:00',
    '2026-11-27T09:30:15.1234',
    '1764201600000',
  ]) {
    assert.equal(readDate(text), undefined, text)
  }
})
