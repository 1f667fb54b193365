import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sentIndexes } from '../../views/given-values.js'

const indexesIn = (names: readonly string[], name = 'items') =>
  sentIndexes(new Map(names.map((sent) => [sent, ['x']])), name)

test('the rows of a name are found in ascending order, each once', () => {
  assert.deepEqual(
    indexesIn(['items[10].qty', 'items[2].qty', 'items[2].name', 'items[0][qty]', 'items[4]']),
    [0, 2, 4, 10],
  )
})

test('a name that only looks like a row is not one', () => {
  const names = [
    'items',
    'items[]',
    'items[x].qty',
    'items[-1].qty',
    'items[1',
    'items[1e3].qty',
    'items.1.qty',
  ]
  assert.deepEqual(indexesIn([...names, 'myitems[1].qty', 'items2[1].qty', 'Items[1].qty']), [])
})

test('rows within rows are found by the name that leads to them', () => {
  assert.deepEqual(indexesIn(['orders[1].items[5].qty', 'orders[1].items[6].qty'], 'orders[1].items'), [5, 6])
  assert.deepEqual(indexesIn(['orders[1].items[5].qty'], 'orders'), [1])
})

test('an index that no number can hold is not a row', () => {
  assert.deepEqual(
    indexesIn([`items[${'9'.repeat(40)}].qty`, 'items[9007199254740991].qty']),
    [9007199254740991],
  )
})
