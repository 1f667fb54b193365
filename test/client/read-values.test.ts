import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { stringify } from 'devalue'
import { readValues } from '../../client/read-values.js'
import { writeJson } from '../../lib/answer/write-json.js'

const roundTrip = (value: unknown) => readValues(stringify(value))

describe('readValues()', () => {
  it('reads every type that devalue writes', () => {
    const sparse: unknown[] = []
    sparse[100] = 'far'
    for (const value of [
      undefined,
      null,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      -0,
      '',
      'text',
      true,
      12n,
      [undefined, null, Number.NaN, -0, 1.5, []],
      // biome-ignore lint/suspicious/noSparseArray: holes are what is tested
      [1, , 3],
      sparse,
      { a: { b: ['c'] }, constructor: 1, 'ü "': 2 },
      Object.assign(Object.create(null), { a: 1 }),
      new Map<unknown, unknown>([[{ a: 1 }, new Set([1, 'two', new Map()])]]),
      new Date(5),
      /a\/b/giu,
      /plain/,
      new URL('https://app.example/?a=1#b'),
      new URLSearchParams('a=1&a=2'),
      Object('boxed'),
      Object(1n),
      new Uint8Array([1, 2, 255]).buffer,
      new Uint8Array([1, 2, 255]),
      new Uint8ClampedArray([1, 2]),
      new Int16Array([-1, 2]),
      new Float64Array([1.5, -0, Number.NaN]),
      new BigInt64Array([-1n]),
      new BigUint64Array([1n]),
      new Uint16Array([1, 2, 3]).subarray(1),
      new DataView(new Uint8Array([1, 2, 3]).buffer, 1, 2),
    ]) {
      assert.deepEqual(roundTrip(value), value)
    }
  })

  it('reads an invalid date', () => {
    const read = roundTrip(new Date(Number.NaN))
    assert.ok(read instanceof Date && Number.isNaN(read.getTime()))
  })

  it('reads references: what is the same stays the same, cycles too', () => {
    const shared = { name: 'shared' }
    const cycle: Record<string, unknown> = { shared, again: [shared] }
    cycle.self = cycle
    cycle.map = new Map([[cycle, new Set([cycle])]])
    const read = roundTrip(cycle) as typeof cycle
    assert.equal(read.self, read)
    assert.equal(Reflect.get(Object(read.again), 0), read.shared)
    assert.deepEqual(read, cycle)
  })

  it('reads the symbols and FormData of an answer', () => {
    const data = new FormData()
    data.append('a', '1')
    data.append('a', '')
    const read = readValues(writeJson([Symbol.for('s'), data], 'rich', { what: 'The state' }))
    assert.ok(Array.isArray(read) && read[1] instanceof FormData)
    assert.equal(read[0], Symbol.for('s'))
    assert.deepEqual([...read[1]], [...data])
  })

  it('makes nothing of a type that it does not know', () => {
    for (const type of [
      'Function',
      'Action',
      'Array',
      'Promise',
      'eval',
      '__proto__',
      'xUint8Array',
      'Uint8ArrayX',
    ]) {
      assert.throws(() => readValues(JSON.stringify([[type, 1], 'alert(1)'])), /cannot be read/, type)
    }
  })

  it('changes no prototype', () => {
    const read = Object(readValues('[{"__proto__":1,"a":2},{"polluted":3},4]'))
    assert.deepEqual([read.polluted, read.a, Object.getPrototypeOf(read)], [undefined, 4, Object.prototype])
    const bare = Object(readValues('[["null","__proto__",1],{"polluted":2},3]'))
    assert.equal(bare.polluted, undefined)
  })
})
