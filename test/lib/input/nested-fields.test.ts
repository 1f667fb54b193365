import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseFieldName, plainName } from '../../../lib/base/field-path.js'
import { nestFields } from '../../../lib/input/nested-fields.js'
import { Refused } from '../../../lib/outcome/outcome.js'
import { processorTime } from '../../setup/processor-time.js'

type Entries = readonly (readonly [string, string])[]

function nest(entries: Entries, depth = 8) {
  const fields = nestFields(entries, depth)
  if (fields instanceof Refused) throw new Error(`refused: ${fields.detail}`)
  return fields
}

function refusal(entries: Entries, depth = 8): Refused {
  const fields = nestFields(entries, depth)
  assert.ok(fields instanceof Refused, JSON.stringify(entries))
  return fields
}

/** Compares as JSON, because the objects have no prototype. */
function values(entries: Entries): unknown {
  return JSON.parse(JSON.stringify(nest(entries).values))
}

test('reads the ways to write a path', () => {
  for (const [name, keys, appends] of [
    ['title', ['title'], false],
    ['address.street', ['address', 'street'], false],
    ['address[street]', ['address', 'street'], false],
    ['items[0].qty', ['items', 0, 'qty'], false],
    ['items[0][qty]', ['items', 0, 'qty'], false],
    ['items.0', ['items', '0'], false],
    ['items[007]', ['items', 7], false],
    ['tags[]', ['tags'], true],
    ['a[0].tags[]', ['a', 0, 'tags'], true],
    ['a[b.c]', ['a', 'b.c'], false],
    ['first name.Ä 1', ['first name', 'Ä 1'], false],
    ['a[9007199254740991]', ['a', 9007199254740991], false],
  ] as const) {
    assert.deepEqual(parseFieldName(name), { keys, appends }, name)
  }
})

test('tells malformed names and names of object properties from paths', () => {
  for (const name of [
    '',
    '.',
    '.a',
    'a.',
    'a..b',
    'a[',
    'a[0',
    'a]',
    'a[]b',
    'a[].x',
    'a[][]',
    '[0]',
    '[a]',
    'a[[0]]',
  ]) {
    assert.deepEqual(parseFieldName(name), { fault: 'malformed' }, name)
  }
  for (const name of ['a[0]b', 'a[b]c', 'a[9007199254740992]', 'a.b]', 'a[b]]', 'a.[b]']) {
    assert.deepEqual(parseFieldName(name), { fault: 'malformed' }, name)
  }
  for (const name of ['__proto__', 'a.__proto__', 'a[constructor].b', 'a[0].prototype', 'constructor[0]']) {
    assert.deepEqual(parseFieldName(name), { fault: 'reserved' }, name)
  }
})

test('spells names that lead to the same value alike', () => {
  for (const [name, plain] of [
    ['address[street]', 'address.street'],
    ['address.street', 'address.street'],
    ['items[7][qty]', 'items[7].qty'],
    ['tags[]', 'tags'],
    ['a[', 'a['],
  ] as const) {
    assert.equal(plainName(name), plain)
  }
})

test('makes objects and arrays', () => {
  assert.deepEqual(
    values([
      ['title', 'T'],
      ['address.street', 'S'],
      ['address[city]', 'C'],
      ['items[0].qty', '1'],
      ['items[0].sku', 'x'],
      ['items[1].qty', '2'],
      ['tags[]', 'a'],
      ['tags[]', 'b'],
      ['one[]', 'only'],
      ['twice', '1'],
      ['twice', '2'],
      ['grid[0][1]', 'x'],
      ['map.0', 'zero'],
    ]),
    {
      title: 'T',
      address: { street: 'S', city: 'C' },
      items: [{ qty: '1', sku: 'x' }, { qty: '2' }],
      tags: ['a', 'b'],
      one: ['only'],
      twice: ['1', '2'],
      grid: [['x']],
      map: { 0: 'zero' },
    },
  )
})

test('closes the gaps of removed rows, in the order of the indexes', () => {
  assert.deepEqual(
    values([
      ['items[9007199254740991].qty', 'c'],
      ['items[10].qty', 'b'],
      ['items[9].qty', 'a'],
    ]),
    { items: [{ qty: 'a' }, { qty: 'b' }, { qty: 'c' }] },
  )
})

test('gives objects no prototype, at any depth', () => {
  const { values: made } = nest([
    ['a.b.c', '1'],
    ['list[0].x', '1'],
  ])
  const { a, list } = made
  assert.ok(Array.isArray(list))
  for (const object of [made, a, list[0]]) assert.equal(Object.getPrototypeOf(object), null)
})

test('finds the field names of the form for the parts of the values', () => {
  const { nameOf } = nest([
    ['address[street]', 'S'],
    ['items[7].qty', '1'],
    ['items[3].qty', '2'],
    ['tags[]', 'a'],
    ['tags[]', 'b'],
    ['size', 's'],
    ['size', 'm'],
  ])
  for (const [path, name] of [
    [['address', 'street'], 'address[street]'],
    [['address'], 'address'],
    [['address', 'city'], 'address.city'],
    [['items', 0, 'qty'], 'items[3].qty'],
    [['items', 1, 'qty'], 'items[7].qty'],
    [['items', '1', 'qty'], 'items[7].qty'],
    [['items', 1, 'sku'], 'items[7].sku'],
    [['items', 1], 'items[7]'],
    [['items'], 'items'],
    [['items', 2, 'qty'], 'items[2].qty'],
    [['tags'], 'tags[]'],
    [['tags', 1], 'tags[]'],
    [['size', 1], 'size'],
    [['nowhere', 0, 'x'], 'nowhere[0].x'],
    [[Symbol.iterator], 'Symbol(Symbol.iterator)'],
    [[], ''],
  ] as const) {
    assert.equal(nameOf(path), name)
  }
})

test('refuses malformed names with 400, and quotes the name', () => {
  for (const name of ['a[', 'a..b', '[0]', 'a[]b', 'a[].x', 'x.__proto__.y', 'constructor']) {
    const { reason, status, detail } = refusal([
      ['fine', ''],
      [name, ''],
    ])
    assert.deepEqual([reason, status], ['malformed', 400])
    assert.ok(detail.includes(JSON.stringify(name)), detail)
  }
})

test('refuses names that contradict each other with 400, in either order', () => {
  for (const [one, other] of [
    ['a', 'a.b'],
    ['a', 'a[0]'],
    ['a', 'a[]'],
    ['a[0]', 'a.b'],
    ['a[0]', 'a[]'],
    ['a.b', 'a.b.c'],
    ['a[0]', 'a[0].b'],
    ['a.0', 'a[0]'],
  ] as const) {
    for (const names of [
      [one, other],
      [other, one],
    ]) {
      const { reason, status } = refusal(names.map((name) => [name, 'x']))
      assert.deepEqual([reason, status], ['malformed', 400], names.join(' and '))
    }
  }
})

test('applies the depth at exactly its value, and refuses more with 413', () => {
  for (const [name, deep] of [
    ['a', 0],
    ['a.b', 1],
    ['a[]', 1],
    ['items[0].qty', 2],
    ['items[0].tags[]', 3],
    ['a.b.c.d.e.f.g.h.i', 8],
  ] as const) {
    nest([[name, '']], deep)
    if (deep === 0) continue
    const { reason, status, detail } = refusal([[name, '']], deep - 1)
    assert.deepEqual([reason, status], ['too-large', 413])
    assert.ok(detail.includes(`depth allows ${deep - 1}`), detail)
  }
})

test('refuses or accepts each of ten thousand random names without harm', () => {
  const pieces = [
    'a',
    'b',
    '0',
    '7',
    '.',
    '[',
    ']',
    '[]',
    '[0]',
    '[99999999999]',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    ' ',
    '\u0000',
    '\ud800',
    'ä',
    "'",
  ]
  const before = Object.getOwnPropertyNames(Object.prototype).sort()
  let seed = 7
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed % below
  }
  const seen = new Set<string>()
  for (let round = 0; round < 2500; round++) {
    const entries: [string, string][] = []
    for (let i = 0; i < 4; i++) {
      const name = Array.from({ length: 1 + random(6) }, () => pieces[random(pieces.length)]).join('')
      entries.push([name, 'value'])
    }
    const fields = nestFields(entries, random(9))
    if (fields instanceof Refused) seen.add(`${fields.status} ${fields.reason}`)
    else {
      seen.add('taken')
      fields.nameOf(['a', 0, 'b'])
      assert.equal(Object.getPrototypeOf(fields.values), null)
    }
  }
  assert.deepEqual(seen, new Set(['taken', '400 malformed', '413 too-large']))
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype).sort(), before)
  assert.equal(Reflect.get({}, 'value'), undefined)
})

test('reads a thousand fields in linear time', () => {
  const timeOf = (count: number, name: (i: number) => string) => {
    const entries = Array.from({ length: count }, (_, i): [string, string] => [name(i), 'x'])
    let best = Number.POSITIVE_INFINITY
    for (let round = 0; round < 7; round++) {
      const time = processorTime(() => {
        const { nameOf } = nest(entries)
        for (let i = 0; i < count; i++) nameOf(['items', i, 'qty'])
      })
      best = Math.min(best, time)
    }
    return best
  }
  for (const name of [
    (i: number) => `items[${i}].qty`,
    (i: number) => `items[${i * 1_000_003}].qty`,
    () => 'a.b.c.d.e.f.g.h',
    (i: number) => `a[k${i}].b`,
  ]) {
    const [some, many] = [timeOf(500, name), timeOf(8000, name)]
    // Sixteen times as many fields. Quadratic work would take 256 times as long.
    // A kernel may count processor time in steps of some milliseconds.
    assert.ok(many < 100 * Math.max(some, 1), `${name(1)}: ${some} ms, ${many} ms`)
  }
})
