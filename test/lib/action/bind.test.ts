import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { detailsOf } from '../../../lib/action/action.js'
import { createActions } from '../../../lib/sealform.js'
import { testKey } from '../../setup/koa-app.js'

function defineMove() {
  const calls: unknown[][] = []
  const move = createActions({ keys: testKey }).define(
    'cards.move',
    async (_submission, from: string, to: number) => {
      calls.push([from, to])
    },
  )
  return { move, calls }
}

describe('bind()', () => {
  it('gives an action with the values after those that are bound already', () => {
    const { move } = defineMove()
    const bound = move.bind(null, 'inbox').bind(null, 3)
    assert.deepEqual(detailsOf(bound)?.values, ['inbox', 3])
    assert.deepEqual(detailsOf(move)?.values, [])
    assert.equal(bound.name, 'cards.move')
  })

  it('gives a function that runs the action with its values', async () => {
    const { move, calls } = defineMove()
    await Reflect.apply(move.bind(null, 'inbox'), undefined, [{}, 4])
    assert.deepEqual(calls, [['inbox', 4]])
  })

  it('is refused when it is called on something else than an action', () => {
    const { move } = defineMove()
    for (const other of [undefined, {}, () => {}, Object.create(move)]) {
      assert.throws(() => Reflect.apply(move.bind, other, [null, 'inbox']), {
        name: 'TypeError',
        message: 'bind() has to be called as a method of an action.',
      })
    }
  })
})

describe('bind() without null in front of the values', () => {
  it('is refused, since the first argument would be lost', () => {
    const { move } = defineMove()
    for (const [value, type] of [
      ['inbox', 'string'],
      [3, 'number'],
      [0, 'number'],
      [7n, 'bigint'],
      [false, 'boolean'],
    ] as const) {
      assert.throws(() => Reflect.apply(move.bind, move, [value]), {
        code: 'ERR_VALUE_UNSUPPORTED',
        message: `cards.move: the first argument of bind() is a ${type}, and would not be bound. Write null before the values: bind(null, id).`,
      })
    }
  })

  it('is as with null where it is undefined or an object, as in other calls of bind()', () => {
    const { move } = defineMove()
    for (const self of [null, undefined, {}, () => {}]) {
      const bound: unknown = Reflect.apply(move.bind, move, [self, 'inbox'])
      assert.deepEqual(detailsOf(bound)?.values, ['inbox'])
    }
  })
})

describe('an action', () => {
  it('cannot be made of a function by copying what it has', () => {
    const { move } = defineMove()
    const copy = Object.defineProperties(() => {}, Object.getOwnPropertyDescriptors(move))
    Object.setPrototypeOf(copy, Object.getPrototypeOf(move))
    assert.equal(detailsOf(copy), undefined)
    assert.equal(detailsOf(new Proxy(move, {})), undefined)
  })

  it('shows neither its registry nor its values when it is inspected', () => {
    const { move } = defineMove()
    const shown = inspect(move.bind(null, 'a secret id'), { depth: 9, showHidden: true })
    assert.ok(!shown.includes('a secret id'))
    assert.ok(!shown.includes('keys'))
  })
})
