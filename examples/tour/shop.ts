import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'

export const products = [
  { value: '', label: 'Choose a product' },
  { value: 'tea', label: 'Tea' },
  { value: 'honey', label: 'Honey' },
  { value: 'rye', label: 'Rye bread' },
  { value: 'moon', label: 'Moon rock' },
]

export const mostLines = 5

export const orderInput = z.object({
  name: z.string('Enter your name').trim().min(1, 'Enter your name').max(80, 'Use at most 80 characters'),
  lines: z
    .array(
      z.object({
        product: z.enum(['tea', 'honey', 'rye', 'moon'], 'Choose a product'),
        quantity: z
          .int('Enter a whole number')
          .min(1, 'Order at least one of it')
          .max(20, 'Order at most 20 of it'),
      }),
    )
    .min(1, 'Add a line')
    .max(mostLines, `Order at most ${mostLines} different things`),
})

/** The rules for an unfinished order: any input that can be shown again. */
export const draftInput = z.object({
  name: z.string().max(500, 'Use at most 500 characters').default(''),
  lines: z
    .array(z.object({ product: z.string().default(''), quantity: z.string().default('') }))
    .max(mostLines, `Order at most ${mostLines} different things`)
    .default([]),
})

export type Line = z.output<typeof draftInput>['lines'][number]

export const emptyLine: Line = { product: '', quantity: '1' }

/** Packs an order in two seconds. For a product that is not in stock, it searches until the signal aborts. */
export async function pack(order: z.output<typeof orderInput>, signal: AbortSignal): Promise<void> {
  const seconds = order.lines.some(({ product }) => product === 'moon') ? 60 : 2
  await wait(seconds * 1000, undefined, { signal })
}

export function productName(value: string): string {
  return products.find((product) => product.value === value)?.label ?? value
}
