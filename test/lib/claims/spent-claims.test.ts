import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SpentClaims } from '../../../lib/claims/spent-claims.js'

test('remembers as many claims as it may, and forgets the oldest second for one more', () => {
  const spent = new SpentClaims(4)
  spent.add('d', 12, 100_000)
  spent.add('a', 10, 100_000)
  spent.add('b', 10, 100_000)
  spent.add('c', 11, 100_000)
  assert.equal(spent.size, 4)
  assert.equal(spent.find('a', 10), 'spent')
  assert.equal(spent.find('unsent', 10), 'unknown')
  spent.add('e', 13, 100_000)
  assert.equal(spent.size, 3)
  for (const id of ['a', 'b', 'unsent']) assert.equal(spent.find(id, 10), 'forgotten', id)
  assert.equal(spent.find('older', 9), 'forgotten')
  for (const [id, issued] of [
    ['c', 11],
    ['d', 12],
    ['e', 13],
  ] as const)
    assert.equal(spent.find(id, issued), 'spent', id)
  assert.equal(spent.find('unsent', 11), 'unknown')
})

test('counts a claim once', () => {
  const spent = new SpentClaims(4)
  for (let i = 0; i < 10; i++) spent.add('a', 10, 100_000)
  assert.equal(spent.size, 1)
})

test('removes a second when all of its forms have expired, and does not call it forgotten', () => {
  const spent = new SpentClaims(4)
  spent.add('a', 10, 50_000)
  spent.add('b', 10, 60_000)
  spent.sweep(59_999)
  assert.equal(spent.find('a', 10), 'spent')
  spent.sweep(60_000)
  assert.equal(spent.size, 0)
  assert.equal(spent.find('a', 10), 'unknown')
})

test('tells almost all ids of a second apart', () => {
  const spent = new SpentClaims(100_000)
  const id = (n: number) => `shop:${Buffer.from(`${n}`.padStart(24)).toString('base64url')}`
  for (let n = 0; n < 50_000; n++) spent.add(id(n), 10, 100_000)
  let found = 0
  for (let n = 50_000; n < 100_000; n++) if (spent.find(id(n), 10) === 'spent') found++
  // Half a collision is to be expected.
  assert.ok(found < 20, `${found} of 50 000`)
})
