import { z } from 'zod'

/** The visitor's input so far, by field name. All values are texts. */
export type Answers = Readonly<Record<string, string>>

export interface Step {
  readonly name: string
  readonly title: string
  readonly input: z.ZodType<Answers, unknown>
}

export const rooms = [
  { value: 'garden', label: 'A room to the garden' },
  { value: 'street', label: 'A room to the street' },
]
export const breakfasts = [
  { value: 'yes', label: 'Breakfast, please' },
  { value: 'no', label: 'No breakfast' },
]

const guest = z.object({
  name: z.string('Enter your name').trim().min(1, 'Enter your name').max(80, 'Use at most 80 characters'),
  email: z.email('Enter an email address, such as ada@example.org').max(200, 'Use at most 200 characters'),
})

const stay = z.object({
  arrival: z.iso.date('Enter the day of your arrival').refine(isToCome, 'Choose a day that is not over yet'),
  nights: z
    .string('Enter a number of nights')
    .trim()
    .regex(/^([1-9]|1[0-4])$/, 'Enter a number of nights from 1 to 14'),
  room: z.enum(['garden', 'street'], 'Choose a room'),
})

const wishes = z.object({
  breakfast: z.enum(['yes', 'no'], 'Choose whether you would like breakfast'),
  note: z.string('Send a note, or leave it empty').trim().max(500, 'Use at most 500 characters'),
})

/** The steps, each with the rules of its fields. */
export const steps: readonly Step[] = [
  { name: 'guest', title: 'About you', input: guest },
  { name: 'stay', title: 'Your stay', input: stay },
  { name: 'wishes', title: 'Your wishes', input: wishes },
]

/** The rules of all steps together. A valid input can become invalid later, such as a date in the past. */
export const bookingInput = z.object({ ...guest.shape, ...stay.shape, ...wishes.shape })

/** The rules for unfinished steps: any text that a form can carry. */
export const draftInput = z.partialRecord(
  z.enum(['name', 'email', 'arrival', 'nights', 'room', 'breakfast', 'note']),
  z.string('Send each field once').max(500, 'Use at most 500 characters'),
)

function isToCome(day: string): boolean {
  return day >= new Date().toISOString().slice(0, 10)
}
