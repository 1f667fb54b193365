import assert from 'node:assert/strict'
import { test } from 'node:test'
import { longestTimer, parseDuration, parseSize, parseTimer } from '../../../lib/base/units.js'

test('reads durations as seconds', () => {
  assert.equal(parseDuration(90, 'ttl'), 90)
  assert.equal(parseDuration(0.5, 'ttl'), 0.5)
  assert.equal(parseDuration('500ms', 'ttl'), 0.5)
  assert.equal(parseDuration('90s', 'ttl'), 90)
  assert.equal(parseDuration('10m', 'ttl'), 600)
  assert.equal(parseDuration('24h', 'ttl'), 86_400)
  assert.equal(parseDuration('7d', 'ttl'), 604_800)
  assert.equal(parseDuration('1.5 h', 'ttl'), 5400)
})

test('reads sizes as bytes', () => {
  assert.equal(parseSize(0, 'limits.body'), 0)
  assert.equal(parseSize(4096, 'limits.body'), 4096)
  assert.equal(parseSize('12 B', 'limits.body'), 12)
  assert.equal(parseSize('256 KiB', 'limits.body'), 262_144)
  assert.equal(parseSize('5MiB', 'limits.body'), 5_242_880)
  assert.equal(parseSize('1GiB', 'limits.body'), 1_073_741_824)
  assert.equal(parseSize('1GB', 'limits.body'), 1_000_000_000)
  assert.equal(parseSize('2.5 kB', 'limits.body'), 2500)
  assert.equal(parseSize('5mib', 'limits.body'), 5_242_880)
})

test('refuses other durations, and names the option', () => {
  for (const bad of [
    0,
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '',
    '10',
    '10 minutes',
    '-1s',
    '0s',
    '1w',
    's',
    '1e3s',
  ]) {
    assert.throws(
      () => parseDuration(bad, 'the ttl'),
      { code: 'ERR_OPTION_INVALID', message: /^the ttl is / },
      String(bad),
    )
  }
})

test('refuses other sizes, and names the option', () => {
  for (const bad of [
    -1,
    1.5,
    Number.NaN,
    2 ** 53,
    '',
    '10',
    '5M',
    '5 megabytes',
    '-1B',
    '0.3B',
    '9999999999GiB',
  ]) {
    assert.throws(
      () => parseSize(bad, 'limits.body'),
      { code: 'ERR_OPTION_INVALID', message: /^limits\.body is / },
      String(bad),
    )
  }
})

test('takes for a timer only what a timer of Node can wait', () => {
  // Node waits for 2^31 - 1 milliseconds at most.
  assert.equal(longestTimer, 2_147_483)
  assert.equal(parseTimer(2_147_482, 'limits.bodyTime'), 2_147_482)
  assert.equal(parseTimer(2_147_483, 'limits.bodyTime'), 2_147_483)
  for (const longer of [2_147_483.5, 2_147_484, '25d']) {
    assert.throws(() => parseTimer(longer, 'limits.bodyTime'), {
      code: 'ERR_OPTION_INVALID',
      message: /^limits\.bodyTime is [\d.]+ s\. The longest that a timer can wait is 2147483 s\.$/,
    })
  }
})
