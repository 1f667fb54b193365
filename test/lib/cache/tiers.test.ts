import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { GuardedTier } from '../../../lib/cache/guarded-tier.js'
import { openTiers, type Tiers } from '../../../lib/cache/tiers.js'
import { bareLib } from '../../setup/bare-lib.js'
import { TestTier } from '../../setup/shared-tier.js'

const minute = 60
const roomy = { entries: 100, size: 1_000_000 }

async function keysKept(tiers: Tiers, keys: readonly string[]): Promise<string> {
  let kept = ''
  for (const key of keys) if ((await tiers.get(key)) !== undefined) kept += key
  return kept
}

/** Servers, each with its own memory in front of the same tier. */
function servers(
  count: number,
  bounds = roomy,
): { tier: TestTier; tiers: readonly Tiers[]; reported: unknown[] } {
  const tier = new TestTier()
  const reported: unknown[] = []
  const guarded = () => new GuardedTier(tier, (error) => reported.push(error))
  const open = () => openTiers(roomy, { tier: guarded(), bounds })
  return { tier, reported, tiers: Array.from({ length: count }, open) }
}

describe('the memory of a server', () => {
  it('holds its number of entries, and drops the first one for one more', async () => {
    const tiers = openTiers({ entries: 3, size: 1000 }, undefined)
    for (const key of ['a', 'b', 'c']) await tiers.set(key, 'x', minute)
    assert.equal(await keysKept(tiers, ['a', 'b', 'c']), 'abc')
    await tiers.set('d', 'x', minute)
    assert.equal(await keysKept(tiers, ['a', 'b', 'c', 'd']), 'bcd')
  })

  it('drops the least recently read or written entry', async () => {
    const tiers = openTiers({ entries: 3, size: 1000 }, undefined)
    for (const key of ['a', 'b', 'c']) await tiers.set(key, 'x', minute)
    await tiers.get('a')
    await tiers.set('b', 'y', minute)
    await tiers.set('d', 'x', minute)
    assert.equal(await keysKept(tiers, ['a', 'b', 'c', 'd']), 'abd')
    assert.equal(await tiers.get('b'), 'y')
  })

  it('counts the bytes of keys and texts: keeps what fits exactly, and makes room for one byte more', async () => {
    // Each of the two has 1 byte of key and 9 of text.
    const two = async (size: number, last: string) => {
      const tiers = openTiers({ entries: 100, size }, undefined)
      await tiers.set('a', '123456789', minute)
      await tiers.set('b', last, minute)
      return keysKept(tiers, ['a', 'b'])
    }
    assert.equal(await two(20, '12345678'), 'ab')
    assert.equal(await two(20, '123456789'), 'ab')
    assert.equal(await two(20, '1234567890'), 'b')
    assert.equal(await two(19, '123456789'), 'b')
    // Two, three and four bytes in UTF-8.
    assert.equal(await two(20, 'üäこ12'), 'ab')
    assert.equal(await two(20, 'üäこ123'), 'b')
    assert.equal(await two(20, '👍12345'), 'ab')
    assert.equal(await two(20, '👍123456'), 'b')
  })

  it('does not keep a text larger than its size, and drops the earlier text of that key', async () => {
    const tiers = openTiers({ entries: 100, size: 10 }, undefined)
    await tiers.set('a', '12345678', minute)
    assert.equal(await tiers.get('a'), '12345678')
    await tiers.set('b', '1234567890', minute)
    assert.equal(await keysKept(tiers, ['a', 'b']), 'a')
    await tiers.set('a', '123456789', minute)
    assert.equal(await tiers.get('a'), '123456789')
    await tiers.set('a', '1234567890', minute)
    assert.equal(await tiers.get('a'), undefined)
  })

  it('counts the current text of a key, not the earlier one', async () => {
    const tiers = openTiers({ entries: 100, size: 20 }, undefined)
    for (let i = 0; i < 50; i++) await tiers.set('a', '123456789', minute)
    await tiers.set('b', '123456789', minute)
    assert.equal(await keysKept(tiers, ['a', 'b']), 'ab')
    await tiers.set('a', '', minute)
    await tiers.set('c', '12345678', minute)
    assert.equal(await keysKept(tiers, ['a', 'b', 'c']), 'abc')
  })

  it('keeps a text for its time, and no millisecond longer', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const tiers = openTiers(roomy, undefined)
    await tiers.set('a', 'x', 1.5)
    await tiers.set('b', 'x', 0.0001)
    t.mock.timers.tick(1499)
    assert.equal(await tiers.get('a'), 'x')
    assert.equal(await tiers.get('b'), undefined)
    t.mock.timers.tick(1)
    assert.equal(await tiers.get('a'), 'x')
    t.mock.timers.tick(1)
    assert.equal(await tiers.get('a'), undefined)
  })

  it('begins the time anew when a text is set again, and not when it is read', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const tiers = openTiers(roomy, undefined)
    await tiers.set('a', 'x', 1)
    await tiers.set('b', 'x', 1)
    t.mock.timers.tick(900)
    await tiers.get('a')
    await tiers.set('b', 'y', 1)
    t.mock.timers.tick(200)
    assert.equal(await tiers.get('a'), undefined)
    assert.equal(await tiers.get('b'), 'y')
  })

  it('says how to install lru-cache where it is missing', async (t) => {
    const module = await import(bareLib(t, 'cache/tiers.js'))
    assert.throws(() => module.openTiers(roomy, undefined), {
      code: 'ERR_OPTION_INVALID',
      message:
        'createCache() needs the package "lru-cache", which is not installed: npm install lru-cache@11',
    })
  })

  it('keeps an empty text', async () => {
    const tiers = openTiers(roomy, undefined)
    await tiers.set('a', '', minute)
    assert.equal(await tiers.get('a'), '')
  })
})

describe('a shared tier behind the memory', () => {
  it('is read once for a text, which the memory then holds', async () => {
    const { tier, tiers } = servers(2)
    const [one, other] = tiers
    await one?.set('a', 'déjà vu\n1\n', minute)
    assert.equal(await other?.get('a'), 'déjà vu\n1\n')
    assert.equal(await other?.get('a'), 'déjà vu\n1\n')
    assert.equal(await one?.get('a'), 'déjà vu\n1\n')
    assert.deepEqual(tier.calls, ['set a', 'get a'])
  })

  it('passes on the remaining time, not a new one', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const { tiers } = servers(2)
    const [one, other] = tiers
    await one?.set('a', 'x', 1)
    t.mock.timers.tick(900)
    assert.equal(await other?.get('a'), 'x')
    t.mock.timers.tick(100)
    assert.equal(await other?.get('a'), 'x')
    t.mock.timers.tick(1)
    assert.equal(await other?.get('a'), undefined)
  })

  it('returns no expired text, even when it expires late', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const { tier, tiers } = servers(2)
    const [one, other] = tiers
    await one?.set('a', 'x', 1)
    for (const [key, entry] of tier.entries) tier.entries.set(key, { ...entry, ends: Infinity })
    t.mock.timers.tick(1000)
    assert.equal(await other?.get('a'), undefined)
  })

  it('deletes texts that another program left in it', async () => {
    const { tier, tiers } = servers(1)
    for (const junk of ['', 'junk', '\nx', '12x\ny', ' 1\nx']) {
      tier.entries.set('a', { text: junk, ends: Infinity })
      assert.equal(await tiers[0]?.get('a'), undefined, junk)
      assert.equal(tier.entries.has('a'), false, junk)
    }
  })

  it('may fail without loss for the memory', async () => {
    const { tier, tiers, reported } = servers(1)
    tier.failure = new Error('away')
    await tiers[0]?.set('a', 'x', minute)
    assert.equal(await tiers[0]?.get('a'), 'x')
    assert.equal(await tiers[0]?.get('b'), undefined)
    assert.deepEqual(reported.map(String), ['Error: away'])
  })

  it('may be slow: the memory has a text before it does', async (t) => {
    const { tier, tiers } = servers(1)
    const answer = holdBack(t, tier)
    const written = tiers[0]?.set('a', 'x', minute)
    assert.equal(await tiers[0]?.get('a'), 'x')
    answer()
    await written
  })

  it('receives all pending writes before the tiers are closed', async (t) => {
    const { tier, tiers } = servers(1)
    const answer = holdBack(t, tier)
    void tiers[0]?.set('a', 'x', minute)
    void tiers[0]?.set('b', 'x', minute)
    let closed = false
    const closing = tiers[0]?.close().then(() => {
      closed = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(closed, false)
    answer()
    await closing
    assert.deepEqual([...tier.entries.keys()], ['a', 'b'])
  })
})

/** Lets the tier answer only when the returned function is called, at the latest when the test ends. */
function holdBack(t: TestContext, tier: TestTier): () => void {
  let answer = () => {}
  tier.delay = new Promise<void>((resolve) => {
    answer = resolve
  })
  t.after(answer)
  return answer
}

describe('what a server puts into the shared tier', () => {
  it('is as many entries as it may, and the first is deleted for one more', async () => {
    const { tier, tiers } = servers(1, { entries: 3, size: 1000 })
    const [one] = tiers
    for (const key of ['a', 'b', 'c']) await one?.set(key, 'x', minute)
    assert.deepEqual([...tier.entries.keys()], ['a', 'b', 'c'])
    await one?.set('a', 'y', minute)
    await one?.set('d', 'x', minute)
    assert.deepEqual([...tier.entries.keys()].sort(), ['a', 'c', 'd'])
    assert.equal(await one?.get('b'), 'x', 'its own memory still has it')
  })

  it('is as many bytes as it may, with its line about the end: exactly, and none more', async () => {
    // One byte of key, 14 of the line, and the text.
    const { tier, tiers } = servers(1, { entries: 100, size: 40 })
    await tiers[0]?.set('a', '12345', minute)
    await tiers[0]?.set('b', 'ü345', minute)
    assert.deepEqual([...tier.entries.keys()], ['a', 'b'])
    await tiers[0]?.set('b', 'ü3456', minute)
    assert.deepEqual([...tier.entries.keys()], ['b'])
    await tiers[0]?.set('c', 'x'.repeat(25), minute)
    assert.deepEqual([...tier.entries.keys()], ['c'])
    await tiers[0]?.set('d', 'x'.repeat(26), minute)
    assert.deepEqual([...tier.entries.keys()], ['c'])
    await tiers[0]?.set('c', 'x'.repeat(26), minute)
    assert.deepEqual([...tier.entries.keys()], [], 'the earlier text is not left behind')
    assert.equal(await tiers[0]?.get('c'), 'x'.repeat(26))
  })

  it('does not count what has expired, and deletes nothing for it', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const { tier, tiers } = servers(1, { entries: 2, size: 1000 })
    await tiers[0]?.set('a', 'x', 1)
    await tiers[0]?.set('b', 'x', minute)
    t.mock.timers.tick(1000)
    await tiers[0]?.set('c', 'x', minute)
    assert.deepEqual(tier.calls, ['set a', 'set b', 'set c'])
  })

  it('is bounded for each server by itself', async () => {
    const { tier, tiers } = servers(2, { entries: 2, size: 1000 })
    for (const key of ['a', 'b', 'c'])
      for (const [i, one] of tiers.entries()) await one.set(`${key}${i}`, 'x', minute)
    assert.deepEqual([...tier.entries.keys()].sort(), ['b0', 'b1', 'c0', 'c1'])
  })
})
