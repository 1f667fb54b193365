import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultLimits, resolveLimits } from '../../../lib/body/limits.js'

test('has the documented defaults', () => {
  assert.deepEqual(defaultLimits, {
    body: 1_048_576,
    fields: 1000,
    depth: 0,
    fieldName: 200,
    fieldValue: 262_144,
    bodyTime: 30,
    idleTime: 10,
  })
})

test('overrides the base with options', () => {
  const limits = resolveLimits({ body: '5MiB', fields: 0, bodyTime: '2m' }, defaultLimits, 'limits')
  assert.deepEqual(limits, { ...defaultLimits, body: 5_242_880, fields: 0, bodyTime: 120 })
  assert.equal(resolveLimits({ idleTime: 1 }, limits, 'limits').body, 5_242_880)
  assert.equal(resolveLimits(undefined, limits, 'limits'), limits)
  assert.equal(resolveLimits({ body: undefined }, limits, 'limits').body, 5_242_880)
})

test('refuses a misspelt limit with the nearest name', () => {
  const options = { body: 1, feilds: 3 }
  assert.throws(() => resolveLimits(options, defaultLimits, 'createActions({ limits })'), {
    code: 'ERR_OPTION_INVALID',
    message: /did you mean "fields"/,
  })
})

test('refuses values that are not valid limits', () => {
  for (const options of [
    { fields: 1.5 },
    { fields: -1 },
    { body: 'much' },
    { bodyTime: 0 },
    { idleTime: '30d' },
  ]) {
    assert.throws(() => resolveLimits(options, defaultLimits, 'limits'), { code: 'ERR_OPTION_INVALID' })
  }
})
