import { Component, type ComponentChildren } from 'preact'
import { lazy, Suspense } from 'preact/compat'
import { useEffect, useId, useState } from 'preact/hooks'
import {
  type ClientAction,
  Form,
  issueOf,
  onClient,
  Submit,
  stateOf,
  useFormStatus,
  useOptimistic,
  valueOf,
} from 'sealform/preact'
import type { Added } from '../../react/app/actions.js'

interface Todo {
  readonly id: string
  readonly title: string
  readonly pending?: boolean
  readonly remove?: ClientAction
}

export interface TodosProps {
  readonly title: string
  readonly flash: unknown
  readonly add: ClientAction<Added>
  readonly clear: ClientAction
  readonly like: ClientAction<number>
  readonly view: ClientAction<number>
  readonly bump: ClientAction<number>
  readonly upload: ClientAction<string>
  readonly brief: ClientAction<string>
  readonly order: ClientAction<number>
  readonly signIn: ClientAction
  readonly say: ClientAction
  readonly said: readonly string[]
  readonly likes: number
  readonly at: Date
  readonly todos: readonly Todo[]
  /** Moves a form, as a new build of the page can. */
  readonly moved: boolean
}

export function Page(props: TodosProps) {
  // For the tests: the page works in the browser now.
  useEffect(() => {
    Object.assign(globalThis, { ready: true })
  }, [])
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>{props.title}</title>
        <link rel="icon" href="data:," />
      </head>
      <body>
        <main>
          <h1>{`${props.title} at ${props.at.getTime()}`}</h1>
          <p id="flash">{String(props.flash ?? '')}</p>
          <Boundary>
            {props.moved ? (
              <div>
                <Add {...props} />
              </div>
            ) : (
              <Add {...props} />
            )}
          </Boundary>
          <Likes {...props} />
          <Bump id="bump" bump={props.bump} />
          <Bump id="bump2" bump={props.bump} />
          <Chat {...props} />
          <Views {...props} />
          <Upload upload={props.upload} />
          <Brief brief={props.brief} />
          <Order order={props.order} />
          <SignIn signIn={props.signIn} />
          <Suspense fallback={<p>Loading</p>}>
            <Late clear={props.clear} />
          </Suspense>
        </main>
      </body>
    </html>
  )
}

class Boundary extends Component<{ readonly children: ComponentChildren }, { readonly error?: Error }> {
  override state: { readonly error?: Error } = {}

  static override getDerivedStateFromError(error: Error) {
    return { error }
  }

  override render() {
    const { error } = this.state
    return error ? (
      <p role="alert" id="boundary">
        {error.message}
      </p>
    ) : (
      this.props.children
    )
  }
}

function Sending({ children }: { readonly children: string }) {
  const { pending, data } = useFormStatus()
  return <Submit>{pending ? `Sending ${String(data?.get('title'))}` : children}</Submit>
}

function Add({ add, clear, todos }: TodosProps) {
  const id = useId()
  const [shown, addShown] = useOptimistic(todos, (list, title: string) => [
    ...list,
    { id: 'pending', title, pending: true },
  ])
  const submit = onClient(add, async (previous, data) => {
    addShown(String(data.get('title')))
    return add(previous, data)
  })
  return (
    <>
      <Form action={submit} id="add">
        {(state) => (
          <>
            <label for={id}>Title</label>
            <input
              id={id}
              name="title"
              defaultValue={valueOf(state, 'title')}
              aria-invalid={issueOf(state, 'title') ? true : undefined}
            />
            <select name="list" defaultValue={valueOf(state, 'list', 'x')}>
              <option value="x">x</option>
              <option value="y">y</option>
            </select>
            <input type="checkbox" name="box" defaultChecked={valueOf(state, 'box') === 'on'} />
            <textarea name="note" defaultValue={valueOf(state, 'note')} />
            <p id="issue" role="alert">
              {issueOf(state, 'title')}
            </p>
            <Sending>Add</Sending>
            <Submit action={clear} id="clear">
              Clear
            </Submit>
            <p id="message" aria-live="polite">
              {`${stateOf(state)?.message ?? ''} ${stateOf(state)?.count ?? ''}`}
            </p>
            <p id="problem">{issueOf(state)}</p>
          </>
        )}
      </Form>
      <ul>
        {shown.map((todo) => (
          <li key={todo.id} class={todo.pending ? 'pending' : ''}>
            {todo.title}
            {todo.remove && (
              <Form action={todo.remove}>
                <Submit>{`Remove ${todo.title}`}</Submit>
              </Form>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}

function Likes({ like, likes }: TodosProps) {
  const [shown, plus] = useOptimistic(likes, (count, more: number) => count + more)
  const [told, tell] = useState(0)
  const press = async () => {
    plus(1)
    tell(await like())
  }
  return (
    <p>
      <output id="likes">{shown}</output>
      <output id="told">{told}</output>
      <button type="button" id="like" onClick={press}>
        Like
      </button>
    </p>
  )
}

function Chat({ say, said }: TodosProps) {
  const [shown, addShown] = useOptimistic(
    said.map((text) => ({ text, pending: false })),
    (all, text: string) => [...all, { text, pending: true }],
  )
  const submit = onClient(say, async (data: FormData) => {
    addShown(String(data.get('words')))
    await say(data)
  })
  return (
    <>
      <ol id="messages">
        {shown.map(({ text, pending }) => (
          <li key={text} class={pending ? 'pending' : ''}>
            {text}
          </li>
        ))}
      </ol>
      <Form id="chat" action={submit}>
        <input name="words" />
      </Form>
    </>
  )
}

function Views({ view }: TodosProps) {
  const [views, setViews] = useState(0)
  useEffect(() => {
    let live = true
    view({ step: 2 }).then((seen) => live && setViews(seen))
    return () => {
      live = false
    }
  }, [view])
  return <output id="views">{views}</output>
}

function Bump({ bump, id }: { readonly bump: ClientAction<number>; readonly id: string }) {
  return (
    <Form id={id} action={bump} initial={0}>
      {(count) => (
        <>
          <output>{stateOf(count)}</output>
          <Submit>+1</Submit>
        </>
      )}
    </Form>
  )
}

function Upload({ upload }: { readonly upload: ClientAction<string> }) {
  return (
    <Form id="upload" action={upload}>
      {(state) => (
        <>
          <input type="file" name="picture" />
          <input name="caption" defaultValue={valueOf(state, 'caption')} />
          <Submit>Upload</Submit>
          <p role="alert">{issueOf(state, 'caption') ?? issueOf(state, 'picture')}</p>
          <output>{stateOf(state)}</output>
        </>
      )}
    </Form>
  )
}

function Brief({ brief }: { readonly brief: ClientAction<string> }) {
  return (
    <Form id="brief" action={brief}>
      {(state) => (
        <>
          <input name="text" defaultValue={valueOf(state, 'text')} />
          <Submit>Send</Submit>
          <p role="alert">{issueOf(state)}</p>
          <output>{stateOf(state)}</output>
        </>
      )}
    </Form>
  )
}

function Order({ order }: { readonly order: ClientAction<number> }) {
  return (
    <Form id="order" action={order}>
      {(state) => (
        <>
          <Submit>Order</Submit>
          <p role="alert">{issueOf(state)}</p>
          <output>{stateOf(state)}</output>
        </>
      )}
    </Form>
  )
}

function SignIn({ signIn }: { readonly signIn: ClientAction }) {
  return (
    <Form id="sign-in" action={signIn}>
      {(state) => (
        <>
          <input name="user" defaultValue={valueOf(state, 'user')} />
          <input name="password" type="password" defaultValue={valueOf(state, 'password')} />
          <p role="alert">{issueOf(state, 'password')}</p>
          <Submit>Sign in</Submit>
        </>
      )}
    </Form>
  )
}

/** A part that is ready later than the rest. */
const Late = lazy(() => new Promise<typeof LateForm>((resolve) => setTimeout(resolve, 30, LateForm)))

function LateForm({ clear }: { readonly clear: ClientAction }) {
  return (
    <Form id="late" action={clear}>
      <p hidden>{'large '.repeat(5000)}</p>
      <Submit>Late</Submit>
    </Form>
  )
}
