import express from 'express'
import { createActions, invalid, redirect } from 'sealform'
import { sealform } from 'sealform/express'
import { html } from 'sealform/html'

const actions = createActions({ keys: process.env.SEALFORM_KEYS })

const addTodo = actions.define('todos.add', async ({ formData }, list) => {
  const title = String(formData.get('title'))
  if (title === '') return invalid({ title: 'Enter a title' })
  return redirect(`/?list=${list}&added=${encodeURIComponent(title)}`)
})

const app = express()
app.use(sealform(actions))
app.get('/', (req, res) => {
  const form = req.form(addTodo.bind(null, 'groceries'))
  res.send(html`<!doctype html>
    <title>${form.titlePrefix}Todos</title>
    <p>Added: ${req.query.added ?? 'nothing'}</p>
    <form ${form.attributes}>
      ${form.fields}
      <input ${form.input('title')}>
      ${form.issue('title')}
      <input ${form.input('note')}>
      <button>Add</button>
    </form>`)
})
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port))
