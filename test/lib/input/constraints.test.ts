import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { type ConstraintAttributes, Constraints, type ControlKind } from '../../../lib/input/constraints.js'
import { inputJsonSchema } from '../../../lib/input/to-json-schema.js'
import type { StandardSchemaV1 } from '../../../lib/sealform.js'

/** The attributes of the control for one field, declared by this schema. */
function of(field: z.ZodType, control: ControlKind = 'input', given?: string): unknown {
  return named(z.object({ field }), 'field', control, given)
}

function named(
  schema: StandardSchemaV1,
  name: string,
  control: ControlKind = 'input',
  given?: string,
  depth = 0,
): unknown {
  const attributes = new Constraints(inputJsonSchema(schema), depth).of(control, name, given)
  return withoutText(attributes)
}

/** Leaves out the type of text controls, which one test below covers. */
function withoutText({ type, ...others }: ConstraintAttributes): ConstraintAttributes {
  return type === undefined || type === 'text' ? others : { type, ...others }
}

describe('an input', () => {
  it('is required where an empty text is refused, and only there', () => {
    for (const [field, required] of [
      [z.string(), false],
      [z.string().min(1), true],
      [z.string().trim().min(1), true],
      [z.string().min(1).optional(), false],
      [z.string().min(1).default('x'), false],
      [z.string().min(1).nullable(), true],
      [z.enum(['a', 'b']), true],
      [z.enum(['', 'b']), false],
      [z.union([z.literal(''), z.enum(['a'])]), false],
      [z.union([z.literal('a'), z.literal('b')]), true],
      [z.literal('a'), true],
      [z.string().regex(/^a+$/), true],
      [z.string().regex(/^a*$/), false],
      [z.string().regex(/^A+$/i), true],
      [
        z
          .string()
          .overwrite((text) => text || 'x')
          .min(1),
        false,
      ],
      [z.string().trim().regex(/a/), false],
      [z.uuid(), true],
      [z.iso.datetime(), true],
      [z.any(), false],
      [z.unknown(), false],
      [z.coerce.number(), false],
      [z.preprocess((value) => value, z.number()), false],
      [z.union([z.string(), z.number()]), false],
      [z.union([z.number(), z.date()]), true],
      [z.bigint(), true],
    ] as const) {
      const attributes = of(field)
      assert.equal(
        'required' in (attributes as object),
        required,
        JSON.stringify([inputJsonSchema(field), attributes]),
      )
    }
  })

  it('takes its type from the schema', () => {
    for (const [field, attributes] of [
      [z.email(), { type: 'email', required: true }],
      [z.email().optional(), { type: 'email' }],
      [z.union([z.literal(''), z.email()]), { type: 'email' }],
      [z.email().nullable(), { type: 'email', required: true }],
      [z.url(), { type: 'url', required: true }],
      [z.iso.date(), { type: 'date', required: true }],
      [z.iso.time(), { type: 'time', required: true }],
      [z.date(), { type: 'date', required: true }],
      [z.date().nullable(), { type: 'date' }],
      [z.boolean(), { type: 'checkbox' }],
      [z.boolean().default(true), { type: 'checkbox' }],
      [z.literal(true), { type: 'checkbox', required: true }],
      [z.number(), { type: 'number', required: true, step: 'any' }],
      [z.array(z.number()), { type: 'number', required: true, step: 'any' }],
      [z.array(z.boolean()), {}],
      [z.array(z.string()), {}],
      [z.array(z.array(z.string())), {}],
      [z.object({}), {}],
      [z.file(), {}],
      [z.string().startsWith('a'), { required: true, pattern: '[\\s\\S]*(?:^a.*)[\\s\\S]*' }],
    ] as const) {
      assert.deepEqual(of(field), attributes, JSON.stringify(inputJsonSchema(field)))
    }
  })

  it('has the type text where the schema says text', () => {
    for (const field of [z.string(), z.enum(['a']), z.bigint(), z.array(z.string()), z.string().nullable()]) {
      const { type } = new Constraints(inputJsonSchema(z.object({ field })), 0).of('input', 'field')
      assert.equal(type, 'text')
    }
    for (const field of [z.any(), z.union([z.number(), z.string()]), z.array(z.boolean()), z.object({})]) {
      const { type } = new Constraints(inputJsonSchema(z.object({ field })), 0).of('input', 'field')
      assert.equal(type, undefined)
    }
  })

  it('gets no type whose control cannot send an allowed value', () => {
    const withSeconds = of(z.iso.time({ precision: 0 })) as { type?: string; pattern?: string }
    assert.equal(withSeconds.type, undefined)
    assert.ok(withSeconds.pattern)
    for (const pattern of [z.regexes.unicodeEmail, z.regexes.rfc5322Email]) {
      const attributes = of(z.email({ pattern })) as { type?: string; pattern?: string }
      assert.equal(attributes.type, undefined)
    }
    assert.deepEqual(of(z.string().trim().check(z.email())), { required: true })
  })

  it('has the bounds of an integer, counted in steps from min', () => {
    for (const [field, min, max, step] of [
      [z.int(), undefined, undefined, 1],
      [z.int().min(0), 0, undefined, 1],
      [z.int().min(18).max(120), 18, 120, 1],
      [z.int().gt(0).lt(10), 1, 9, 1],
      [z.int().min(0.5).max(9.5), 1, 9, 1],
      [z.int().gt(0.5).lt(9.5), 1, 9, 1],
      [z.int().multipleOf(5), undefined, undefined, 5],
      [z.int().multipleOf(5).min(7), 10, undefined, 5],
      [z.int().min(-7).max(-3), -7, -3, 1],
    ] as const) {
      const bounds = { ...(min !== undefined && { min }), ...(max !== undefined && { max }), step }
      assert.deepEqual(of(field), { type: 'number', required: true, ...bounds })
    }
  })

  it('has the bounds of a number, and a step where min fits it', () => {
    for (const [field, bounds] of [
      [z.number().min(0).max(1), { min: 0, max: 1, step: 'any' }],
      [z.number().positive(), { min: 0, step: 'any' }],
      [z.number().lt(5), { max: 5, step: 'any' }],
      [z.number().multipleOf(0.5), { step: 'any' }],
      [z.number().multipleOf(0.1).min(0.3), { min: 0.3, step: 0.1 }],
      [z.number().multipleOf(0.5).min(0.3), { min: 0.3, step: 'any' }],
    ] as const) {
      assert.deepEqual(of(field), { type: 'number', required: true, ...bounds })
    }
  })

  it('has the bounds of a date, on whole days', () => {
    const noon = new Date('2026-06-30T12:00Z')
    const midnight = new Date('2026-06-30T00:00Z')
    for (const [field, bounds] of [
      [z.date().min(midnight).max(midnight), { min: '2026-06-30', max: '2026-06-30' }],
      [z.date().min(noon).max(noon), { min: '2026-07-01', max: '2026-06-30' }],
      [z.date().min(new Date(8.64e15)), {}],
      [z.date().min(new Date('-000001-01-01T00:00Z')), {}],
    ] as const) {
      assert.deepEqual(of(field), { type: 'date', required: true, ...bounds })
    }
    assert.deepEqual(of(z.date().min(noon), 'input', 'datetime-local'), {
      required: true,
      min: '2026-06-30T12:00',
    })
    assert.deepEqual(of(z.date().min(noon), 'input', 'text'), { required: true })
  })

  it('has the lengths and the pattern of a text', () => {
    for (const [field, attributes] of [
      [z.string().min(1).max(80), { required: true, maxlength: 80 }],
      [z.string().min(8).max(200), { required: true, minlength: 8, maxlength: 200 }],
      [z.string().length(3).optional(), { minlength: 3, maxlength: 3 }],
      [z.string().regex(/^[A-Z]{3}$/), { required: true, pattern: '[A-Z]{3}' }],
      [z.string().regex(/^[a-z]$/i), { required: true }],
      [z.string().regex(/^\p{L}$/u), { required: true, pattern: '\\p{L}' }],
      [z.string().trim().min(3).max(80), { required: true }],
      [z.string().max(80).trim(), { maxlength: 80 }],
      [
        z
          .string()
          .toLowerCase()
          .regex(/^[a-z]$/),
        {},
      ],
      [z.string().transform(Number).pipe(z.number().max(5)), {}],
      [z.bigint(), { required: true, pattern: '\\s*-?\\d+\\s*' }],
    ] as const) {
      assert.deepEqual(of(field), attributes, JSON.stringify(inputJsonSchema(field)))
    }
  })

  it('has only the attributes that apply to the type that the page gives', () => {
    for (const [field, given, attributes] of [
      [z.int().min(1).max(5), 'range', { min: 1, max: 5, step: 1 }],
      [z.int(), 'range', { step: 1 }],
      [z.int().min(1), 'text', { required: true }],
      [z.int().min(1), 'hidden', {}],
      [z.email(), 'hidden', {}],
      [z.string().min(8).max(20), 'password', { required: true, minlength: 8, maxlength: 20 }],
      [z.string().min(8), 'search', { required: true, minlength: 8 }],
      [z.string().min(8), 'color', {}],
      [z.enum(['a', 'b']), 'radio', { required: true }],
      [z.enum(['a', 'b']).optional(), 'radio', {}],
      [z.boolean(), 'radio', {}],
      [z.enum(['a', 'b']), 'checkbox', {}],
      [z.array(z.enum(['a', 'b'])).min(1), 'checkbox', {}],
      [z.literal(true), 'checkbox', { required: true }],
      [z.literal(true).optional(), 'checkbox', {}],
      [z.boolean(), 'text', {}],
      [z.email(), 'submit', {}],
    ] as const) {
      assert.deepEqual(
        of(field, 'input', given),
        attributes,
        `${given} ${JSON.stringify(inputJsonSchema(field))}`,
      )
    }
    const pattern = /^[a-z]+@example\.org$/
    assert.deepEqual(of(z.email({ pattern })), { type: 'email', required: true })
    assert.deepEqual(of(z.email({ pattern }), 'input', 'text'), {
      required: true,
      pattern: '[a-z]+@example\\.org',
    })
    // The pattern that zod writes does not compile under the flag v.
    assert.deepEqual(of(z.email(), 'input', 'text'), { required: true })
  })
})

describe('a textarea', () => {
  it('has no lengths, because browsers count line breaks differently than they send them', () => {
    assert.deepEqual(of(z.string().min(5).max(10), 'textarea'), { required: true })
    assert.deepEqual(of(z.string().max(10), 'textarea'), {})
    assert.deepEqual(of(z.number(), 'textarea'), { required: true })
  })
})

describe('a select', () => {
  it('allows several choices for an array, and is not required where an empty array is allowed', () => {
    assert.deepEqual(of(z.enum(['a', 'b']), 'select'), { required: true })
    assert.deepEqual(of(z.enum(['a', 'b']).optional(), 'select'), {})
    assert.deepEqual(of(z.array(z.enum(['a', 'b'])), 'select'), { multiple: true })
    assert.deepEqual(of(z.array(z.enum(['a', 'b'])).min(1), 'select'), { multiple: true, required: true })
    assert.deepEqual(
      of(
        z
          .array(z.enum(['a', 'b']))
          .min(1)
          .optional(),
        'select',
      ),
      { multiple: true },
    )
  })
})

describe('a nested name', () => {
  const schema = z.object({
    address: z.object({ street: z.string().min(1).max(9) }),
    invoice: z.object({ vat: z.string().min(1) }).optional(),
    items: z.array(z.object({ qty: z.int().min(1) })).optional(),
    tags: z.array(z.string().min(2)),
    prices: z.record(z.string(), z.number()),
    pair: z.tuple([z.number(), z.string()]),
    either: z.union([z.object({ a: z.number() }), z.object({ b: z.number() })]),
  })
  const at = (name: string) => named(schema, name, 'input', undefined, 2)

  it('has the constraints of its part of the schema', () => {
    assert.deepEqual(at('address.street'), { required: true, maxlength: 9 })
    assert.deepEqual(at('address[street]'), { required: true, maxlength: 9 })
    assert.deepEqual(at('items[7].qty'), { type: 'number', required: true, min: 1, step: 1 })
    assert.deepEqual(at('tags[]'), { required: true, minlength: 2 })
    assert.deepEqual(at('tags[3]'), { required: true, minlength: 2 })
    assert.deepEqual(at('prices.any'), { type: 'number', required: true, step: 'any' })
  })

  it('is not required in an optional object', () => {
    assert.deepEqual(at('invoice.vat'), {})
  })

  it('has no constraints when it leads nowhere, too deep, or into a union', () => {
    for (const name of [
      '',
      'nowhere',
      'address.city',
      'address.street.x',
      'items.qty',
      'items[0].qty.x',
      'a[',
      'pair[0]',
      'either.a',
      'tags[].x',
      '__proto__',
      'constructor',
    ]) {
      assert.deepEqual(at(name), {}, name)
    }
    assert.deepEqual(named(schema, 'address.street'), {})
  })
})

describe('zod, valibot and arktype', () => {
  it('give the same constraints', () => {
    const from = new Date('2026-01-01T00:00Z')
    const schemas = {
      zod: z.object({
        email: z.email(),
        site: z.url(),
        name: z.string().min(2).max(80),
        code: z.string().regex(/^[A-Z]{3}$/),
        loose: z.string().regex(/^[A-Z]{4}$/i),
        age: z.int().min(18).max(120),
        count: z.int(),
        price: z.number().gt(0),
        fives: z.int().multipleOf(5).min(0),
        day: z.date().min(from),
        terms: z.literal(true),
        mail: z.boolean(),
        plan: z.enum(['free', 'team']),
        note: z.string().max(9).optional(),
        tags: z.array(z.enum(['a', 'b'])).min(1),
      }),
      valibot: toStandardJsonSchema(
        v.object({
          email: v.pipe(v.string(), v.email()),
          site: v.pipe(v.string(), v.url()),
          name: v.pipe(v.string(), v.minLength(2), v.maxLength(80)),
          code: v.pipe(v.string(), v.regex(/^[A-Z]{3}$/)),
          loose: v.pipe(v.string(), v.regex(/^[A-Z]{4}$/i)),
          age: v.pipe(v.number(), v.integer(), v.minValue(18), v.maxValue(120)),
          count: v.pipe(v.number(), v.integer()),
          price: v.pipe(v.number(), v.gtValue(0)),
          fives: v.pipe(v.number(), v.integer(), v.multipleOf(5), v.minValue(0)),
          day: v.pipe(v.date(), v.minValue(from)),
          terms: v.literal(true),
          mail: v.boolean(),
          plan: v.picklist(['free', 'team']),
          note: v.optional(v.pipe(v.string(), v.maxLength(9))),
          tags: v.pipe(v.array(v.picklist(['a', 'b'])), v.minLength(1)),
        }),
      ),
      arktype: type({
        email: 'string.email',
        site: 'string.url',
        name: '2 <= string <= 80',
        code: /^[A-Z]{3}$/,
        loose: /^[A-Z]{4}$/i,
        age: '18 <= number.integer <= 120',
        count: 'number.integer',
        price: 'number > 0',
        fives: 'number % 5 >= 0',
        day: type('Date').atOrAfter(from),
        terms: 'true',
        mail: 'boolean',
        plan: "'free' | 'team'",
        'note?': 'string <= 9',
        tags: "('a' | 'b')[] >= 1",
      }),
    }
    const said = Object.values(schemas).map((schema) => {
      const constraints = new Constraints(inputJsonSchema(schema), 0)
      const names = Object.keys(schemas.zod.shape)
      return {
        inputs: Object.fromEntries(names.map((name) => [name, withoutText(constraints.of('input', name))])),
        textareas: Object.fromEntries(names.map((name) => [name, constraints.of('textarea', name)])),
        selects: Object.fromEntries(names.map((name) => [name, constraints.of('select', name)])),
      }
    })
    const [zod, valibot, arktype] = said
    assert.deepEqual(zod?.inputs, {
      email: { type: 'email', required: true },
      site: { type: 'url', required: true },
      name: { required: true, minlength: 2, maxlength: 80 },
      code: { required: true, pattern: '[A-Z]{3}' },
      loose: { required: true },
      age: { type: 'number', required: true, min: 18, max: 120, step: 1 },
      count: { type: 'number', required: true, step: 1 },
      price: { type: 'number', required: true, min: 0, step: 'any' },
      fives: { type: 'number', required: true, min: 0, step: 5 },
      day: { type: 'date', required: true, min: '2026-01-01' },
      terms: { type: 'checkbox', required: true },
      mail: { type: 'checkbox' },
      plan: { required: true },
      note: { maxlength: 9 },
      tags: { required: true },
    })
    assert.deepEqual(valibot, zod)
    // JSON Schema has no flags, so it cannot show that `code` has none and `loose` has `i`: both patterns are left out.
    assert.deepEqual(arktype, { ...zod, inputs: { ...zod?.inputs, code: { required: true } } })
  })

  it('give only required for a text that is transformed first', () => {
    const trimmed = toStandardJsonSchema(
      v.object({ a: v.pipe(v.string(), v.trim(), v.minLength(2), v.maxLength(9)) }),
    )
    assert.deepEqual(named(trimmed, 'a'), { required: true })
    const late = toStandardJsonSchema(v.object({ a: v.pipe(v.string(), v.maxLength(9), v.trim()) }))
    assert.deepEqual(named(late, 'a'), { maxlength: 9 })
  })
})

it('caches constraints for a bounded number of names', () => {
  const constraints = new Constraints(inputJsonSchema(z.object({ a: z.record(z.string(), z.number()) })), 1)
  const first = constraints.of('input', 'a.0')
  assert.equal(constraints.of('input', 'a.0'), first)
  for (let i = 0; i < 5000; i++) constraints.of('input', `a.${i}`)
  assert.deepEqual(constraints.of('input', 'a.0'), first)
})
