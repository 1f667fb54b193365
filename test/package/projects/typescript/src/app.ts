import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import type { FieldName } from 'sealform'
import { html, type SafeHtml } from 'sealform/html'
import { type Form, type FormOf, type SealformContext, sealform } from 'sealform/koa'
import { actions, addTodo, type Count, step } from './actions.js'

const app = new Koa<Koa.DefaultState, SealformContext>()
app.use(sealform(actions, { session: (ctx) => ctx.cookies.get('session') }))
app.use((ctx) => {
  const form: FormOf<typeof addTodo> = ctx.form(addTodo.bind(null, 'groceries').bind(null, 1), { key: 'a' })
  const title: FieldName<typeof addTodo> = 'title'
  const fields: SafeHtml = form.fields
  const counter: Form<Count> = ctx.form(step.bind(null, 2), { initial: { count: 5 } })
  const count: number | undefined = counter.state?.count
  ctx.body = html`<!doctype html>
    <title>${form.titlePrefix}Todos</title>
    <p>Added: ${String(ctx.query.added ?? 'nothing')}, counted: ${count}</p>
    <form ${form.attributes}>
      ${fields}
      <input ${form.input(title)}>
      ${form.issue('title')}
      <input ${form.input('note')}>
      <button>Add</button>
    </form>
    ${ctx.region('counter.step', html`<form ${counter.attributes}>${counter.fields}<button>Count</button></form>`)}`
})
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address() as AddressInfo
  console.log(address.port)
})
