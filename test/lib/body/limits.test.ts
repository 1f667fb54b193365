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

test('takes whole numbers for counts and depth, and says which', () => {
  for (const fields of [0, 1, Number.MAX_SAFE_INTEGER]) {
    assert.equal(resolveLimits({ fields }, defaultLimits, 'limits').fields, fields)
  }
  for (const depth of [0, 8]) assert.equal(resolveLimits({ depth }, defaultLimits, 'limits').depth, depth)
  const refused = (options: object, message: RegExp) =>
    assert.throws(() => resolveLimits(options, defaultLimits, 'limits'), {
      code: 'ERR_OPTION_INVALID',
      message,
    })
  for (const fields of ['3', -1, 0.5, Number.MAX_SAFE_INTEGER + 1, Number.NaN, null]) {
    refused({ fields }, /limits: fields must be a whole number, 0 or more/)
  }
  for (const depth of ['3', -1, 0.5, 9, null]) {
    refused({ depth }, /limits: depth must be a whole number from 0 \(flat names\) to 8, not /)
  }
})

test('freezes what it returns', () => {
  assert.ok(Object.isFrozen(defaultLimits))
  assert.ok(Object.isFrozen(resolveLimits({}, defaultLimits, 'limits')))
})
