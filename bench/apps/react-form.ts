import { createElement as h, type ReactNode, useActionState, useId } from 'react'

type Run = (previous: unknown, data: FormData) => unknown

/** A form of three fields with a hook. It says what was kept. */
export function Form({ act }: { readonly act: Run }): ReactNode {
  const [state, submit] = useActionState(act as never, undefined)
  return h(
    'form',
    { action: submit as never },
    state === undefined ? null : h('p', { role: 'status' }, `Kept: ${String(state)}`),
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
