import { createActions, flash, invalid, redirect, type Submission } from 'sealform'

/** The data of one list. Each test has a list of its own. */
interface List {
  todos: { id: string; title: string }[]
  likes: number
  views: number
  uploads: string[]
  sent: string[]
  said: string[]
}

const lists = new Map<string, List>()
let next = 1

export function listOf(name: string): List {
  let list = lists.get(name)
  if (!list) {
    list = { todos: [{ id: 'a', title: 'Milk' }], likes: 0, views: 0, uploads: [], sent: [], said: [] }
    lists.set(name, list)
  }
  return list
}

export interface Added {
  readonly message: string
  readonly count: number
}

export const actions = createActions()

export const add = actions.define(
  'todos.add',
  async ({ formData, previous }: Submission<undefined, Added>, name: string) => {
    const title = String(formData.get('title') ?? '')
    const list = listOf(name)
    list.sent.push([...formData.keys()].join())
    if (title === 'boom') throw new Error('the database is down')
    if (title.length < 3) return invalid({ title: 'At least three letters' })
    if (title === 'leave') return flash(`Left ${name}`, '/other')
    if (title === 'stay') return flash(`Stayed on ${name}`, `/lists/${name}`)
    if (title === 'stay below') return redirect(`/lists/${name}#below`)
    list.todos.push({ id: `n${next++}`, title })
    return { message: `Added ${title} to ${name}`, count: (previous?.count ?? 0) + 1 }
  },
)

export const clear = actions.define('todos.clear', async ({ formData }, name: string) => {
  if (formData.get('title') === 'never') return invalid({ title: 'Not now' })
  listOf(name).todos = []
})

export const remove = actions.define('todos.remove', async (_submission, name: string, id: string) => {
  const list = listOf(name)
  list.todos = list.todos.filter((todo) => todo.id !== id)
})

export const like = actions.define(
  'todos.like',
  async (_submission: Submission<undefined, number>, name: string) => {
    listOf(name).likes++
    return listOf(name).likes
  },
)

export const view = actions.define(
  'todos.view',
  async ({ formData }: Submission<undefined, number>, name: string) => {
    const list = listOf(name)
    list.views += Number(formData.get('step'))
    return list.views
  },
)

export const say = actions.define('say', async ({ formData }, name: string) => {
  listOf(name).said.push(String(formData.get('words')))
})

export const bump = actions.define(
  'bump',
  async ({ previous = 0 }: Submission<undefined, number>) => previous + 1,
)

export const upload = actions.define('upload', {
  files: { picture: { required: true } },
  async run({ formData }: Submission<undefined, string>, name: string) {
    const picture = formData.get('picture')
    const caption = String(formData.get('caption'))
    if (caption === '') return invalid({ caption: 'Enter a caption' })
    const text = picture instanceof File ? await picture.text() : 'nothing'
    listOf(name).uploads.push(text)
    return `${caption}: ${text}`
  },
})

/** Its seals are good for a minute. The tests set the clock of the app forward. */
export const brief = actions.define('brief', {
  ttl: 60,
  run: async (_submission: Submission<undefined, string>) => 'in time',
})

/** It takes one submission of a seal. */
export const order = actions.define('order', {
  once: true,
  run: async ({ previous = 0 }: Submission<undefined, number>) => previous + 1,
})

export const signIn = actions.define('sign-in', async ({ formData }) =>
  invalid({ password: `Not the password of ${String(formData.get('user'))}` }),
)
