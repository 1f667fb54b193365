import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parse, stringify } from 'devalue'
import { readValues } from '../../../client/read-values.js'
import { notPlain, writePlain } from '../../../lib/react/plain-writer.js'

const noActions = () => undefined
const write = (value: object) => writePlain(value, noActions)

/** What devalue reads of its own text is the standard. */
function assertSame(value: object): void {
  const { text, own } = write(value)
  assert.deepEqual(JSON.parse(text), JSON.parse(stringify(value)))
  assert.deepEqual(parse(text), value)
  assert.deepEqual(readValues(text), value)
  assert.deepEqual(own, value)
}

function nested(levels: number): object {
  let value: object = {}
  for (let level = 1; level < levels; level++) value = { value }
  return value
}

describe('writePlain()', () => {
  it('writes and copies texts, numbers and constants as devalue does', () => {
    assertSame({
      text: 'a "quoted" <b> line\n\u2028 and \ud800',
      same: 'twice',
      again: 'twice',
      numbers: [0, -0, 1.5, -1e300, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      big: 2n ** 70n,
      nothing: null,
      missing: undefined,
      yes: true,
      no: false,
    })
  })

  it('writes and copies dates, lists and objects, whatever their keys are', () => {
    assertSame({
      '': 1,
      'a "key" <b>': { constructor: 1, toString: 'x' },
      at: new Date(5),
      empty: [[], {}],
      rows: [{ id: 1 }, { id: 2 }],
    })
  })

  it('writes and copies an invalid date', () => {
    const { text, own } = write({ never: new Date(Number.NaN) })
    assert.equal(text, stringify({ never: new Date(Number.NaN) }))
    assert.equal(String((own as { never: Date }).never), 'Invalid Date')
  })

  it('keeps what stands twice one value, and a circle a circle', () => {
    const shared = { at: new Date(5) }
    const circle: Record<string, unknown> = { shared, list: [shared] }
    circle.self = circle
    const { text, own } = write(circle)
    const copy = own as typeof circle
    assert.equal(copy.self, copy)
    assert.equal(copy.shared, (copy.list as unknown[])[0])
    assert.deepEqual(parse(text), circle)
    assert.notEqual(copy.shared, shared)
    assert.notEqual((copy.shared as typeof shared).at, shared.at)
  })

  it('reads a value that a function makes once', () => {
    let count = 0
    const value = {
      get next() {
        return ++count
      },
    }
    const { text, own } = write(value)
    assert.deepEqual(parse(text), { next: 1 })
    assert.deepEqual(own, { next: 1 })
  })

  it('puts what stands for an action into the text and into the copy', () => {
    const act = () => {}
    const { text, own } = writePlain({ act, list: [{ act }] }, (action) =>
      action === act ? { told: ['id', 'name', 'seal'], own: 'the form' } : undefined,
    )
    assert.deepEqual(own, { act: 'the form', list: [{ act: 'the form' }] })
    const told = { act: ['id', 'name', 'seal'], list: [{ act: ['id', 'name', 'seal'] }] }
    assert.deepEqual(parse(text, { Action: (list) => list }), told)
  })

  it('leaves to devalue what it does not know', () => {
    class User {}
    const proto = JSON.parse('{"__proto__": 1}')
    for (const value of [
      { map: new Map() },
      { set: new Set() },
      { user: new User() },
      { later: new (class extends Date {})() },
      { none: Object.create(null) },
      { symbol: Symbol.for('a') },
      { [Symbol('key')]: 1 },
      { call: () => {} },
      { bytes: new Uint8Array(1) },
      { boxed: Object('text') },
      { holes: new Array(2) },
      { proto },
    ]) {
      assert.throws(() => write(value), notPlain)
    }
  })

  it('writes a hundred levels', () => {
    for (const levels of [99, 100]) assertSame(nested(levels))
    assert.throws(() => write(nested(101)), notPlain)
  })
})
