import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import type { ActionReferences } from '../../../lib/seal/action-references.js'
import { decodeValues, encodeValues } from '../../../lib/seal/bound-values.js'

/** A registry as the codec sees it: functions with a name and values. */
class References implements ActionReferences {
  readonly known = new Map<unknown, { name: string; values: readonly unknown[] }>()

  action(name: string, ...values: unknown[]): () => void {
    const action = () => {}
    this.known.set(action, { name, values })
    return action
  }

  describe(value: unknown) {
    return this.known.get(value)
  }

  restore(name: string, values: readonly unknown[]): unknown {
    return this.action(name, ...values)
  }
}

const references = new References()

function roundTrip(...values: unknown[]): unknown[] {
  return decodeValues(encodeValues(values, 'todos.add', references), references)
}

/** `isDeepStrictEqual` compares types, prototypes, -0 and NaN. */
function keeps(...values: unknown[]): void {
  const result = roundTrip(...values)
  assert.ok(isDeepStrictEqual(result, values))
  assert.ok(isDeepStrictEqual(roundTrip({ within: values }), [{ within: values }]))
  assert.ok(isDeepStrictEqual(roundTrip(new Map([[0, values]])), [new Map([[0, values]])]))
}

test('writes no values as an empty text', () => {
  assert.equal(encodeValues([], 'todos.add', references), '')
  assert.deepEqual(decodeValues('', references), [])
})

test('keeps strings', () => {
  keeps('')
  keeps('list-7', 'second')
  keeps('"quotes" \\ and </script><!-- \u2028 \u2029 \0 \x7f')
  keeps('日本語 🦭 é e\u0301')
})

test('keeps lone surrogates, as values and as keys', () => {
  keeps('\uD800', 'a\uDC00b', '\uDC00\uD800')
  keeps({ '\uD800': '\uDFFF' })
})

test('writes well-formed Unicode for any values', () => {
  assert.doesNotMatch(encodeValues(['\uD800'], 'todos.add', references), /\p{Surrogate}/u)
  assert.doesNotMatch(encodeValues([{ '\uD800': '\uDFFF' }], 'todos.add', references), /\p{Surrogate}/u)
})

test('keeps numbers, including NaN, minus zero and the infinities', () => {
  keeps(0, 1, -1, 0.1, 1e21, 5e-324, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER)
  keeps(-0)
  keeps(NaN)
  keeps(Infinity, -Infinity)
  keeps([0, -0, NaN])
})

test('keeps bigints', () => {
  keeps(0n, -1n, 2n ** 64n, -(10n ** 100n))
  keeps([1, 1n])
})

test('keeps booleans, null and undefined', () => {
  keeps(true, false, null)
  keeps(undefined)
  keeps(undefined, undefined)
  keeps({ there: undefined })
})

test('keeps strings that look like the format itself', () => {
  keeps('[[1]]', '-1', '["Map"]')
  keeps(['Map', 1], ['Symbol', 'x'], ['Action', 'x'], ['null'], [])
  keeps([[]], [[[1]]])
  keeps(-1, -2, -7)
})

test('keeps registered symbols', () => {
  const [one, two, empty] = roundTrip(Symbol.for('todo'), [Symbol.for('todo')], Symbol.for(''))
  assert.equal(one, Symbol.for('todo'))
  assert.deepEqual(two, [Symbol.for('todo')])
  assert.equal(empty, Symbol.for(''))
  keeps(new Map([[Symbol.for('key'), 1]]))
})

test('keeps arrays, Map and Set, with their order and keys of any type', () => {
  keeps([1, 'a', [null]])
  keeps(
    new Map<unknown, unknown>([
      [{ a: 1 }, 'object'],
      [NaN, 'nan'],
      ['b', new Map()],
      ['a', undefined],
    ]),
  )
  keeps(new Set<unknown>(['b', 'a', 1, undefined, [1]]))
  assert.deepEqual([...(roundTrip(new Set(['b', 'a']))[0] as Set<string>)], ['b', 'a'])
})

test('keeps plain objects with the order of their keys, and those without a prototype', () => {
  keeps({})
  keeps({ z: 1, a: 2, 1: 3, 'with space': 4, '': 5, constructor: 6, toString: 7, length: 8 })
  assert.deepEqual(Object.keys(roundTrip({ z: 1, a: 2 })[0] as object), ['z', 'a'])
  const bare = Object.assign(Object.create(null), { a: { b: 1 }, constructor: 2 })
  keeps(bare)
  assert.equal(Object.getPrototypeOf(roundTrip(bare)[0]), null)
})

test('keeps dates, invalid ones too', () => {
  keeps(new Date(0), new Date(1), new Date(-1), new Date('2026-02-28T23:59:59.999Z'))
  keeps(new Date(8.64e15), new Date(-8.64e15))
  const [invalid] = roundTrip(new Date(NaN))
  assert.ok(invalid instanceof Date)
  assert.ok(Number.isNaN(invalid.getTime()))
})

test('keeps every typed array', () => {
  keeps(new Int8Array([-1, 2]), new Uint8Array([1, 255]), new Uint8ClampedArray([0, 255]))
  keeps(new Int16Array([-2]), new Uint16Array([65535]), new Int32Array([-3]), new Uint32Array([2 ** 32 - 1]))
  keeps(new Float32Array([0.5, -0, NaN]), new Float64Array([0.1, -0, Infinity]))
  keeps(new BigInt64Array([-(2n ** 63n)]), new BigUint64Array([2n ** 64n - 1n]))
  keeps(new Uint8Array(0), new Float64Array(0))
})

test('keeps Float16Array where there is one, and refuses its text where there is none', () => {
  const text = '[[1],["Float16Array",2],["ArrayBuffer","ADg="]]'
  const Float16Array: unknown = Reflect.get(globalThis, 'Float16Array')
  if (typeof Float16Array !== 'function') {
    assert.throws(() => decodeValues(text, references))
    return
  }
  keeps(Reflect.construct(Float16Array, [[0.5, -0, NaN]]))
  assert.deepEqual(decodeValues(text, references), [Reflect.construct(Float16Array, [[0.5]])])
})

test('keeps ArrayBuffer and DataView', () => {
  keeps(new Uint8Array([1, 2, 3]).buffer, new ArrayBuffer(0))
  const [view] = roundTrip(new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2)) as [DataView]
  assert.equal(view.byteOffset, 1)
  assert.equal(view.byteLength, 2)
  assert.equal(view.getUint8(0), 2)
})

test('keeps a Buffer as a Buffer, without the memory pool around it', () => {
  const buffer = Buffer.from('ünï')
  assert.ok(buffer.buffer.byteLength > 1000)
  const text = encodeValues([buffer], 'todos.add', references)
  assert.ok(text.length < 50)
  const [result] = decodeValues(text, references)
  assert.ok(Buffer.isBuffer(result))
  assert.ok(result.equals(buffer))
  keeps(Buffer.alloc(0), Buffer.from([0, 255]))
  keeps(Buffer.from('one'), Buffer.from('two'))
})

test('keeps the offset of a view and the memory that views share', () => {
  const memory = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer
  const [whole, part, same] = roundTrip(new Uint8Array(memory), new Uint16Array(memory, 2, 2), memory) as [
    Uint8Array,
    Uint16Array,
    ArrayBuffer,
  ]
  assert.equal(whole.buffer, same)
  assert.equal(part.buffer, same)
  assert.equal(part.byteOffset, 2)
  assert.equal(part.length, 2)
  whole[2] = 9
  assert.equal(part[0], 9 + 4 * 256)
})

test('keeps an empty view in the middle of its memory', () => {
  const [view] = roundTrip(new Uint8Array(new ArrayBuffer(8), 4, 0)) as [Uint8Array]
  assert.equal(view.byteOffset, 4)
  assert.equal(view.length, 0)
  assert.equal(view.buffer.byteLength, 8)
})

test('keeps FormData with its order and its repeated names', () => {
  const formData = new FormData()
  formData.append('b', '1')
  formData.append('a', 'ü\r\n🦭')
  formData.append('b', '')
  const [result, empty] = roundTrip(formData, new FormData()) as [FormData, FormData]
  assert.ok(result instanceof FormData)
  assert.deepEqual([...result], [...formData])
  assert.ok(empty instanceof FormData)
  assert.deepEqual([...empty], [])
})

test('keeps actions, with the values bound to them, other actions among them', () => {
  const remove = references.action('todos.remove')
  const undo = references.action('todos.undo', new Date(5), remove, 'x')
  const [result] = roundTrip({ undo, remove, again: undo }) as [Record<string, () => void>]
  const restored = references.describe(result.undo)
  assert.equal(restored?.name, 'todos.undo')
  assert.deepEqual(restored?.values.slice(0, 1), [new Date(5)])
  assert.equal(restored?.values[1], result.remove)
  assert.equal(restored?.values[2], 'x')
  assert.equal(result.again, result.undo)
  assert.deepEqual(references.describe(result.remove), { name: 'todos.remove', values: [] })
})

test('keeps an object that contains an action bound to that object', () => {
  const list: Record<string, unknown> = { name: 'list' }
  list.clear = references.action('todos.clear', list)
  const [result] = roundTrip(list) as [Record<string, unknown>]
  assert.equal(references.describe(result.clear)?.values[0], result)
  assert.equal(result.name, 'list')
})

test('keeps the identity of an object that occurs twice', () => {
  const shared = { n: 1 }
  const [one, two, map] = roundTrip(shared, [shared], new Map([[shared, shared]])) as [
    object,
    object[],
    Map<object, object>,
  ]
  assert.equal(two[0], one)
  assert.equal(map.get(one), one)
  const buffer = Buffer.from('x')
  const [first, second] = roundTrip(buffer, [buffer]) as [Buffer, Buffer[]]
  assert.equal(second[0], first)
})

test('keeps cycles through arrays, objects, Map and Set', () => {
  const array: unknown[] = []
  const object = { array, map: new Map<string, unknown>(), set: new Set<unknown>() }
  array.push(object)
  object.map.set('self', object.map)
  object.set.add(object)
  const [result] = roundTrip(object) as [typeof object]
  assert.equal(result.array[0], result)
  assert.equal(result.map.get('self'), result.map)
  assert.ok(result.set.has(result))
})

test('carries the values of frozen objects', () => {
  keeps(Object.freeze({ a: Object.freeze([1]) }))
})

test('never returns a value that an await would call', async () => {
  const object = Object.fromEntries([['then', 'later']])
  keeps(object)
  assert.deepEqual(await roundTrip(object)[0], object)
})

test('writes the same text for the same values, so that texts can be compared', () => {
  const make = () =>
    encodeValues(['list-7', { at: new Date(5), tags: new Set(['a']) }], 'todos.add', references)
  assert.equal(make(), make())
})

test('throws on text that it did not write', () => {
  for (const text of [
    'x',
    '{}',
    '1',
    '-1',
    '[[1],["Symbol",2],7]',
    '[[1],["Action",2],[3],4]',
    '[["Nothing",1]]',
  ]) {
    assert.throws(() => decodeValues(text, references), Error, text)
  }
})

test('passes on the error for an action that is no longer registered', () => {
  const text = encodeValues([references.action('todos.gone')], 'todos.add', references)
  const gone = new Error('gone')
  const none: ActionReferences = {
    describe: () => undefined,
    restore() {
      throw gone
    },
  }
  assert.throws(() => decodeValues(text, none), gone)
})
