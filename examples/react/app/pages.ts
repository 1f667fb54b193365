import {
  addTodo,
  book,
  breakDown,
  clearTodos,
  countView,
  like,
  publish,
  removeTodo,
  saveDraft,
  sendMessage,
  upload,
} from './actions.js'
import { data } from './data.js'

/** What a page is made of. The components get the same, with something to call in the place of each action. */
export const pages = {
  '/': () => ({ page: 'home' as const }),
  '/todos': () => ({
    page: 'todos' as const,
    add: addTodo,
    clear: clearTodos,
    todos: data.todos.map((todo) => ({ ...todo, remove: removeTodo.bind(null, todo.id) })),
  }),
  '/chat': ({ from }: Visitor) => ({
    page: 'chat' as const,
    send: sendMessage,
    from,
    messages: data.messages,
  }),
  '/likes': () => ({
    page: 'likes' as const,
    like,
    countView,
    breakDown,
    likes: data.likes,
    views: data.views,
  }),
  '/draft': ({ flash }: Visitor) => ({
    page: 'draft' as const,
    publish: publish.bind(null, data.published.version),
    saveDraft,
    flash,
    draft: data.draft,
    published: data.published,
  }),
  '/booking': ({ flash }: Visitor) => ({
    page: 'booking' as const,
    book,
    flash,
    bookings: data.bookings,
  }),
  '/upload': () => ({ page: 'upload' as const, upload, pictures: data.pictures }),
  '/document': () => ({ page: 'document' as const }),
}

/** What a page knows of its visitor. */
interface Visitor {
  readonly flash: string
  readonly from: string
}

export type Path = keyof typeof pages
export type PropsOf<Each extends Path> = ReturnType<(typeof pages)[Each]>

/** Returns the props of a page; `undefined` when there is no such page. */
export function propsFor(path: string, visitor: Visitor) {
  return Object.hasOwn(pages, path) ? pages[path as Path](visitor) : undefined
}
