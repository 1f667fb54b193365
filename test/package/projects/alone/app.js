import { createActions } from 'sealform'
import { html } from 'sealform/html'

const actions = createActions()
const addTodo = actions.define('todos.add', async () => {})
console.log(`${addTodo.name} ${html`<p>${'1 < 2'}</p>`}`)
