import { createElement as h, type ReactNode, useId } from 'react'
import { Form } from './react-form.js'

type Run = (previous: unknown, data: FormData) => unknown

interface TreeProps {
  readonly act: Run
  /** How many notes the list has. @default 50 */
  readonly listed?: number | undefined
}

/** A page of some 20 kB: a form of three fields with a hook, and a list of fifty notes. */
export function Tree({ act, listed }: TreeProps): ReactNode {
  return h(
    'html',
    { lang: 'en' },
    h('head', null, h('meta', { charSet: 'utf-8' }), h('title', null, 'Notes')),
    h('body', null, h(Body, { act, listed })),
  )
}

/** What stands in the body. */
export function Body({ act, listed = notes.length }: TreeProps): ReactNode {
  return [
    h(
      'header',
      { key: 'header' },
      h(
        'nav',
        null,
        h(
          'ul',
          null,
          paths.map((path) => h(Item, { key: path, path })),
        ),
      ),
    ),
    h(
      'main',
      { key: 'main' },
      h('h1', null, 'A note'),
      h(Form, { act }),
      h(
        'ul',
        null,
        notes.slice(0, listed).map((note) => h(Note, note)),
      ),
    ),
  ]
}

const paths = ['today', 'tomorrow', 'this week', 'later', 'someday', 'archive', 'settings', 'help']

function Item({ path }: { readonly path: string }): ReactNode {
  return h('li', null, h('a', { href: `/${path}`, title: `Notes for ${path}` }, path))
}

const notes = Array.from({ length: 50 }, (_, i) => ({
  key: i,
  title: `Note ${i + 1}`,
  text: `Buy what the list of day ${i} says, and ask whether “the usual” is still the usual.`,
}))

function Note({ title, text }: (typeof notes)[number]): ReactNode {
  const id = useId()
  return h(
    'li',
    { 'aria-labelledby': id },
    h('h2', { id }, title),
    h('p', null, text),
    h('a', { href: `/notes/${title}` }, 'Open'),
  )
}
