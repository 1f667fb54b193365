const Koa = require('koa')
const { createActions, invalid, redirect } = require('sealform')
const { html } = require('sealform/html')
const { sealform } = require('sealform/koa')

const actions = createActions({ keys: process.env.SEALFORM_KEYS })

const addTodo = actions.define('todos.add', async ({ formData }, list) => {
  const title = String(formData.get('title'))
  if (title === '') return invalid({ title: 'Enter a title' })
  return redirect(`/?list=${list}&added=${encodeURIComponent(title)}`)
})

const app = new Koa()
app.use(sealform(actions))
app.use((ctx) => {
  const form = ctx.form(addTodo.bind(null, 'groceries'))
  ctx.body = html`<!doctype html>
    <title>${form.titlePrefix}Todos</title>
    <p>Added: ${ctx.query.added ?? 'nothing'}</p>
    <form ${form.attributes}>
      ${form.fields}
      <input ${form.input('title')}>
      ${form.issue('title')}
      <input ${form.input('note')}>
      <button>Add</button>
    </form>`
})
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port))
