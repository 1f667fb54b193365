import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { english } from '../../../lib/outcome/messages.js'
import { defineSearch, type Search, type StandardSchemaV1 } from '../../../lib/sealform.js'
import { asSearch } from '../../../lib/search/define-search.js'
import { runSearch } from '../../../lib/search/run-search.js'

/** Runs a search for a query string. */
function run(search: Search, query: string) {
  const request = { url: `/s?${query}`, id: 's', messages: english, showsOutcome: false }
  return runSearch(asSearch(search), request, {})
}

describe('a search', () => {
  it('reads numbers, boxes and defaults with zod, valibot and arktype', async () => {
    const searches = [
      defineSearch('s', {
        input: z.object({ q: z.string(), n: z.number().default(2), b: z.boolean(), t: z.string().array() }),
      }),
      defineSearch('s', {
        input: toStandardJsonSchema(
          v.object({
            q: v.string(),
            n: v.optional(v.number(), 2),
            b: v.boolean(),
            t: v.array(v.string()),
          }),
        ),
      }),
      defineSearch('s', { input: type({ q: 'string', n: 'number = 2', b: 'boolean', t: 'string[]' }) }),
    ]
    for (const search of searches) {
      const first = await run(search, 'utm_source=x')
      assert.deepEqual([first.status, { ...Object(first.query) }], ['idle', { q: '', n: 2, b: false, t: [] }])
      assert.deepEqual(first.defaults?.get('n'), ['2'])
      const { status, query } = await run(search, 'n=3&b=on&t=x')
      assert.deepEqual([status, { ...Object(query) }], ['valid', { q: '', n: 3, b: true, t: ['x'] }])
    }
  })

  it('gives a schema that cannot be described what was sent, empty parameters included', async () => {
    const schema: StandardSchemaV1<unknown, unknown> = {
      '~standard': { version: 1, vendor: 'own', validate: (value) => ({ value: { ...Object(value) } }) },
    }
    const { status, query, clean } = await run(defineSearch('s', { input: schema }), 'a=&b=1&b=2&sealform=x')
    assert.deepEqual([status, query], ['valid', { a: '', b: ['1', '2'] }])
    assert.equal(clean, undefined)
  })

  it('waits for a schema that is slow', async () => {
    const slow = z.object({ q: z.string().refine(async (q) => q !== 'no', 'Not this') })
    const search = defineSearch('s', { input: slow })
    assert.equal((await run(search, 'q=yes')).status, 'valid')
    assert.deepEqual((await run(search, 'q=no')).issues, [{ name: 'q', message: 'Not this' }])
  })

  it('shows a default that changes with the time', async () => {
    let day = '2026-11-27'
    const search = defineSearch('s', { input: z.object({ day: z.date().default(() => new Date(day)) }) })
    assert.deepEqual((await run(search, '')).defaults?.get('day'), ['2026-11-27'])
    day = '2026-11-28'
    assert.deepEqual((await run(search, '')).defaults?.get('day'), ['2026-11-28'])
  })

  it('shows no text from which the schema reads another value', async () => {
    const search = defineSearch('s', {
      input: z.object({
        cents: z
          .number()
          .prefault(5)
          .transform((euro) => euro * 100),
        words: z
          .string()
          .default('a,b')
          .transform((text) => text.split(',')),
        sort: z.enum(['a', 'b']).default('b'),
      }),
    })
    const { query, defaults } = await run(search, '')
    assert.deepEqual(query, { cents: 500, words: ['a', 'b'], sort: 'b' })
    assert.equal(defaults?.get('cents'), undefined)
    assert.equal(defaults?.get('words'), undefined)
  })

  it('shows the box ticked that a link ticks by another word', async () => {
    const search = defineSearch('s', { input: z.object({ b: z.boolean() }) })
    const { query, given, defaults } = await run(search, 'b=true')
    assert.deepEqual(query, { b: true })
    assert.equal(given?.get('b') ?? defaults?.get('b')?.includes('on'), true)
  })

  it('survives an output that is deep, large, or refers to itself', async () => {
    const output: Record<string, unknown> = { big: Array.from({ length: 5000 }, (_, i) => ({ i })) }
    output.self = output
    const schema: StandardSchemaV1<unknown, unknown> = {
      '~standard': { version: 1, vendor: 'own', validate: () => ({ value: output }) },
    }
    const search = defineSearch('s', { input: schema, limits: { depth: 8 } })
    assert.equal((await run(search, 'a=1')).query, output)
  })

  it('refuses a bad name, options and limits when it is defined', () => {
    const input = z.object({ q: z.string() })
    const refused = { code: 'ERR_OPTION_INVALID' }
    assert.throws(() => defineSearch('a b', { input }), refused)
    assert.throws(() => defineSearch('s', { input: {} as never }), refused)
    assert.throws(() => defineSearch('s', undefined as never), refused)
    assert.throws(() => defineSearch('s', { input, limit: {} } as never), refused)
    assert.throws(() => defineSearch('s', { input, limits: { body: 1 } } as never), refused)
    assert.throws(() => defineSearch('s', { input, limits: { depth: 9 } }), refused)
    assert.throws(() => defineSearch('s', { input, limits: { fields: -1 } }), refused)
    assert.throws(() => defineSearch('s', { input, limits: { query: '8 kilo' } }), refused)
    assert.throws(() => defineSearch('s', { input: z.object({ sealform: z.string() }) }), refused)
    assert.doesNotThrow(() => defineSearch('s', { input, limits: { depth: 8, fields: 0 } }))
  })
})
