import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { coerce } from '../../../lib/input/coerce.js'
import { nestFields } from '../../../lib/input/nested-fields.js'
import { planCoercion } from '../../../lib/input/plan-coercion.js'
import { inputJsonSchema } from '../../../lib/input/to-json-schema.js'
import { Refused } from '../../../lib/outcome/outcome.js'
import type { StandardSchemaV1 } from '../../../lib/sealform.js'

type Sent = Readonly<Record<string, string | readonly string[]>>

/** Returns what a schema receives for a form with these fields. */
function gets(schema: StandardSchemaV1, sent: Sent, depth = 0): Record<string, unknown> {
  const entries = Object.entries(sent).flatMap(([name, values]) =>
    [values].flat().map((value) => [name, value] as const),
  )
  const fields = nestFields(entries, 8)
  assert.ok(!(fields instanceof Refused))
  const plan = planCoercion(inputJsonSchema(schema), depth)
  if (plan) coerce(plan, fields.values)
  return plainly(fields.values) as Record<string, unknown>
}

/** Copies values to objects with the usual prototypes, to compare them. */
function plainly(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainly)
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Blob)
    return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainly(inner)]))
}

describe('text', () => {
  it('becomes numbers, booleans, dates and bigints where these are declared', () => {
    const schema = z.object({
      n: z.number(),
      i: z.int(),
      b: z.boolean(),
      d: z.date(),
      big: z.bigint(),
      s: z.string(),
    })
    assert.deepEqual(
      gets(schema, { n: ' 1.5', i: '7', b: 'on', d: '2026-11-27', big: '9007199254740993', s: ' 1 ' }),
      {
        n: 1.5,
        i: 7,
        b: true,
        d: new Date('2026-11-27T00:00Z'),
        big: 9007199254740993n,
        s: ' 1 ',
      },
    )
  })

  it('stays when it is not of the declared type, or a number without exact value', () => {
    const schema = z.object({ n: z.number(), i: z.int(), b: z.boolean(), d: z.date(), big: z.bigint() })
    const sent = { n: '1,5', i: '9007199254740993', b: 'yes', d: '2026-02-30', big: '1.5' }
    assert.deepEqual(gets(schema, sent), sent)
    assert.deepEqual(gets(schema, { n: '', i: '', b: '', d: '', big: '' }), {
      n: '',
      i: '',
      b: '',
      d: '',
      big: '',
    })
  })

  it('stays where the type may be text, whatever its other types', () => {
    const schema = z.object({
      a: z.union([z.string(), z.number()]),
      b: z.union([z.string(), z.array(z.string())]).default([]),
      c: z.unknown(),
      d: z.any().optional(),
      e: z.union([z.number(), z.boolean()]),
      f: z.string().transform(Number),
      g: z.stringbool(),
    })
    const sent = { a: '1', b: 'x', c: '1', d: '1', e: '1', f: '1', g: 'on' }
    assert.deepEqual(gets(schema, sent), sent)
  })

  it('is left to z.coerce and z.preprocess', () => {
    const schema = z.object({
      n: z.coerce.number(),
      d: z.coerce.date(),
      b: z.coerce.boolean(),
      o: z.coerce.number().min(3).optional(),
      p: z.preprocess((value) => value, z.number()),
      q: z.preprocess((value) => value, z.boolean()).optional(),
    })
    const sent = { n: '1', d: '2026-11-27', b: 'false', o: '4', p: '5', q: 'on' }
    assert.deepEqual(gets(schema, sent), sent)
    assert.deepEqual(gets(schema, {}), {})
  })

  it('stays when it is in a closed set, and is read as the other types otherwise', () => {
    const schema = z.object({
      a: z.union([z.literal(''), z.number()]),
      b: z.literal(['auto', 5]),
      c: z.literal([1, 2]),
    })
    assert.deepEqual(gets(schema, { a: '', b: 'auto', c: '2' }), { a: '', b: 'auto', c: 2 })
    assert.deepEqual(gets(schema, { a: '3', b: '5', c: '9' }), { a: 3, b: 5, c: 9 })
  })

  it('is null when empty where null is allowed and text is not', () => {
    const schema = z.object({
      n: z.number().nullable(),
      s: z.string().nullable(),
      d: z.date().nullable(),
      e: z.enum(['a']).nullable(),
    })
    assert.deepEqual(gets(schema, { n: '', s: '', d: '', e: '' }), { n: null, s: '', d: null, e: null })
    assert.deepEqual(gets(schema, { n: '5', s: 'x', d: 'x', e: 'a' }), { n: 5, s: 'x', d: 'x', e: 'a' })
  })

  it('is absent when empty where the schema says optional, for any type', () => {
    const schema = z.object({
      n: z.number().optional(),
      s: z.string().optional(),
      t: z.string().default('t'),
      d: z.date().nullish(),
      a: z.array(z.string()).optional(),
      u: z.union([z.string(), z.number()]).optional(),
      r: z.string(),
    })
    assert.deepEqual(gets(schema, { n: '', s: '', t: '', d: '', a: '', u: '', r: '' }), { r: '' })
    assert.deepEqual(gets(schema, { n: '0', s: ' ', a: ['', ''] }), { n: 0, s: ' ', a: ['', ''] })
  })
})

describe('a box that is not ticked', () => {
  it('is false where a boolean is required or has a default, and absent where it is optional', () => {
    const schema = z.object({
      required: z.boolean(),
      off: z.boolean().default(false),
      on: z.boolean().default(true),
      optional: z.boolean().optional(),
      terms: z.literal(true),
      nullable: z.boolean().nullable(),
    })
    assert.deepEqual(gets(schema, {}), {
      required: false,
      off: false,
      on: false,
      terms: false,
      nullable: false,
    })
    assert.deepEqual(
      gets(schema, { required: 'on', off: '1', on: 'true', optional: 'off', terms: 'on', nullable: '0' }),
      {
        required: true,
        off: true,
        on: true,
        optional: false,
        terms: true,
        nullable: false,
      },
    )
  })
})

describe('an array', () => {
  it('is made of one value, and of none where it is required', () => {
    const schema = z.object({
      tags: z.array(z.string()),
      scores: z.array(z.number()),
      optional: z.array(z.string()).optional(),
    })
    assert.deepEqual(gets(schema, { tags: 'a', scores: ['1', 'x', ''] }), {
      tags: ['a'],
      scores: [1, 'x', ''],
    })
    assert.deepEqual(gets(schema, {}), { tags: [], scores: [] })
    assert.deepEqual(gets(schema, { tags: '', scores: '2', optional: 'x' }), {
      tags: [''],
      scores: [2],
      optional: ['x'],
    })
  })

  it('has its first items read by the types of a tuple', () => {
    const schema = z.object({ pair: z.tuple([z.string(), z.number()]).rest(z.boolean()) })
    assert.deepEqual(gets(schema, { pair: ['1', '2', 'on'] }), { pair: ['1', 2, true] })
  })

  it('is not made where a single value is allowed too', () => {
    const schema = z.object({ a: z.union([z.number(), z.array(z.number())]) })
    assert.deepEqual(gets(schema, { a: '1' }), { a: 1 })
    assert.deepEqual(gets(schema, { a: ['1', '2'] }), { a: [1, 2] })
  })
})

describe('an object', () => {
  const order = z.object({
    address: z.object({ street: z.string(), zip: z.int().optional() }),
    items: z.array(z.object({ qty: z.int(), gift: z.boolean() })),
    settings: z.object({ mail: z.boolean(), more: z.object({ sms: z.boolean() }) }),
    invoice: z.object({ company: z.string(), vat: z.string() }).optional(),
  })

  it('has its parts read, with false for boxes that are not ticked', () => {
    const sent = {
      'address.street': 'S',
      'address.zip': '',
      'items[4].qty': '2',
      'items[9].qty': 'x',
      'items[9].gift': 'on',
      'invoice.company': '',
      'invoice.vat': '',
    }
    assert.deepEqual(gets(order, sent, 2), {
      address: { street: 'S' },
      items: [
        { qty: 2, gift: false },
        { qty: 'x', gift: true },
      ],
      settings: { mail: false, more: { sms: false } },
    })
    assert.deepEqual(gets(order, { 'invoice.company': 'C', 'invoice.vat': '' }, 2).invoice, {
      company: 'C',
      vat: '',
    })
  })

  it('is not created in a flat form', () => {
    assert.deepEqual(gets(order, {}), { items: [] })
  })

  it('is chosen from a union by the text that only one member has', () => {
    const schema = z.object({
      pay: z.discriminatedUnion('by', [
        z.object({ by: z.literal('card'), number: z.string(), save: z.boolean() }),
        z.object({ by: z.literal(['bill', 'post']), days: z.int() }),
        z.object({ by: z.literal(3), days: z.string() }),
      ]),
    })
    const pay = (sent: Sent) => gets(schema, sent, 2).pay
    assert.deepEqual(pay({ 'pay.by': 'card', 'pay.number': '1' }), { by: 'card', number: '1', save: false })
    assert.deepEqual(pay({ 'pay.by': 'post', 'pay.days': '30' }), { by: 'post', days: 30 })
    assert.deepEqual(pay({ 'pay.by': '3', 'pay.days': '30' }), { by: 3, days: '30' })
    assert.deepEqual(pay({ 'pay.by': 'gold', 'pay.days': '30' }), { by: 'gold', days: '30' })
    assert.deepEqual(pay({ 'pay.days': '30' }), { days: '30' })
  })

  it('stays unchanged in a union whose members cannot be told apart', () => {
    const schema = z.object({ x: z.union([z.object({ a: z.number() }), z.object({ a: z.string() })]) })
    assert.deepEqual(gets(schema, { 'x.a': '1' }, 2), { x: { a: '1' } })
  })

  it('may be the whole input, chosen by a field', () => {
    const schema = z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('a'), n: z.number() }),
      z.object({ kind: z.literal('b'), n: z.string() }),
    ])
    assert.deepEqual(gets(schema, { kind: 'a', n: '1' }), { kind: 'a', n: 1 })
    assert.deepEqual(gets(schema, { kind: 'b', n: '1' }), { kind: 'b', n: '1' })
  })

  it('has its values read when it accepts any keys', () => {
    const schema = z.object({ fixed: z.string() }).catchall(z.number())
    assert.deepEqual(gets(schema, { fixed: '1', a: '2', b: 'x' }), { fixed: '1', a: 2, b: 'x' })
    assert.deepEqual(gets(z.object({ prices: z.record(z.string(), z.number()) }), { 'prices.a': '2' }, 1), {
      prices: { a: 2 },
    })
  })

  it('is read by both parts of an intersection', () => {
    const schema = z.intersection(z.object({ a: z.number() }), z.object({ b: z.boolean() }))
    assert.deepEqual(gets(schema, { a: '1' }), { a: 1, b: false })
  })

  it('is read down to the depth limit when it contains itself', () => {
    const node = z.object({
      n: z.number(),
      get kids() {
        return z.array(node).optional()
      },
      get must() {
        return node.optional()
      },
    })
    assert.deepEqual(gets(node, { n: '1', 'kids[0].n': '2', 'kids[0].kids[0].n': '3', 'must.n': '4' }, 4), {
      n: 1,
      kids: [{ n: 2, kids: [{ n: 3 }] }],
      must: { n: 4 },
    })
    const endless = {
      type: 'object',
      properties: { self: { $ref: '#' }, b: { type: 'boolean' } },
      required: ['self', 'b'],
    }
    const plan = planCoercion(endless, 3)
    assert.ok(plan)
    const values: Record<string, unknown> = Object.create(null)
    coerce(plan, values)
    const off = { b: false }
    assert.deepEqual(plainly(values), { self: off, ...off })
  })
})

describe('a plan', () => {
  it('is not made when no value changes', () => {
    assert.equal(planCoercion(inputJsonSchema(z.object({ a: z.string(), b: z.enum(['x']) })), 0), undefined)
    assert.equal(planCoercion(inputJsonSchema(z.string()), 0), undefined)
    for (const schema of [
      undefined,
      null,
      true,
      false,
      [],
      {},
      'x',
      { $ref: '#' },
      { $ref: '#/nowhere' },
      { anyOf: [] },
      { anyOf: [{ $ref: '#' }, { $ref: '#' }] },
      { allOf: [{ $ref: '#' }] },
    ]) {
      assert.equal(planCoercion(schema, 8), undefined, JSON.stringify(schema))
    }
  })

  it('follows references, and stops at circular ones', () => {
    const schema = {
      properties: { 'a/b': { $ref: '#/$defs/x~1y' }, loop: { $ref: '#/$defs/loop' } },
      type: 'object',
      $defs: { 'x/y': { type: 'integer' }, loop: { $ref: '#/$defs/loop' } },
      required: ['a/b', 'loop'],
    }
    const plan = planCoercion(schema, 0)
    assert.ok(plan)
    const values = { 'a/b': '1', loop: '1' }
    coerce(plan, values)
    assert.deepEqual(values, { 'a/b': 1, loop: '1' })
  })

  it('leaves files alone', () => {
    const file = new File(['x'], 'x.txt')
    const plan = planCoercion(
      inputJsonSchema(z.object({ one: z.file(), many: z.array(z.file()), n: z.number() })),
      0,
    )
    assert.ok(plan)
    const values: Record<string, unknown> = { one: file, many: file, n: file }
    coerce(plan, values)
    assert.equal(values.one, file)
    assert.deepEqual(values.many, [file])
    assert.equal(values.n, file)
  })
})

describe('zod, valibot and arktype', () => {
  const day = new Date('2026-11-27T00:00Z')
  const sent = { n: '1.5', i: '7', b: 'on', d: '2026-11-27', big: '5', tags: 'a', o: '', s: '', e: '2' }
  const read = { n: 1.5, i: 7, b: true, d: day, big: 5n, tags: ['a'], s: '', e: 2, off: false, on: false }

  it('read the same form alike', () => {
    const schemas = {
      zod: z.object({
        n: z.number(),
        i: z.int(),
        b: z.boolean(),
        d: z.date(),
        big: z.bigint(),
        tags: z.array(z.string()),
        o: z.number().optional(),
        s: z.string(),
        e: z.literal([1, 2]),
        off: z.boolean(),
        on: z.boolean().default(true),
        maybe: z.boolean().optional(),
      }),
      valibot: toStandardJsonSchema(
        v.object({
          n: v.number(),
          i: v.pipe(v.number(), v.integer()),
          b: v.boolean(),
          d: v.date(),
          big: v.bigint(),
          tags: v.array(v.string()),
          o: v.optional(v.number()),
          s: v.string(),
          e: v.picklist([1, 2]),
          off: v.boolean(),
          on: v.optional(v.boolean(), true),
          maybe: v.optional(v.boolean()),
        }),
      ),
      arktype: type({
        n: 'number',
        i: 'number.integer',
        b: 'boolean',
        d: 'Date',
        big: 'bigint',
        tags: 'string[]',
        'o?': 'number',
        s: 'string',
        e: '1 | 2',
        off: 'boolean',
        on: 'boolean = true',
        'maybe?': 'boolean',
      }),
    }
    for (const [library, schema] of Object.entries(schemas))
      assert.deepEqual(gets(schema, sent), read, library)
  })

  it('are read by their own method where the common one is missing', () => {
    const ofZod = z.object({ n: z.number(), d: z.date() })
    const ofArktype = type({ n: 'number', d: 'Date' })
    const older = <Own>({ '~standard': { vendor, version, validate } }: StandardSchemaV1, own: Own) => ({
      ...own,
      '~standard': { vendor, version, validate },
    })
    for (const schema of [
      older(ofZod, { toJSONSchema: ofZod.toJSONSchema }),
      older(ofArktype, { toJsonSchema: ofArktype.toJsonSchema.bind(ofArktype) }),
    ]) {
      assert.deepEqual(gets(schema, { n: '1', d: '2026-11-27' }), { n: 1, d: day })
    }
  })

  it('leave everything unchanged when they give no JSON Schema', () => {
    const silent = v.object({ n: v.number() })
    assert.equal(inputJsonSchema(silent), undefined)
    assert.deepEqual(gets(silent, { n: '1' }), { n: '1' })
    const failing: StandardSchemaV1 = {
      '~standard': Object.assign(
        { version: 1 as const, vendor: 'none', validate: (value: unknown) => ({ value }) },
        {
          jsonSchema: {
            input() {
              throw new Error('cannot')
            },
          },
        },
      ),
    }
    assert.equal(inputJsonSchema(failing), undefined)
  })
})
