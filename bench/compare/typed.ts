/** What visitors type. The note is what must not get lost. */
export const typed = {
  title: 'Milk & bread',
  note: 'Whole grain, if they have any. "Two" loaves <of the same>.',
  quantity: '2',
} as const

/** The message of the app for an empty title. */
export const emptyTitle = 'Enter a title'

/** The actions of the apps throw for this title; the error has a message that is nobody's business. */
export const failing = { title: 'Fail', secret: 'db.internal' } as const
