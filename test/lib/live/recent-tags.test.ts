import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RecentTags } from '../../../lib/live/recent-tags.js'

describe('what was revalidated lately', () => {
  it('is known by tag and moment', () => {
    const recent = new RecentTags()
    const start = recent.sequence
    recent.note(['a', 'b'])
    const between = recent.sequence
    recent.note(['b'])
    assert.deepEqual(
      [recent.since(['a'], start), recent.since(['a'], between), recent.since(['c', 'b'], between)],
      [true, false, true],
    )
    assert.equal(recent.since(['a', 'b'], recent.sequence), false)
  })

  it('may be anything after some may have been missed', () => {
    const recent = new RecentTags()
    const start = recent.sequence
    recent.note(undefined)
    assert.equal(recent.since(['a'], start), true)
    assert.equal(recent.since(['a'], recent.sequence), false)
  })

  it('may be anything that happened before the thousand tags that are remembered', () => {
    const recent = new RecentTags()
    recent.note(['first'])
    const between = recent.sequence
    for (let i = 0; i < 1000; i++) recent.note([`tag ${i}`])
    assert.equal(recent.since(['other'], between - 1), true)
    assert.equal(recent.since(['other'], between), false)
    assert.equal(recent.since(['tag 0'], between), true)
  })
})
