import type Koa from 'koa'
import { createActions, done, invalid, redirect } from 'sealform'
import { z } from 'zod'

export const actions = createActions<Koa.Context>({ keys: process.env.SEALFORM_KEYS ?? '', ttl: '12h' })

export const addTodo = actions.define('todos.add', {
  input: z.object({
    title: z.string().min(1, 'Enter a title'),
    note: z.string().transform((text) => text.length),
  }),
  async run({ input, cookies, context }, list: string, position: number) {
    const title: string = input.title
    const length: number = input.note
    if (title === 'Milk') return invalid({ title: 'Already on the list' })
    cookies.set('last', `${list}-${position}-${length}`)
    context.log?.(title)
    return redirect(`/?list=${list}&added=${encodeURIComponent(title)}`)
  },
})

export interface Count {
  readonly count: number
}

export const step = actions.define(
  'counter.step',
  async ({ previous }: { previous?: Count | undefined }, by: number) =>
    done({ count: (previous?.count ?? 0) + by }),
)
