import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { resolveLive } from '../../../lib/live/live-options.js'
import { createActions, SealformError } from '../../../lib/sealform.js'
import { sealform } from '../../../middleware/koa.js'
import { testKey } from '../../setup/koa-app.js'

describe('the option live', () => {
  it('is off by default', () => {
    assert.equal(resolveLive(undefined), undefined)
    assert.equal(resolveLive(false), undefined)
  })

  it('has defaults, and takes what is given', () => {
    const usual = { connections: 1000, perSession: 8, heartbeat: 25_000 }
    assert.deepEqual(resolveLive(true), usual)
    assert.deepEqual(resolveLive({}), usual)
    assert.deepEqual(resolveLive({ connections: 1, heartbeat: '1s' }), {
      ...usual,
      connections: 1,
      heartbeat: 1000,
    })
  })

  it('is refused when it is none', () => {
    for (const option of [
      null,
      'yes',
      1,
      [],
      { conections: 5 },
      { connections: 0 },
      { connections: 1.5 },
      { connections: 1_000_001 },
      { perSession: '8' },
      { heartbeat: 0 },
      { heartbeat: 'soon' },
      { heartbeat: '30d' },
    ]) {
      assert.throws(
        () => resolveLive(option as never),
        { code: 'ERR_OPTION_INVALID' },
        JSON.stringify(option),
      )
    }
  })

  it('needs a cache, and says how to get one', () => {
    assert.throws(
      () => sealform(createActions({ keys: testKey }), { live: true }),
      (error) =>
        error instanceof SealformError &&
        error.code === 'ERR_CACHE_MISSING' &&
        /createCache\(\)/.test(error.message),
    )
  })
})
