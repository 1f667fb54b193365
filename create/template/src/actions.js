import { createActions, invalid, redirect } from 'sealform'
import { z } from 'zod'

/** The entries of the guestbook. They last as long as the process: put a database here. */
export const entries = [{ id: 1, name: 'Ada', text: 'The first entry' }]
let lastId = 1

/** All actions of the app. A form can run these and nothing else. */
export const actions = createActions()

export const sign = actions.define('guestbook.sign', {
  input: z.object({
    name: z.string().trim().min(1, 'Enter your name'),
    text: z.string().trim().min(1, 'Write something').max(500, 'Use at most 500 characters'),
  }),
  async run({ input }) {
    if (entries.some(({ text }) => text === input.text))
      return invalid({ text: 'Somebody has written this already' })
    entries.push({ id: ++lastId, ...input })
    return redirect('/')
  },
})

export const remove = actions.define('guestbook.remove', async (_submission, id /*: number */) => {
  const index = entries.findIndex((entry) => entry.id === id)
  if (index !== -1) entries.splice(index, 1)
  return redirect('/')
})
