import { createServer } from 'node:http'
import { createActions, invalid, redirect } from 'sealform'
import { html } from 'sealform/html'
import { sealform } from 'sealform/node'

const actions = createActions({ keys: process.env.SEALFORM_KEYS })

const addTodo = actions.define('todos.add', async ({ formData }, list) => {
  const title = String(formData.get('title'))
  if (title === '') return invalid({ title: 'Enter a title' })
  return redirect(`/?list=${list}&added=${encodeURIComponent(title)}`)
})

const listener = sealform(actions, (req, _res, page) => {
  const form = page.form(addTodo.bind(null, 'groceries'))
  page.send(html`<!doctype html>
    <title>${form.titlePrefix}Todos</title>
    <p>Added: ${new URL(req.url, 'http://localhost').searchParams.get('added') ?? 'nothing'}</p>
    <form ${form.attributes}>
      ${form.fields}
      <input ${form.input('title')}>
      ${form.issue('title')}
      <input ${form.input('note')}>
      <button>Add</button>
    </form>`)
})
const server = createServer(listener)
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
