import Koa from 'koa'
import { createActions } from 'sealform'
import { sealform } from 'sealform/koa'
import 'sealform/koa/augment'

const actions = createActions<Koa.Context>({ keys: process.env.SEALFORM_KEYS ?? '' })
const remove = actions.define('todos.remove', async ({ context }, id: number) => {
  const path: string = context.path
  return `${path}#${id}`
})

const app = new Koa()
app.use(sealform(actions))
app.use((ctx) => {
  const form = ctx.form(remove.bind(null, 3))
  ctx.body = ctx.region('todos.remove', `<form ${form.attributes}>${form.fields}</form>`)
})
