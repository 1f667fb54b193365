import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isSamePage } from '../../../lib/answer/is-same-page.js'

describe('isSamePage()', () => {
  const same = (location: string, url = '/lists/1?page=2') =>
    isSamePage(location, { protocol: 'https', host: 'app.example', url })

  it('compares origin, path and query, and no fragment', () => {
    for (const location of [
      '/lists/1?page=2',
      '?page=2',
      '1?page=2#row',
      'https://app.example/lists/1?page=2',
    ]) {
      assert.equal(same(location), true, location)
    }
    for (const location of [
      '/lists/1',
      '/lists/1?page=3',
      '/lists/2?page=2',
      'https://other.example/lists/1?page=2',
      'http://app.example/lists/1?page=2',
      '//other.example/lists/1?page=2',
      'mailto:a@b',
    ]) {
      assert.equal(same(location), false, location)
    }
  })

  it('takes nothing broken for the same page', () => {
    assert.equal(same('http://[', '/'), false)
    assert.equal(same('/', '*'), false)
    assert.equal(isSamePage('/', { protocol: 'https', host: '', url: '/' }), false)
  })
})
