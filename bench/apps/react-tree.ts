import { createElement as h, type ReactNode, useActionState, useId } from 'react'

type Run = (previous: unknown, data: FormData) => unknown

interface TreeProps {
  readonly act: Run
}

/** A page of some 20 kB: a form of three fields with a hook, and a list of fifty notes. */
export function Tree({ act }: TreeProps): ReactNode {
  return h(
    'html',
    { lang: 'en' },
    h('head', null, h('meta', { charSet: 'utf-8' }), h('title', null, 'Notes')),
    h(
      'body',
      null,
      h(
        'header',
        null,
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
        null,
        h('h1', null, 'A note'),
        h(Form, { act }),
        h(
          'ul',
          null,
          notes.map((note) => h(Note, note)),
        ),
      ),
    ),
  )
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

function Form({ act }: TreeProps): ReactNode {
  const [, submit] = useActionState(act as never, undefined)
  return h(
    'form',
    { action: submit as never },
    h(Field, { name: 'title', label: 'Title' }),
    h(Field, { name: 'note', label: 'Note' }),
    h(Field, { name: 'priority', label: 'Priority' }),
    h('button', { type: 'submit' }, 'Keep'),
  )
}

function Field({ name, label }: { readonly name: string; readonly label: string }): ReactNode {
  const id = useId()
  return h(
    'div',
    { className: 'field' },
    h('label', { htmlFor: id }, label),
    h('input', { id, name, required: true, maxLength: 200, autoComplete: 'off' }),
    h('p', { className: 'hint' }, `What you enter as ${label.toLowerCase()} is kept for a week.`),
  )
}
