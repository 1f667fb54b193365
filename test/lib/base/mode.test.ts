import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { explainMode, judgeMode } from '../../../lib/base/mode.js'

describe('the mode of an app', () => {
  it('is development by the exact words alone', () => {
    assert.equal(judgeMode(undefined, 'development'), 'development')
    assert.equal(judgeMode(undefined, 'test'), 'development')
    assert.equal(judgeMode(undefined, undefined), 'unset')
    assert.equal(judgeMode(undefined, ''), 'unset')
    assert.equal(judgeMode(undefined, 'production'), 'production')
    assert.equal(judgeMode(undefined, 'staging'), 'production')
    assert.equal(judgeMode(undefined, 'Production'), 'production')
    assert.equal(judgeMode(undefined, 'Development'), 'production')
    assert.equal(judgeMode(undefined, 'developement'), 'production')
    assert.equal(judgeMode(undefined, ' '), 'production')
  })

  it('is what the option says, whatever NODE_ENV is', () => {
    assert.equal(judgeMode(true, 'production'), 'development')
    assert.equal(judgeMode(true, undefined), 'development')
    assert.equal(judgeMode(false, 'development'), 'production')
    assert.equal(judgeMode(false, undefined), 'production')
  })

  it('is explained by what decided', () => {
    assert.equal(explainMode(undefined, undefined), 'production mode, because NODE_ENV is not set')
    assert.equal(explainMode(undefined, 'staging'), 'production mode, because NODE_ENV is "staging"')
    assert.equal(explainMode(undefined, 'development'), 'development mode, because NODE_ENV is "development"')
    assert.equal(
      explainMode(true, 'production'),
      'development mode, because of createActions({ development: true })',
    )
  })
})
