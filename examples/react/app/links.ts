import type { Path } from './pages.js'

/** The links in the header. */
export const links: readonly (readonly [path: Path, text: string, about: string])[] = [
  ['/todos', 'Todos', 'A list with a form in each item, items that appear at once, and a second button'],
  ['/chat', 'Chat', 'Messages that appear at once, several at a time'],
  ['/likes', 'Likes', 'Actions called from an event handler and from an effect'],
  ['/draft', 'Draft', 'A text that saves itself while you write'],
  ['/booking', 'Booking', 'A form of several steps, whose state travels with it'],
  ['/upload', 'Upload', 'A file that waits for your correction'],
  ['/document', 'The document', 'What becomes of the examples that this project began with'],
]
