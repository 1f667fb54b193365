import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Cache, type CacheOptions, createCache } from '../../../lib/cache/cache.js'
import { TestTier } from '../../setup/shared-tier.js'

function open(t: TestContext, options?: CacheOptions): Cache {
  const cache = createCache(options)
  t.after(() => cache.close())
  return cache
}

/** A function that counts its runs. */
function counted<Args extends unknown[], Result>(fn: (...args: Args) => Result) {
  const counter = {
    runs: 0,
    run: async (...args: Args): Promise<Result> => {
      counter.runs++
      return fn(...args)
    },
  }
  return counter
}

const refused = (message: RegExp) => ({ code: 'ERR_OPTION_INVALID', message })

describe('cached()', () => {
  it('runs the function once for the same arguments', async (t) => {
    const { cached } = open(t)
    const sum = counted((a: number, b: number) => a + b)
    const add = cached(sum.run, { key: 'add' })
    assert.equal(await add(1, 2), 3)
    assert.equal(await add(1, 2), 3)
    assert.equal(await add(2, 1), 3)
    assert.equal(sum.runs, 2)
  })

  it('accepts a function that returns no promise', async (t) => {
    const { cached } = open(t)
    const result: number = await cached((a: number) => a * 2, { key: 'double' })(2)
    assert.equal(result, 4)
  })

  it('tells arguments apart that only look alike', async (t) => {
    const { cached } = open(t)
    const shown = counted((..._: unknown[]) => 'x')
    const show = cached(shown.run, { key: 'show' })
    const twins: unknown[][] = [
      [],
      [undefined],
      [null],
      [undefined, undefined],
      [0],
      [-0],
      ['0'],
      [0n],
      [Number.NaN],
      ['NaN'],
      [[]],
      [{}],
      [[undefined]],
      [new Map()],
      [new Set()],
      [new Map([[1, 2]])],
      [{ 1: 2 }],
      [new Date(0)],
      [new Date(0).toISOString()],
      [new Date(Number.NaN)],
      [Buffer.from('a')],
      [Uint8Array.of(97)],
      [new URL('https://a.example/')],
      ['https://a.example/'],
      [/a/g],
      [/a/i],
      [Symbol.for('a')],
      ['a', 'b'],
      ['a,b'],
      [['a', 'b']],
      ['|"t:a".0'],
      [true],
      ['true'],
      ['\ud800'],
      ['\udfff'],
      ['\ufffd'],
      ['x'.repeat(5000)],
      [`${'x'.repeat(4999)}y`],
      [{ __proto__: null, a: 1 }],
    ]
    for (const args of twins) await show(...args)
    assert.equal(shown.runs, twins.length)
    for (const args of twins) await show(...args)
    assert.equal(shown.runs, twins.length)
  })

  it('restores values with their types, from memory and from the shared tier', async (t) => {
    const value = {
      date: new Date(5),
      map: new Map([['a', new Set([1n])]]),
      zero: -0,
      none: undefined,
      list: [Number.NaN, Number.POSITIVE_INFINITY, null],
      bytes: Buffer.from('ü'),
      view: new Float64Array([1.5]),
      url: new URL('https://a.example/?b'),
      symbol: Symbol.for('a'),
      bare: Object.assign(Object.create(null), { a: 1 }),
    }
    const tier = new TestTier()
    const make = (cache: Cache) => cache.cached(async () => value, { key: 'value' })
    const here = make(open(t, { shared: tier }))
    const there = make(open(t, { shared: tier }))
    for (const got of [await here(), await here(), await there()]) {
      assert.deepStrictEqual(got, value)
      assert.notEqual(got, value)
    }
    assert.equal(tier.calls.filter((call) => call.startsWith('set d:')).length, 1)
  })

  it('keeps undefined and null like any other value', async (t) => {
    const { cached } = open(t)
    for (const value of [undefined, null, '', 0, false]) {
      const counter = counted(() => value)
      const get = cached(counter.run, { key: `value-${String(value)}x` })
      assert.equal(await get(), value)
      assert.equal(await get(), value)
      assert.equal(counter.runs, 1, String(value))
    }
  })

  it('lets no caller change what others get', async (t) => {
    const { cached } = open(t)
    const list = cached(async () => [{ done: false }], { key: 'list' })
    const [one, other] = await Promise.all([list(), list()])
    one[0]!.done = true
    assert.deepEqual(other, [{ done: false }])
    assert.deepEqual(await list(), [{ done: false }])
  })

  it('runs once for a hundred simultaneous calls, even when they ask the shared tier', async (t) => {
    for (const shared of [undefined, new TestTier()]) {
      const { cached } = open(t, shared ? { shared } : {})
      const counter = counted(() => wait(20))
      const slow = cached(counter.run, { key: 'slow', tags: ['a'] })
      await Promise.all(Array.from({ length: 100 }, () => slow()))
      assert.equal(counter.runs, 1)
      const { calls = [] } = shared ?? {}
      assert.ok(calls.length <= 5, calls.join())
    }
  })

  it('keeps no error, and rejects all waiting calls with it', async (t) => {
    const { cached } = open(t)
    const counter = counted(() => {
      throw new Error(`run ${counter.runs}`)
    })
    const fail = cached(counter.run, { key: 'fail' })
    const results = await Promise.allSettled([fail(), fail(), fail()])
    assert.deepEqual(
      results.map((result) => result.status === 'rejected' && String(result.reason)),
      Array(3).fill('Error: run 1'),
    )
    await assert.rejects(fail(), { message: 'run 2' })
  })

  it('runs again when the time is over', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const { cached } = open(t)
    const counter = counted(() => 1)
    const get = cached(counter.run, { key: 'get', ttl: '100ms' })
    await get()
    await get()
    assert.equal(counter.runs, 1)
    t.mock.timers.tick(120)
    await get()
    assert.equal(counter.runs, 2)
  })

  it('has tags from its arguments', async (t) => {
    const cache = open(t)
    const counter = counted((id: string) => id)
    const get = cache.cached(counter.run, { key: 'get', tags: (id) => [`item:${id}`, 'items'] })
    await get('a')
    await get('b')
    await cache.revalidateTag('item:a')
    await get('a')
    await get('b')
    assert.equal(counter.runs, 3)
    await cache.revalidateTag('items')
    await get('a')
    await get('b')
    assert.equal(counter.runs, 5)
  })

  it('accepts any text as a tag', async (t) => {
    const cache = open(t)
    for (const [i, tag] of [
      '__proto__',
      'constructor',
      'ü,ö "',
      '\ud800',
      'p:/news',
      'x'.repeat(256),
    ].entries()) {
      const counter = counted(() => 1)
      const get = cache.cached(counter.run, { key: `get${i}`, tags: [tag] })
      await get()
      await cache.revalidateTag(tag)
      await get()
      await get()
      assert.equal(counter.runs, 2, tag)
    }
  })

  it('has the name of its function', async (t) => {
    const { cached } = open(t)
    async function headlines() {
      return ['a']
    }
    assert.deepEqual(await cached(headlines, { tags: [] })(), ['a'])
    assert.throws(() => cached(headlines), refused(/Two functions would keep their results as "headlines"/))
  })

  it('requires a key for a function whose name is missing or unusable', (t) => {
    const { cached } = open(t)
    assert.throws(() => cached(async () => 1), refused(/without a name.*key: 'news'/))
    assert.throws(() => cached(async () => 1, { key: '' }), refused(/without a name/))
    assert.throws(() => cached(async () => 1, { key: 'a b' }), refused(/"a b".*letters/))
    const bound = async function own() {}.bind(null)
    assert.throws(() => cached(bound), refused(/"bound own"/))
  })

  it('refuses misspelt options and impossible values', (t) => {
    const { cached } = open(t)
    const fn = async () => 1
    assert.throws(() => cached(fn, { tag: ['a'] } as never), refused(/did you mean "tags"/))
    assert.throws(() => cached(fn, { key: 'a', tags: 'a' as never }), refused(/"tags" is a list/))
    assert.throws(() => cached(fn, { key: 'b', tags: [''] }), refused(/1 to 256 characters/))
    assert.throws(() => cached(fn, { key: 'c', ttl: 'soon' }), refused(/ttl/))
    assert.throws(() => cached(fn, { key: 'd', ttl: '31d' }), refused(/more than 30 days/))
    assert.throws(() => cached('fn' as never), refused(/must be a function, not string/))
  })

  it('names the place of a value that cannot be kept', async (t) => {
    const { cached } = open(t)
    const give = cached(async (value: unknown) => value, { key: 'give' })
    const keep = cached(async () => ({ a: [class {}] }), { key: 'keep' })
    await assert.rejects(keep(), { code: 'ERR_VALUE_UNSUPPORTED', message: /cached\("keep"\).* at \.a\[0\]/ })
    await assert.rejects(
      give(() => 1),
      { code: 'ERR_VALUE_UNSUPPORTED', message: /an argument/ },
    )
    await assert.rejects(give(Symbol('a')), { code: 'ERR_VALUE_UNSUPPORTED', message: /Symbol\.for/ })
  })

  it('ignores entries of other versions and programs in the shared tier', async (t) => {
    const tier = new TestTier()
    const counter = counted(() => 'fresh')
    const make = (version: string) =>
      open(t, { shared: tier, version }).cached(counter.run, { key: 'get', tags: ['a'] })
    await make('1')()
    await make('2')()
    assert.equal(counter.runs, 2)
    for (const junk of ['', 'junk', '9999999999999\njunk', '9999999999999\n[{"a":9}]']) {
      for (const [key, entry] of tier.entries) tier.entries.set(key, { ...entry, text: junk })
      assert.equal(await make('1')(), 'fresh', junk)
    }
  })
})

describe('createCache()', () => {
  it('refuses misspelt options and impossible values', () => {
    const cases: [unknown, RegExp][] = [
      [{ tll: 5 }, /did you mean "ttl"/],
      [{ ttl: 0 }, /ttl/],
      [{ memory: { entries: 0 } }, /entries/],
      [{ memory: { entries: 10_000_001 } }, /from 1 to 10000000, not 10000001/],
      [{ memory: { size: 'much' } }, /size/],
      [{ memory: { size: 0 } }, /size/],
      [{ memory: { max: 1 } }, /max/],
      [{ sharedMemory: { entries: 0 } }, /sharedMemory: { entries } }\) is a whole number/],
      [{ sharedMemory: { size: 0 } }, /sharedMemory: { size } }\) must be above 0/],
      [{ sharedMemory: { sise: 1 } }, /did you mean "size"/],
      [{ shared: {} }, /get is missing/],
      [{ cdn: {} }, /maxAge/],
      [{ cdn: { maxAge: '1m', tagHeader: 'X' } }, /tagHeader/],
      [{ onRevalidate: 1 }, /onRevalidate/],
      [{ onError: 1 }, /onError/],
      [{ version: 1 }, /version/],
    ]
    for (const [options, message] of cases) {
      assert.throws(() => createCache(options as CacheOptions), refused(message))
    }
  })

  it('limits its memory', async (t) => {
    const many = counted((i: number) => i)
    const byCount = open(t, { memory: { entries: 10 } }).cached(many.run, { key: 'many' })
    for (let i = 0; i < 20; i++) await byCount(i)
    await byCount(19)
    assert.equal(many.runs, 20)
    await byCount(0)
    assert.equal(many.runs, 21)

    const large = counted((i: number) => `${i}`.repeat(30_000))
    const bySize = open(t, { memory: { size: '100kB' } }).cached(large.run, { key: 'large' })
    for (let i = 0; i < 5; i++) await bySize(i)
    await bySize(4)
    assert.equal(large.runs, 5)
    await bySize(0)
    assert.equal(large.runs, 6)
  })

  it('finds no revalidated entry again, even after very many other tags', async (t) => {
    const cache = open(t)
    const counter = counted(() => 1)
    const get = cache.cached(counter.run, { key: 'get', tags: ['a'] })
    await get()
    await cache.revalidateTag('a')
    for (let i = 0; i < 10_001; i++) await cache.revalidateTag(`other ${i}`)
    await get()
    assert.equal(counter.runs, 2)
  })

  it('lets a program end that does not close it', () => {
    const before = process.getActiveResourcesInfo()
    createCache({ shared: new TestTier() })
    assert.deepEqual(process.getActiveResourcesInfo(), before)
  })
})
