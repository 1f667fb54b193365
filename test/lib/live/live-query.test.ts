import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readLiveQuery } from '../../../lib/live/live-query.js'

describe('the query of a stream', () => {
  it('names regions by their seals, each with what the page knows of it', () => {
    assert.deepEqual(readLiveQuery('/app/sealform-live?a-_9.abcDEF-_1234,b.'), [
      { seal: 'a-_9', stamp: 'abcDEF-_1234' },
      { seal: 'b', stamp: '' },
    ])
  })

  it('is refused when something else is in it', () => {
    for (const query of [
      '',
      '?',
      '?a',
      '?.b',
      '?a.b,',
      '?,a.b',
      '?a.b c',
      '?a.1234567890123',
      '?a.b.c',
      '?a.b\n',
      '?a=b.c',
      '?a.b?',
    ]) {
      assert.equal(readLiveQuery(`/sealform-live${query}`), 'malformed', query)
    }
  })

  it('has at most 6000 characters', () => {
    const query = (length: number) => `/sealform-live?${'a'.repeat(length - 1)}.`
    assert.equal(typeof readLiveQuery(query(5999)), 'object')
    assert.equal(typeof readLiveQuery(query(6000)), 'object')
    assert.equal(readLiveQuery(query(6001)), 'too-long')
  })
})
