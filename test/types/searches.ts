import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { defineSearch } from '../../lib/sealform.js'
import type { SealformContext } from '../../middleware/koa.js'

/** Only the compiler reads this file. Each line that it has to refuse stands below its reason. */

declare const ctx: SealformContext
declare const anyText: string

const price = z.object({ min: z.number().optional(), max: z.number().optional() })

export async function names(): Promise<void> {
  const catalog = defineSearch('catalog', {
    input: z.object({ q: z.string().optional(), page: z.int().default(1), tags: z.array(z.string()) }),
  })
  const search = await ctx.forms.search(catalog, { keep: ['lang'] })
  void [search.input('q'), search.select('page', ['1']), search.issue('tags'), search.props.input('q')]
  const page: number | undefined = search.query?.page
  search.url({ page: (page ?? 1) + 1, q: undefined, tags: ['a', 'b'] })
  // @ts-expect-error misspelt
  search.input('query')
  // @ts-expect-error misspelt
  search.props.input('query')
  // @ts-expect-error misspelt
  search.url({ pag: 2 })
  // @ts-expect-error without a depth names stay flat
  search.input('tags[]')
}

export async function nested(): Promise<void> {
  const search = await ctx.forms.search(
    defineSearch('nested', { limits: { depth: 1 }, input: z.object({ price }) }),
  )
  search.input('price.min')
  search.url({ 'price.min': 3 })
  // @ts-expect-error misspelt
  search.input('price.mn')
  // @ts-expect-error misspelt
  search.url({ 'price.mn': 3 })
}

export async function libraries(): Promise<void> {
  const valibot = await ctx.forms.search(
    defineSearch('valibot', { input: v.object({ q: v.optional(v.string(), '') }) }),
  )
  valibot.input('q')
  // @ts-expect-error misspelt
  valibot.input('p')
  const arktype = await ctx.forms.search(defineSearch('arktype', { input: type({ q: 'string' }) }))
  arktype.input('q')
  // @ts-expect-error misspelt
  arktype.input('p')
  const loose = await ctx.forms.search(defineSearch('loose', { input: z.looseObject({ q: z.string() }) }))
  loose.input(anyText)
  loose.url({ [anyText]: 1 })
}
