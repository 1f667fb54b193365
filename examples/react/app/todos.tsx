import { useActionState, useOptimistic } from 'react'
import { useFormStatus } from 'react-dom'
import { type ClientAction, issueOf, onClient, stateOf } from 'sealform/react'
import type { ClientProps } from 'sealform/react/server'
import { Field, Status } from './field.js'
import type { PropsOf } from './pages.js'

interface Shown {
  readonly id: number
  readonly title: string
  /** Not yet there while the server has not answered. */
  readonly remove?: ClientAction
}

export function Todos({ add, clear, todos }: ClientProps<PropsOf<'/todos'>>) {
  const [shown, addShown] = useOptimistic<readonly Shown[], string>(todos, (list, title) => [
    ...list,
    { id: 0, title },
  ])
  const [state, submit] = useActionState(
    onClient(add, async (previous, data) => {
      addShown(String(data.get('title')))
      return add(previous, data)
    }),
    undefined,
  )
  return (
    <>
      <form action={submit} className="panel">
        <Field label="What is to be done?" name="title" state={state} autoComplete="off" />
        <div className="buttons">
          <Add />
          <button formAction={clear} className="secondary" formNoValidate>
            Clear the list
          </button>
        </div>
        <Status>{issueOf(state) === undefined ? stateOf(state) : 'Not added.'}</Status>
      </form>
      <ul className="todos">
        {shown.map((todo) => (
          <Item key={todo.id} {...todo} />
        ))}
      </ul>
    </>
  )
}

function Add() {
  const { pending, data } = useFormStatus()
  return (
    <button aria-disabled={pending}>
      {pending ? `Adding “${String(data.get('title') ?? '')}”…` : 'Add'}
    </button>
  )
}

function Item({ title, remove }: Shown) {
  return (
    <li aria-busy={remove === undefined}>
      <span>{title}</span>
      {remove && (
        <form action={remove}>
          <Remove title={title} />
        </form>
      )}
    </li>
  )
}

function Remove({ title }: { readonly title: string }) {
  const { pending } = useFormStatus()
  return (
    <button className="secondary" aria-disabled={pending} aria-label={`Remove ${title}`}>
      {pending ? 'Removing…' : 'Remove'}
    </button>
  )
}
