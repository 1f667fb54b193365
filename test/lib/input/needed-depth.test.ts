import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { neededDepth } from '../../../lib/input/needed-depth.js'
import { inputJsonSchema } from '../../../lib/input/to-json-schema.js'
import type { StandardSchemaV1 } from '../../../lib/sealform.js'

function needs(schema: StandardSchemaV1): readonly [depth: number, name: string] {
  const { depth, name } = neededDepth(inputJsonSchema(schema))
  return [depth, name]
}

describe('the depth that a schema needs', () => {
  it('is 0 for texts, numbers, dates and boxes', () => {
    const schema = z.object({ a: z.string(), b: z.int(), c: z.date(), d: z.boolean(), e: z.enum(['x', 'y']) })
    assert.equal(needs(schema)[0], 0)
    assert.equal(needs(z.object({}))[0], 0)
    assert.equal(needs(z.record(z.string(), z.string()))[0], 0)
  })

  it('is 0 for an array of texts, whose field occurs several times', () => {
    assert.equal(needs(z.object({ tags: z.array(z.string()) }))[0], 0)
    assert.equal(needs(z.object({ tags: z.array(z.string()).optional() }))[0], 0)
    assert.equal(needs(z.object({ point: z.tuple([z.number(), z.number()]) }))[0], 0)
  })

  it('counts the keys of objects and the indexes of arrays', () => {
    assert.deepEqual(needs(z.object({ address: z.object({ street: z.string() }) })), [1, 'address.street'])
    assert.deepEqual(needs(z.object({ items: z.array(z.object({ qty: z.int() })) })), [2, 'items[0].qty'])
    assert.deepEqual(needs(z.object({ grid: z.array(z.array(z.number())) })), [1, 'grid[0]'])
    assert.deepEqual(needs(z.object({ prices: z.record(z.string(), z.number()) })), [1, 'prices.key'])
    assert.deepEqual(needs(z.object({ a: z.object({ b: z.object({ c: z.object({}) }) }) })), [3, 'a.b.c.key'])
  })

  it('counts what is optional or null as well', () => {
    assert.deepEqual(needs(z.object({ a: z.object({ b: z.string() }).nullish() })), [1, 'a.b'])
  })

  it('is that of the deepest branch of a choice between objects', () => {
    const schema = z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('a') }),
      z.object({ kind: z.literal('b'), at: z.object({ x: z.number() }) }),
    ])
    assert.deepEqual(needs(schema), [1, 'at.x'])
  })

  it('is 0 where a text can stand in for the object, as JSON in one field does', () => {
    const json = z
      .string()
      .transform((text) => JSON.parse(text))
      .pipe(z.object({ a: z.string() }))
    assert.equal(needs(z.object({ data: json }))[0], 0)
    assert.equal(needs(z.object({ data: z.preprocess(String, z.object({ a: z.string() })) }))[0], 0)
    assert.equal(needs(z.object({ data: z.union([z.string(), z.object({ a: z.string() })]) }))[0], 0)
    assert.equal(needs(z.object({ data: z.any(), file: z.file(), other: z.instanceof(File) }))[0], 0)
  })

  it('is that of the first level of a schema that contains itself', () => {
    interface Tree {
      name: string
      children: Tree[]
    }
    const tree: z.ZodType<Tree> = z.object({
      name: z.string(),
      get children() {
        return z.array(tree)
      },
    })
    assert.deepEqual(needs(tree), [2, 'children[0].name'])
  })

  it('is read from valibot and arktype as well', () => {
    const ofValibot = toStandardJsonSchema(v.object({ items: v.array(v.object({ qty: v.number() })) }))
    assert.deepEqual(needs(ofValibot), [2, 'items[0].qty'])
    assert.deepEqual(needs(type({ address: { street: 'string' }, tags: 'string[]' })), [1, 'address.street'])
  })

  it('is found within a moment in a schema whose definitions all refer to each other', () => {
    const names = Array.from({ length: 40 }, (_, i) => `n${i}`)
    const properties = Object.fromEntries(names.map((name) => [name, { $ref: `#/$defs/${name}` }]))
    const node = { type: 'object', properties }
    const schema = { ...node, $defs: Object.fromEntries(names.map((name) => [name, node])) }
    const before = performance.now()
    assert.ok(neededDepth(schema).depth > 0)
    assert.ok(performance.now() - before < 5000)
  })
})
