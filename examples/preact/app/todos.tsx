import {
  type ClientAction,
  Form,
  issueOf,
  onClient,
  Submit,
  stateOf,
  useFormStatus,
  useOptimistic,
} from 'sealform/preact'
import type { ClientProps } from 'sealform/preact/server'
import type { PropsOf } from '../../react/app/pages.js'
import { Field, Status } from './field.js'

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
  const submit = onClient(add, async (previous, data) => {
    addShown(String(data.get('title')))
    return add(previous, data)
  })
  return (
    <>
      <Form action={submit} class="panel">
        {(state) => (
          <>
            <Field label="What is to be done?" name="title" state={state} autocomplete="off" />
            <div class="buttons">
              <Add />
              <Submit action={clear} class="secondary">
                Clear the list
              </Submit>
            </div>
            <Status>{issueOf(state) === undefined ? stateOf(state) : 'Not added.'}</Status>
          </>
        )}
      </Form>
      <ul class="todos">
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
    <Submit aria-disabled={pending}>
      {pending ? `Adding “${String(data?.get('title') ?? '')}”…` : 'Add'}
    </Submit>
  )
}

function Item({ title, remove }: Shown) {
  return (
    <li aria-busy={remove === undefined}>
      <span>{title}</span>
      {remove && (
        <Form action={remove}>
          <Remove title={title} />
        </Form>
      )}
    </li>
  )
}

function Remove({ title }: { readonly title: string }) {
  const { pending } = useFormStatus()
  return (
    <Submit class="secondary" aria-disabled={pending} aria-label={`Remove ${title}`}>
      {pending ? 'Removing…' : 'Remove'}
    </Submit>
  )
}
