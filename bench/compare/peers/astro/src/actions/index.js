import { ActionError, defineAction } from 'astro:actions'
import { z } from 'astro/zod'
import { keepNote } from '../../notes.js'

const title = z.string({ error: 'Enter a title' }).trim().min(1, 'Enter a title')

export const server = {
  keep: defineAction({
    accept: 'form',
    input: z.object({
      title,
      note: z.string().nullable(),
      quantity: z.string({ error: 'Enter a whole number' }).regex(/^[1-9]\d{0,3}$/, 'Enter a whole number'),
    }),
    handler: keepNote,
  }),
  attach: defineAction({
    accept: 'form',
    input: z.object({ title, note: z.string().nullable(), file: z.instanceof(File).nullable() }),
    handler(note) {
      if (note.file && note.file.size > 1_000_000) throw new ActionError({ code: 'CONTENT_TOO_LARGE' })
      keepNote(note)
    },
  }),
}
