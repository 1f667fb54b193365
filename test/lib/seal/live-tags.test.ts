import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { createKeyRing } from '../../../lib/seal/key-ring.js'
import { openLiveTags, sealLiveTags } from '../../../lib/seal/live-tags.js'
import { open, sessionBinding } from '../../../lib/seal/seal.js'
import { testKey } from '../../setup/koa-app.js'

const keys = createKeyRing(testKey, {})
const app = { keys, audience: 'shop' }
const terms = { ttl: 60, binding: undefined }
const tags = ['user:7', 'tags with ,"\n and \u{1f600}']

describe('the sealed tags of a live region', () => {
  it('open where they were sealed', () => {
    const opened = openLiveTags(app, sealLiveTags(app, tags, terms), undefined)
    assert.deepEqual(opened?.tags, tags)
    assert.equal(opened?.current, true)
  })

  it('open for no other app, session or key ring, and for no other purpose', () => {
    const own = { ttl: 60, binding: sessionBinding(keys, 'mine') }
    const seal = sealLiveTags(app, tags, own)
    assert.deepEqual(openLiveTags(app, seal, 'mine')?.tags, tags)
    assert.equal(openLiveTags(app, seal, 'other'), undefined)
    assert.equal(openLiveTags(app, seal, undefined), undefined)
    assert.equal(openLiveTags({ keys, audience: '' }, seal, 'mine'), undefined)
    assert.equal(openLiveTags(app, sealLiveTags(app, tags, terms), 'mine'), undefined)
    const others = createKeyRing(randomBytes(32).toString('base64'), {})
    assert.equal(openLiveTags({ ...app, keys: others }, seal, 'mine'), undefined)
    for (const purpose of ['action', 'button', 'state', 'upload'] as const) {
      assert.equal(open(keys, purpose, seal), undefined)
    }
  })

  it('say when they have expired', (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.UTC(2030, 0, 1) })
    const seal = sealLiveTags(app, tags, terms)
    t.mock.timers.tick(59_000)
    assert.equal(openLiveTags(app, seal, undefined)?.current, true)
    t.mock.timers.tick(1000)
    assert.equal(openLiveTags(app, seal, undefined)?.current, false)
  })
})
