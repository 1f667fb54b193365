import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parse } from 'devalue'
import { writeJson } from '../../../lib/answer/write-json.js'

const refuses = (value: unknown, format: 'json' | 'rich', message: RegExp) =>
  assert.throws(() => writeJson(value, format, { what: 'The state' }), {
    code: 'ERR_VALUE_UNSUPPORTED',
    message,
  })

describe('writeJson() of rich values', () => {
  it('writes only the bytes that a view shows', () => {
    const memory = Buffer.from('--secret--shown--')
    const view = new Uint8Array(memory.buffer, memory.byteOffset + 10, 5)
    const text = writeJson([view, new DataView(view.buffer, view.byteOffset, 5)], 'rich', {
      what: 'The state',
    })
    const [bytes, data] = parse(text)
    assert.equal(Buffer.from(bytes).toString(), 'shown')
    assert.deepEqual([bytes.buffer.byteLength, data.byteLength, data.buffer.byteLength], [5, 5, 5])
  })

  it('writes registered symbols and FormData as lists of texts', () => {
    const data = new FormData()
    data.append('a', '1')
    data.append('a', '2')
    const text = writeJson({ symbol: Symbol.for('s'), data }, 'rich', { what: 'The state' })
    const read = parse(text, { Symbol: ([key]) => Symbol.for(key), FormData: (list) => list })
    assert.deepEqual(read, { symbol: Symbol.for('s'), data: ['a', '1', 'a', '2'] })
  })

  it('refuses what has no value in a browser', () => {
    const data = new FormData()
    data.append('file', new Blob(['x']))
    refuses(
      { a: [() => 1] },
      'rich',
      /^The state cannot be sent as JSON at \.a\[0\]: Cannot stringify a function/,
    )
    refuses(new (class User {})(), 'rich', /non-POJOs/)
    refuses(Symbol('own'), 'rich', /not registered/)
    refuses(data, 'rich', /a FormData with a file, "file"/)
    refuses(Promise.resolve(), 'rich', /non-POJOs/)
    let deep: unknown = []
    for (let i = 0; i < 100_000; i++) deep = [deep]
    refuses(deep, 'rich', /stack/)
  })
})

describe('writeJson() of plain values', () => {
  it('writes what JSON does not change', () => {
    const shared = { a: 1 }
    const value = { list: [shared, shared, null, 'x', true, 0.5], none: undefined, bare: Object.create(null) }
    assert.deepEqual(JSON.parse(writeJson(value, 'json', { what: 'The state' })), {
      list: [{ a: 1 }, { a: 1 }, null, 'x', true, 0.5],
      bare: {},
    })
  })

  it('refuses what JSON would change, and names it', () => {
    const cycle: { self?: unknown } = {}
    cycle.self = cycle
    for (const value of [
      new Date(0),
      Number.NaN,
      -0,
      1n,
      undefined,
      Symbol.for('s'),
      () => 1,
      new Map(),
      new Uint8Array(1),
      { toJSON: () => 1 },
    ]) {
      refuses({ a: { b: [value] } }, 'json', /^The state cannot be sent as JSON: \.a\.b\[0\] is not plain/)
    }
    refuses(cycle, 'json', /\.self is not plain/)
    refuses(new Array(1), 'json', /\[0\] is not plain/)
  })
})
