import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { PageSeals } from '../../../lib/page/page-seals.js'
import { parseSealLife, sealLife } from '../../../lib/seal/seal-life.js'
import { createActions } from '../../../lib/sealform.js'
import { registryWith } from '../../setup/pending-submission.js'

const last = 0xffff_ffff

test('takes a time up to the last second that a seal can hold, and not one more', (t: TestContext) => {
  t.mock.timers.enable({ apis: ['Date'], now: (last - 100) * 1000 })
  assert.equal(parseSealLife(99, 'ttl'), 99)
  assert.equal(parseSealLife(100, 'ttl'), 100)
  assert.throws(() => parseSealLife(100.1, 'ttl'), {
    code: 'ERR_OPTION_INVALID',
    message: 'ttl is 100.1, and a seal can hold times up to the year 2106 only. Choose a shorter time.',
  })
})

test('refuses an endless life where it is written, and a life that is null', () => {
  for (const ttl of ['40000d', 1e300, null] as (string | number)[]) {
    for (const make of [
      () => createActions({ keys: key, ttl }),
      () => createActions({ keys: key, uploads: { keep: ttl } }),
      () => createActions({ keys: key }).define('act', { ttl, run() {} }),
    ]) {
      assert.throws(make, {
        code: 'ERR_OPTION_INVALID',
        message: ttl === null ? / is null\. / : /the year 2106/,
      })
    }
  }
})

test('ends a long life at the last second in a process that has run for long', (t: TestContext) => {
  t.mock.timers.enable({ apis: ['Date'], now: (last - 100) * 1000 })
  assert.deepEqual(sealLife(100), { issued: last - 100, expires: last })
  t.mock.timers.setTime((last - 50) * 1000)
  assert.deepEqual(sealLife(100), { issued: last - 50, expires: last })
})

test('says that the clock is wrong when it shows a time that no seal can hold', (t: TestContext) => {
  const registry = registryWith((actions) => actions.define('act', async () => {}))
  const seals = new PageSeals(registry, { path: '/', session: () => undefined })
  const act = registry.find('act')
  assert.ok(act)
  t.mock.timers.enable({ apis: ['Date'], now: Date.UTC(2107, 0, 1) })
  assert.throws(() => seals.action(act, ''), {
    code: 'ERR_OPTION_INVALID',
    message:
      'The clock of this machine says 2107-01-01T00:00:00.000Z. A seal can hold times from 1970 up to the year 2106: set the clock.',
  })
})

const key = Buffer.from('a key of thirty-two bytes, yes!!').toString('base64')
