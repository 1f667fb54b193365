// The data of the examples, in the memory of this server.

export interface Todo {
  readonly id: number
  readonly title: string
}

export interface Message {
  readonly id: number
  readonly from: string
  readonly text: string
}

export interface Picture {
  readonly name: string
  /** Bytes. */
  readonly size: number
  readonly caption: string
}

export interface Booking {
  readonly name: string
  readonly seats: number
}

export const data = {
  nextId: 10,
  todos: [
    { id: 1, title: 'Water the plants' },
    { id: 2, title: 'Answer the letter' },
  ] as readonly Todo[],
  messages: [{ id: 1, from: 'Ada', text: 'Is anybody here?' }] as readonly Message[],
  likes: 3,
  views: 0,
  draft: 'Once upon a time',
  published: { version: 1, text: 'The first edition.' },
  pictures: [] as readonly Picture[],
  bookings: [] as readonly Booking[],
}

/** Lets the answer take as long as on a phone, so that there is something to see meanwhile. */
export async function travel(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Number(process.env.LATENCY ?? 600)))
}
