import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { SealformError } from '../../../lib/base/errors.js'
import type { ActionReferences } from '../../../lib/seal/action-references.js'
import { decodeValues, encodeBoundValues, encodeValues } from '../../../lib/seal/bound-values.js'

const action = () => {}
let bound: unknown[] = []
const references: ActionReferences = {
  describe: (value) => (value === action ? { name: 'todos.remove', values: bound } : undefined),
  restore: () => action,
}

function refused(value: unknown, message: string, code = 'ERR_VALUE_UNSUPPORTED'): void {
  assert.throws(
    () => encodeValues([value], 'todos.add', references),
    (error: unknown) => {
      assert.ok(error instanceof SealformError, String(error))
      assert.equal(error.message, `todos.add: bound value 1${message}.`)
      assert.equal(error.code, code)
      return true
    },
  )
}

function taken(value: unknown): void {
  assert.deepEqual(decodeValues(encodeValues([value], 'todos.add', references), references), [value])
}

const because = (own: unknown, properties: PropertyDescriptorMap) => Object.defineProperties(own, properties)

test('names the action, the value and the path in it', () => {
  assert.throws(() => encodeValues(['x', { items: [1, 2, 3, { when() {} }] }], 'todos.add', references), {
    code: 'ERR_VALUE_UNSUPPORTED',
    message: 'todos.add: bound value 2.items[3].when is a function, and not an action of this registry.',
  })
  refused({ 'a b': () => {} }, '["a b"] is a function, and not an action of this registry')
  refused(new Map([['k', Symbol('x')]]), '.get("k") is a symbol that is not registered; use Symbol.for()')
  refused(new Map([[/x/, 1]]), '.keys()[0] is an instance of RegExp')
  refused(new Map([[1, /x/]]), '.values()[0] is an instance of RegExp')
  refused(new Set([1, /x/]), '.values()[1] is an instance of RegExp')
})

test('names the path through the values of another action', () => {
  bound = ['x', { at: /x/ }]
  refused([action], '[0] (todos.remove) bound value 2.at is an instance of RegExp')
  bound = []
})

test('refuses functions, classes and generators that are not actions', () => {
  refused(() => {}, ' is a function, and not an action of this registry')
  refused(class Todo {}, ' is a function, and not an action of this registry')
  refused(new Proxy(action, {}), ' is a function, and not an action of this registry')
  refused((function* () {})(), ' is an object with a prototype of its own')
})

test('refuses symbols that are not registered, well-known ones too', () => {
  refused(Symbol('x'), ' is a symbol that is not registered; use Symbol.for()')
  refused(Symbol.iterator, ' is a symbol that is not registered; use Symbol.for()')
})

test('refuses instances of classes', () => {
  class Todo {
    title = 'x'
  }
  refused(new Todo(), ' is an instance of Todo')
  refused({ todo: new Todo() }, '.todo is an instance of Todo')
  refused(Object.create({}), ' is an object with a prototype of its own')
  refused(Object.create({ constructor: 1 }), ' is an object with a prototype of its own')
})

test('refuses boxed primitives', () => {
  refused(new String('x'), ' is an instance of String')
  refused(new Number(1), ' is an instance of Number')
  refused(new Boolean(false), ' is an instance of Boolean')
  refused(Object(1n), ' is an instance of BigInt')
  refused(Object(Symbol.for('x')), ' is an instance of Symbol')
})

test('refuses built-in objects of other types', () => {
  refused(new Error('x'), ' is an instance of Error')
  refused(/x/, ' is an instance of RegExp')
  refused(Promise.resolve(1), ' is an instance of Promise')
  refused(new WeakMap(), ' is an instance of WeakMap')
  refused(new WeakSet(), ' is an instance of WeakSet')
  refused(new WeakRef({}), ' is an instance of WeakRef')
  refused(new URL('http://x'), ' is an instance of URL')
  refused(new URLSearchParams('a=b'), ' is an instance of URLSearchParams')
  refused(new Blob(['x']), ' is an instance of Blob')
  refused(new Intl.NumberFormat(), ' is an instance of NumberFormat')
  refused(globalThis, ' is a built-in object ([object global]) that looks like a plain one')
  refused(Math, ' is a built-in object ([object Math]) that looks like a plain one')
})

test('refuses subclasses of the types that it carries', () => {
  refused(new (class List extends Array {})(), ' is an instance of List')
  refused(new (class Cache extends Map {})(), ' is an instance of Cache')
  refused(new (class Tags extends Set {})(), ' is an instance of Tags')
  refused(new (class Day extends Date {})(), ' is an instance of Day')
  refused(new (class Bytes extends Uint8Array {})(), ' is an instance of Bytes')
  refused(new (class Memory extends ArrayBuffer {})(1), ' is an instance of Memory')
  refused(new (class Fields extends FormData {})(), ' is an instance of Fields')
})

test('refuses objects that only look like those types', () => {
  refused(Object.create(Map.prototype), ' is an instance of Map')
  refused(Object.create(Array.prototype), ' is an instance of Array')
  refused(Object.create(Date.prototype), ' is an instance of Date')
  refused(Object.create(Uint8Array.prototype), ' is an instance of Uint8Array')
  refused(Object.create(FormData.prototype), ' is an instance of FormData')
  const tag = '[object Object]'
  refused(
    Object.setPrototypeOf(new Map(), Object.prototype),
    ` is a built-in object (${tag}) that looks like a plain one`,
  )
  refused(Object.setPrototypeOf(new Date(), null), ' is a built-in object without its prototype')
  refused(Object.setPrototypeOf([], null), ' is a built-in object without its prototype')
})

test('refuses objects of another realm, which have other classes', () => {
  refused(runInNewContext('new Map()'), ' is an instance of Map')
  refused(runInNewContext('[]'), ' is an instance of Array')
})

test('refuses proxies without touching them', () => {
  const touched = () => assert.fail('The proxy was touched.')
  const traps = { get: touched, ownKeys: touched, getPrototypeOf: touched, getOwnPropertyDescriptor: touched }
  refused(new Proxy({}, traps), ' is a Proxy')
  refused([new Proxy([], traps)], '[0] is a Proxy')
  refused(new Proxy(new Map(), traps), ' is a Proxy')
  refused(
    Object.create(new Proxy({}, { get: touched, getOwnPropertyDescriptor: touched })),
    ' is an object with a prototype of its own',
  )
})

test('refuses getters and setters without calling them', () => {
  const get = () => assert.fail('The getter was called.')
  refused(because({}, { when: { get, enumerable: true } }), '.when is a getter or setter')
  refused(because({}, { when: { set: () => {}, enumerable: true } }), '.when is a getter or setter')
  refused(because([1, 2], { 1: { get, enumerable: true } }), '[1] is a getter or setter')
})

test('refuses properties that would be lost: hidden ones and symbol keys', () => {
  refused(because({}, { secret: { value: 1 } }), '.secret is not enumerable')
  refused(because([1], { 0: { value: 1, enumerable: false } }), '[0] is not enumerable')
  refused({ [Symbol('x')]: 1 }, ' has a symbol as a key, Symbol(x)')
  refused(because({}, { [Symbol.for('x')]: { value: 1 } }), ' has a symbol as a key, Symbol(x)')
})

test('refuses an invalid Date, and takes the first and the last one', () => {
  for (const [value, at] of [
    [new Date(Number.NaN), ''],
    [{ due: [new Date('soon')] }, '.due[0]'],
    [new Map([['due', new Date(8.64e15 + 1)]]), '.get("due")'],
  ] as const) {
    const message = `todos.add: bound value 1${at} is an invalid Date; check it before you bind it.`
    assert.throws(() => encodeBoundValues([value], 'todos.add', references), {
      code: 'ERR_VALUE_UNSUPPORTED',
      message,
    })
  }
  taken(new Date(8.64e15))
  taken(new Date(-8.64e15))
})

test('refuses additional properties on lists, dates and buffers', () => {
  const extra = { extra: 1 }
  refused(Object.assign([1], extra), ' has a property of its own, "extra"')
  refused(Object.assign(new Map(), extra), ' has a property of its own, "extra"')
  refused(Object.assign(new Set(), extra), ' has a property of its own, "extra"')
  refused(Object.assign(new Date(), extra), ' has a property of its own, "extra"')
  refused(Object.assign(new Uint8Array(2), extra), ' has a property of its own, "extra"')
  refused(Object.assign(new ArrayBuffer(2), extra), ' has a property of its own, "extra"')
  refused(Object.assign(new DataView(new ArrayBuffer(2)), extra), ' has a property of its own, "extra"')
  refused(Object.assign(Buffer.alloc(2), extra), ' has a property of its own, "extra"')
  refused(Object.assign(new FormData(), extra), ' has a property of its own, "extra"')
  refused(
    Object.assign([], { [Symbol.iterator]: 1 }),
    ' has a property of its own, "Symbol(Symbol.iterator)"',
  )
  refused(because(new Uint8Array(4), { length: { value: 5 } }), ' has a property of its own, "length"')
})

test('refuses holes in arrays', () => {
  const holed = [1, 2, 3]
  delete holed[1]
  refused(holed, ' has a hole at 1; write undefined there')
  refused(new Array(3), ' has a hole at 0; write undefined there')
  taken([undefined])
})

test('refuses a property called __proto__', () => {
  refused(JSON.parse('{"__proto__":{"admin":true}}'), '.__proto__ has a name that cannot be carried safely')
  refused(
    because(Object.create(null), { ['__proto__']: { value: 1, enumerable: true } }),
    '.__proto__ has a name that cannot be carried safely',
  )
})

test('refuses an action under the key `then`, since an await would call it', () => {
  refused(
    Object.fromEntries([['then', action]]),
    '.then is a function, so JavaScript would take the object for a promise',
  )
})

test('refuses an action that is bound to itself', () => {
  bound = [[action]]
  refused(action, ' (todos.remove) bound value 1[0] is an action that is bound to itself')
  bound = []
})

test('refuses files in FormData', () => {
  const formData = new FormData()
  formData.append('photo', new File(['x'], 'x.png'))
  refused(formData, '.get("photo") is a File')
})

test('refuses memory that is shared with other threads, resizable or transferred away', () => {
  refused(new SharedArrayBuffer(8), ' is an instance of SharedArrayBuffer')
  refused(new Uint8Array(new SharedArrayBuffer(8)), ' is a view of a SharedArrayBuffer')
  const resizable: ArrayBuffer = Reflect.construct(ArrayBuffer, [8, { maxByteLength: 16 }])
  refused(resizable, ' is a resizable ArrayBuffer')
  refused(new Uint8Array(resizable), '.buffer is a resizable ArrayBuffer')
  const detached = new Uint8Array(8)
  structuredClone(detached, { transfer: [detached.buffer] })
  refused(detached, '.buffer is an ArrayBuffer that was transferred away')
  refused(detached.buffer, ' is an ArrayBuffer that was transferred away')
})

test('refuses Buffers whose bytes belong to another value as well', () => {
  const buffer = Buffer.alloc(8)
  refused([buffer, buffer.subarray(4)], '[1] is a Buffer that shares its bytes with another value')
  refused([new Uint8Array(buffer.buffer), buffer], '[1] is a Buffer that shares its bytes with another value')
  refused([buffer, new Uint8Array(buffer.buffer)], '[1].buffer shares its bytes with a Buffer')
  taken([buffer.subarray(0, 4), buffer.subarray(4)])
})

const nest = (levels: number) => {
  let value: unknown = 'x'
  for (let i = 0; i < levels; i++) value = i % 2 ? [value] : { a: value }
  return value
}

test('takes values 31 and 32 levels deep and refuses 33', () => {
  taken(nest(31))
  taken(nest(32))
  assert.throws(() => encodeValues([nest(33)], 'todos.add', references), {
    code: 'ERR_VALUE_UNSUPPORTED',
    message: /^todos\.add: bound value 1.* is nested too deeply; the limit is 32 levels\.$/,
  })
})

test('refuses a million levels without running out of stack', () => {
  assert.throws(() => encodeValues([nest(1_000_000)], 'todos.add', references), {
    code: 'ERR_VALUE_UNSUPPORTED',
  })
})

test('takes 9,999 and 10,000 values and refuses 10,001', () => {
  // The array itself is one of them.
  const full = (count: number) => Array.from({ length: count - 1 }, () => undefined)
  taken(full(9_999))
  taken(full(10_000))
  refused(full(10_001), '[9999] is one value too many; the limit is 10000')
  refused(new Array(20_000).fill(1), ' has 20000 items; the limit is 10000')
})

test('counts the values of all bound values together', () => {
  const half = Array.from({ length: 4_999 }, () => undefined)
  assert.equal(decodeValues(encodeValues([half, [...half]], 'todos.add', references), references).length, 2)
  assert.throws(() => encodeValues([half, [...half], undefined], 'todos.add', references), {
    message: 'todos.add: bound value 3 is one value too many; the limit is 10000.',
  })
})

test('takes texts and buffers of 8191 and 8192 and refuses 8193, before it reads them', () => {
  taken(['x'.repeat(8191)])
  taken(['x'.repeat(8192)])
  const tooLong = (length: number) =>
    ` has a length of ${length}, more than any seal can hold. Bind an id, and look up the rest when the action runs`
  refused(['x'.repeat(8193)], `[0]${tooLong(8193)}`, 'ERR_SEAL_TOO_LARGE')
  taken(new Uint8Array(8192))
  refused(new Uint8Array(8193), `.buffer${tooLong(8193)}`, 'ERR_SEAL_TOO_LARGE')
  refused(Buffer.alloc(8193), tooLong(8193), 'ERR_SEAL_TOO_LARGE')
  refused(new ArrayBuffer(2 ** 30), tooLong(2 ** 30), 'ERR_SEAL_TOO_LARGE')
  refused({ n: 2n ** 100_000n }, `.n${tooLong(25_001)}`, 'ERR_SEAL_TOO_LARGE')
})
