import { createElement as h, type ReactNode, useActionState, useId } from 'react'

type Run = (previous: unknown, data: FormData) => unknown

interface TreeProps {
  /** Without it, the form is an ordinary one. */
  readonly act?: Run | undefined
}

/** The page of the other apps as components: a form of three fields, with a hook when there is an action. */
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
      h('main', null, h('h1', null, 'A note'), act ? h(Hooked, { act }) : h(Form, { action: '' })),
    ),
  )
}

const paths = ['today', 'tomorrow', 'this week', 'later', 'someday', 'archive', 'settings', 'help']

function Item({ path }: { readonly path: string }): ReactNode {
  return h('li', null, h('a', { href: `/${path}`, title: `Notes for ${path}` }, path))
}

function Hooked({ act }: Required<TreeProps>): ReactNode {
  const [, submit] = useActionState(act as never, undefined)
  return h(Form, { action: submit as never })
}

function Form({ action }: { readonly action: string | ((data: FormData) => void) }): ReactNode {
  return h(
    'form',
    typeof action === 'string' ? { method: 'post' } : { action },
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
