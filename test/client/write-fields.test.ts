import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { writeField } from '../../client/write-fields.js'
import { createActions, done } from '../../lib/sealform.js'
import { invoke } from '../../lib/testing/testing.js'
import { testKey } from '../setup/koa-app.js'

function fieldsOf(values: Readonly<Record<string, unknown>>): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries(values)) writeField(data, name, value)
  return data
}

describe('writeField()', () => {
  it('writes values that a schema of the action reads as they were', async () => {
    const values = {
      text: ' as typed\r\n',
      number: -1.5e-7,
      zero: -0,
      big: 2n ** 70n,
      yes: true,
      no: false,
      at: new Date('2026-02-28T12:30:15.123Z'),
      none: null,
      missing: undefined,
      tags: ['a', 'b'],
      one: ['a'],
      empty: [],
      numbers: new Set([1, 2]),
      address: { street: 'Main', geo: { lat: 1 } },
      rows: [{ qty: 1 }, { qty: 2, tags: ['x', 'y'] }],
      grid: [
        [1, 2],
        [3, 4],
      ],
    }
    const row = z.object({ qty: z.number(), tags: z.array(z.string()).optional() })
    const actions = createActions({ keys: testKey })
    const act = actions.define('act', {
      limits: { depth: 4 },
      input: z.object({
        text: z.string(),
        number: z.number(),
        zero: z.number(),
        big: z.bigint(),
        yes: z.boolean(),
        no: z.boolean(),
        at: z.date(),
        none: z.number().nullable(),
        missing: z.string().optional(),
        tags: z.array(z.string()),
        one: z.array(z.string()),
        empty: z.array(z.string()),
        numbers: z.array(z.number()),
        address: z.object({ street: z.string(), geo: z.object({ lat: z.number() }) }),
        rows: z.array(row),
        grid: z.array(z.array(z.number())),
      }),
      run: ({ input }) => done(input),
    })
    const outcome = await invoke(act, fieldsOf(values))
    assert.deepEqual(outcome.issues, [])
    const { missing, ...expected } = values
    assert.deepEqual(outcome.state, { ...expected, numbers: [1, 2] })
  })

  it('adds files as they are', () => {
    const file = new File(['x'], 'a.txt', { type: 'text/plain' })
    const data = fieldsOf({ file, files: [file, new Blob(['y'])] })
    assert.deepEqual(
      [...data].map(([name, value]) => [name, typeof value === 'string' ? value : value.name]),
      [
        ['file', 'a.txt'],
        ['files', 'a.txt'],
        ['files', 'blob'],
      ],
    )
  })

  it('refuses what would arrive changed, and names it', () => {
    for (const [value, message] of [
      [Number.NaN, /^a: NaN cannot be sent as a field/],
      [Number.POSITIVE_INFINITY, /Infinity/],
      [() => 1, /a: /],
      [Symbol('s'), /a: Symbol\(s\)/],
      [new Map(), /a: \[object Map\]/],
      [new Uint8Array(1), /a: /],
      [new (class User {})(), /a: \[object Object\]/],
      [{ b: { 'c.d': 1 } }, /^a\.b: the key "c\.d"/],
      [{ '': 1 }, /the key ""/],
    ] as const) {
      assert.throws(() => fieldsOf({ a: value }), { name: 'TypeError', message })
    }
    assert.throws(() => fieldsOf({ a: new Date(Number.NaN) }), RangeError)
  })
})
