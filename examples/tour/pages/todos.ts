import { type Actions, flash, invalid, redirect } from 'sealform'
import { html, type SafeHtml } from 'sealform/html'
import type { Form } from 'sealform/koa'
import { z } from 'zod'
import type { TourRouter } from '../app.js'
import { field } from '../field.js'
import { layout } from '../layout.js'
import { region } from '../region.js'

interface Todo {
  readonly id: number
  readonly title: string
}

const mostTodos = 50
const longestTitle = 100

const addInput = z.object({
  title: z
    .string('Enter a title')
    .trim()
    .min(1, 'Enter a title')
    .refine((title) => [...title].length <= longestTitle, `Use at most ${longestTitle} characters`),
})

export function todosPage(router: TourRouter, actions: Actions): void {
  let todos: readonly Todo[] = []
  let lastId = 0

  const addTodo = actions.define('todos.add', {
    input: addInput,
    run({ input: { title } }) {
      if (todos.some((todo) => sameTitle(todo.title, title))) {
        return invalid({ title: 'This is on the list already' })
      }
      if (todos.length === mostTodos) return invalid(`${mostTodos} todos are enough. Remove one first.`)
      todos = [...todos, { id: ++lastId, title }]
      return redirect('/todos')
    },
  })

  const removeTodo = actions.define('todos.remove', async (_submission, id: number) => {
    const removed = todos.find((todo) => todo.id === id)
    todos = todos.filter((todo) => todo !== removed)
    return removed ? flash(`“${removed.title}” is off the list.`, '/todos') : redirect('/todos')
  })

  const clearTodos = actions.define('todos.clear', async () => {
    todos = []
    return redirect('/todos')
  })

  router.get('/todos', (ctx) => {
    const add = ctx.form(addTodo)
    const items = todos.map((todo) => ({
      ...todo,
      remove: ctx.form(removeTodo.bind(null, todo.id), { key: todo.id }),
    }))
    const forms = [add, ...items.map((item) => item.remove)]

    // What is typed into the first form stays when a row goes, since each region is sent alone. The list comes with both.
    ctx.body = layout(ctx, {
      title: 'Todos',
      titlePrefix: forms.find((form) => form.titlePrefix !== '')?.titlePrefix ?? '',
      path: '/todos',
      main: html`
<p class="lead">One list for everybody who visits this server.</p>
${region(
  ctx,
  'adding',
  (sending) => html`
${add.summary()}
<form ${add.attributes}${sending} class="panel" novalidate>
${add.fields}
${field(add, 'title', 'What is there to do?', { required: true, autocomplete: 'off' })}
<div class="buttons">
<button type="submit">Add</button>
<button ${add.submit(clearTodos, { class: 'secondary' })}>Clear the list</button>
</div>
</form>`,
)}
${region(
  ctx,
  'todos',
  (sending) => html`
${items.map(({ remove }) => remove.summary())}
<h2>${count(items.length)}</h2>
${items.length > 0 && html`<ul class="todos">${items.map((item) => listItem(item, sending))}</ul>`}`,
  { always: true },
)}`,
      tryThis: [
        'Send an empty title, one of 101 characters, or the same title twice.',
        'Double-click “Add”, reload, or go back and send again: no title is on the list twice.',
        'Remove an item in one tab, then again in another.',
        'Change the hidden field in your browser’s developer tools, then send the form.',
      ],
      source: 'todos',
    })
  })
}

function listItem({ id, title, remove }: Todo & { readonly remove: Form }, sending?: SafeHtml): SafeHtml {
  return html`
<li id="todo-${id}"><span>${title}</span>
<form ${remove.attributes}${sending}>${remove.fields}
<button type="submit" class="secondary">Remove<span class="hidden"> “${title}”</span></button></form></li>`
}

function sameTitle(one: string, other: string): boolean {
  return one.normalize().toLowerCase() === other.normalize().toLowerCase()
}

function count(number: number): string {
  if (number === 0) return 'Nothing to do'
  return number === 1 ? 'One thing to do' : `${number} things to do`
}
