import { createActions, flash, invalid, type Submission } from 'sealform'
import { z } from 'zod'
import { data, travel } from './data.js'

export const actions = createActions()

const title = z.string().trim().min(3, 'Enter at least three letters').max(60, 'Enter at most 60 letters')

export const addTodo = actions.define('todos.add', {
  input: z.object({ title }),
  async run({ input }: Submission<{ title: string }, string>) {
    await travel()
    if (data.todos.some((todo) => todo.title === input.title))
      return invalid({ title: 'This is on the list' })
    data.todos = [...data.todos, { id: data.nextId++, title: input.title }]
    return `Added “${input.title}”.`
  },
})

export const removeTodo = actions.define('todos.remove', async (_submission, id: number) => {
  await travel()
  data.todos = data.todos.filter((todo) => todo.id !== id)
})

export const clearTodos = actions.define('todos.clear', async () => {
  await travel()
  data.todos = []
})

export const sendMessage = actions.define('chat.send', async ({ formData, cookies }) => {
  await travel()
  const from = String(formData.get('from') ?? '').trim() || 'Somebody'
  const text = String(formData.get('text') ?? '').trim()
  if (text === '') return invalid({ text: 'Write something first' })
  cookies.set('from', from)
  data.messages = [...data.messages, { id: data.nextId++, from, text }].slice(-30)
  return undefined
})

export const like = actions.define('likes.add', async (_submission: Submission<undefined, number>) => {
  await travel()
  data.likes++
  return data.likes
})

export const countView = actions.define('views.count', async (_submission: Submission<undefined, number>) => {
  data.views++
  return data.views
})

export const breakDown = actions.define('likes.break', async () => {
  await travel()
  throw new Error('The example breaks down, as it was asked to')
})

export const saveDraft = actions.define('draft.save', async ({ formData }) => {
  await travel()
  data.draft = String(formData.get('text') ?? '')
  return data.draft.length
})

/** Publishes what was written about one version, and nothing when there is a newer one. */
export const publish = actions.define('draft.publish', async ({ formData }, version: number) => {
  await travel()
  const text = String(formData.get('text') ?? '').trim()
  if (text === '') return invalid({ text: 'Write something first' })
  if (version !== data.published.version) {
    return invalid({ text: `Somebody else has published edition ${data.published.version} meanwhile` })
  }
  data.published = { version: version + 1, text }
  data.draft = text
  return flash(`Published edition ${data.published.version}.`, '/draft')
})

export interface Booked {
  readonly step: 1 | 2 | 3
  readonly name: string
  readonly seats: number
}

/** Goes through the steps of a booking. What was entered so far travels with the form, sealed. */
export const book = actions.define(
  'booking.step',
  async ({ formData, previous }: Submission<undefined, Booked>) => {
    await travel()
    const last = previous ?? { step: 1, name: '', seats: 1 }
    if (formData.get('go') === 'back') return { ...last, step: last.step === 3 ? 2 : 1 }
    if (last.step === 1) {
      const name = String(formData.get('name') ?? '').trim()
      return name === '' ? invalid({ name: 'Enter your name' }) : { ...last, step: 2, name }
    }
    if (last.step === 2) {
      const seats = Number(formData.get('seats'))
      const right = Number.isInteger(seats) && seats >= 1 && seats <= 8
      return right ? { ...last, step: 3, seats } : invalid({ seats: 'Choose from 1 to 8 seats' })
    }
    data.bookings = [...data.bookings, { name: last.name, seats: last.seats }]
    return flash(`Booked for ${last.name}: ${last.seats}.`, '/booking')
  },
)

export const upload = actions.define('pictures.upload', {
  files: { picture: { types: ['image/*'], maxSize: '2MiB', required: true } },
  async run({ formData }: Submission<undefined, string>) {
    await travel()
    const picture = formData.get('picture')
    const caption = String(formData.get('caption') ?? '').trim()
    if (caption === '') return invalid({ caption: 'Enter a caption' })
    if (!(picture instanceof File)) return invalid({ picture: 'Choose a picture' })
    data.pictures = [...data.pictures, { name: picture.name, size: picture.size, caption }]
    return `Uploaded “${caption}”.`
  },
})
