import { z } from 'zod'

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

/** The steps of a booking, each with the rules of its fields. */
export const steps = {
  guest: { title: 'About you', input: guest },
  stay: { title: 'Your stay', input: stay },
  wishes: { title: 'Your wishes', input: wishes },
}

function isToCome(day: string): boolean {
  return day >= new Date().toISOString().slice(0, 10)
}
