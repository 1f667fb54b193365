import Koa from 'koa'
import { type ClaimStore, createActions, invalid, redirect } from 'sealform' // TS2305
import { html } from 'sealform/html'
import { type SealformContext, sealform } from 'sealform/koa'
import { invoke, visit } from 'sealform/testing'
import { z } from 'zod'

const actions = createActions({ key: 'misspelt' }) // TS2561
createActions({ ttl: new Date() }) // TS2322

const addTodo = actions.define('todos.add', {
  input: z.object({ title: z.string() }),
  async run({ input }, list: string) {
    const title: number = input.title // TS2322
    input.note // TS2339
    return title > 1 ? redirect(list) : invalid(title) // TS2345
  },
})
const clear = actions.define('todos.clear', async ({ input }, list: string) => {
  input.title // TS18048
  return list
})
addTodo.bind(null, 42) // TS2345
addTodo.bind(null, 'groceries', 'more') // TS2554
addTodo.bind({}, 'groceries') // TS2345
const named: number = clear.name // TS2322
redirect(named) // TS2345

const app = new Koa<Koa.DefaultState, SealformContext>()
app.use(sealform(actions, { mode: 'off' })) // TS2322
app.use((ctx) => {
  ctx.form(addTodo) // TS2345
  ctx.form(async () => {}, { keys: 'a' }) // TS2561
  const form = ctx.form(clear.bind(null, 'groceries'))
  form.inputs('title') // TS2551
  form.input('title', { value: { text: 'an object' } }) // TS2322
  ctx.form(addTodo.bind(null, 'groceries')).input('titel') // TS2345
  ctx.form(clear.bind(null, 'groceries'), { initial: 3 }) // TS2322
  ctx.body = html`${new Date()}` // TS2345
})

await visit(3, '/') // TS2345
const page = await visit(app, '/', { cookies: { sid: 1 } }) // TS2322
page.form('clear').fill({ at: new Date() }) // TS2322
page.form('clear').submit('Clear', { validates: false }) // TS2561
await invoke(addTodo, {}, 1) // TS2345
await invoke(addTodo, { title: new Date() }, 'groceries') // TS2322
export const store: ClaimStore | undefined = undefined
