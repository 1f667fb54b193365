import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { createActions } from '../../../lib/sealform.js'
import { testKey } from '../../setup/koa-app.js'

const order = z.object({ items: z.array(z.object({ qty: z.int() })) })

function define(input: z.ZodType, depth?: number, own?: number): void {
  const limits = (value: number | undefined) => (value === undefined ? {} : { limits: { depth: value } })
  createActions({ keys: testKey, ...limits(depth) }).define('order', { input, run: () => {}, ...limits(own) })
}

describe('a schema with objects or arrays of objects', () => {
  it('is refused without a depth, which it names', () => {
    assert.throws(() => define(order), {
      code: 'ERR_OPTION_INVALID',
      message:
        'actions.define(\'order\'): "input" has items[0].qty, a name with 2 steps after the first key, but "limits.depth" is 0, so what is sent there would not reach the schema. Set limits: { depth: 2 }.',
    })
    assert.throws(
      () => define(z.object({ address: z.object({ zip: z.string() }).optional() })),
      /with 1 step after/,
    )
  })

  it('is refused with a depth that is one too small, and taken with the depth that it needs', () => {
    assert.throws(() => define(order, undefined, 1), /depth: 2/)
    define(order, undefined, 2)
    define(order, undefined, 3)
  })

  it('may have its depth from the registry', () => {
    define(order, 2)
    assert.throws(() => define(order, 2, 0), /"limits\.depth" is 0/)
  })

  it('is taken up to the largest depth', () => {
    const nest = (levels: number): z.ZodType =>
      levels === 0 ? z.string() : z.object({ a: nest(levels - 1) })
    define(nest(9), undefined, 8)
    assert.throws(
      () => define(nest(10), undefined, 8),
      /The largest "limits\.depth" is 8; make the schema flatter\.$/,
    )
  })

  it('needs none for an array of texts', () => {
    define(z.object({ tags: z.array(z.string()) }))
  })
})

describe('a name of an action', () => {
  it('is asked for where something else comes first', () => {
    for (const [value, said] of [
      [async () => {}, 'a value of the type function'],
      [{ run: () => {} }, 'a value of the type object'],
      [undefined, 'a value of the type undefined'],
      [null, 'null'],
    ] as const) {
      const actions = createActions({ keys: testKey })
      assert.throws(() => Reflect.apply(actions.define, actions, [value]), {
        code: 'ERR_ACTION_NAME',
        message: `actions.define() needs a name as its first argument, not ${said}: actions.define('todos.add', …).`,
      })
    }
  })
})
