import {
  Component,
  lazy,
  type ReactNode,
  Suspense,
  startTransition,
  useActionState,
  useEffect,
  useId,
  useOptimistic,
  useState,
} from 'react'
import { useFormStatus } from 'react-dom'
import { type ClientAction, issueOf, onClient, stateOf, valueOf } from 'sealform/react'
import type { Added } from './actions.js'

export interface Todo {
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
  readonly likes: number
  readonly at: Date
  readonly todos: readonly Todo[]
  /** Leaves out a hook, as a new build of the page can. */
  readonly moved: boolean
}

export function Document({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <title>{title}</title>
        <link rel="icon" href="data:," />
      </head>
      <body>{children}</body>
    </html>
  )
}

export function Page(props: TodosProps) {
  // For the tests: the page works in the browser now.
  useEffect(() => {
    Object.assign(globalThis, { ready: true })
  }, [])
  return (
    <Document title={props.title}>
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
        <Views {...props} />
        <Upload upload={props.upload} />
        <Brief brief={props.brief} />
        <Order order={props.order} />
        <SignIn signIn={props.signIn} />
        <Suspense fallback={<p>Loading</p>}>
          <Late clear={props.clear} />
        </Suspense>
      </main>
    </Document>
  )
}

class Boundary extends Component<{ readonly children: ReactNode }, { readonly error?: Error }> {
  override state: { readonly error?: Error } = {}

  static getDerivedStateFromError(error: Error) {
    return { error }
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <p role="alert" id="boundary">
        {error.message}
      </p>
    )
  }
}

function Submit({ children }: { readonly children: string }) {
  const { pending, data } = useFormStatus()
  return <button>{pending ? `Sending ${String(data.get('title'))}` : children}</button>
}

function Add({ add, clear, todos }: TodosProps) {
  const id = useId()
  const [shown, addShown] = useOptimistic(todos, (list, title: string) => [
    ...list,
    { id: 'pending', title, pending: true },
  ])
  const [state, submit] = useActionState(
    onClient(add, async (previous, data) => {
      data.set('title', String(data.get('title')).trim())
      addShown(String(data.get('title')))
      return add(previous, data)
    }),
    undefined,
  )
  const list = valueOf(state, 'list', 'x')
  return (
    <>
      <form action={submit} id="add">
        <label htmlFor={id}>Title</label>
        <input
          id={id}
          name="title"
          defaultValue={valueOf(state, 'title')}
          aria-invalid={issueOf(state, 'title') ? true : undefined}
        />
        <select name="list" key={list} defaultValue={list}>
          <option>x</option>
          <option>y</option>
        </select>
        <input type="checkbox" name="box" defaultChecked={valueOf(state, 'box') === 'on'} />
        <textarea name="note" defaultValue={valueOf(state, 'note')} />
        <p id="issue" role="alert">
          {issueOf(state, 'title')}
        </p>
        <Submit>Add</Submit>
        <button formAction={clear} id="clear">
          Clear
        </button>
      </form>
      <p id="message" aria-live="polite">
        {`${stateOf(state)?.message ?? ''} ${stateOf(state)?.count ?? ''}`}
      </p>
      <p id="problem">{issueOf(state)}</p>
      <ul>
        {shown.map((todo) => (
          <li key={todo.id} className={todo.pending ? 'pending' : ''}>
            {todo.title}
            {todo.remove && (
              <form action={todo.remove}>
                <button>{`Remove ${todo.title}`}</button>
              </form>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}

function Likes({ like, likes }: TodosProps) {
  const [shown, plus] = useOptimistic(likes, (count) => count + 1)
  const [told, tell] = useState(0)
  const press = () =>
    startTransition(async () => {
      plus(undefined)
      const count = await like()
      startTransition(() => tell(count))
    })
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

function Views({ view, bump }: TodosProps) {
  const [views, setViews] = useState(0)
  const [count, dispatch] = useActionState(bump, undefined)
  useEffect(() => {
    let live = true
    view({ step: 2 }).then((seen) => live && setViews(seen))
    return () => {
      live = false
    }
  }, [view])
  return (
    <p>
      <output id="views">{views}</output>
      <button type="button" id="dispatch" onClick={() => startTransition(() => dispatch(undefined))}>
        {stateOf(count) ?? 0}
      </button>
    </p>
  )
}

function Bump({ bump, id }: { readonly bump: ClientAction<number>; readonly id: string }) {
  const [count, submit] = useActionState(bump, 0)
  return (
    <form id={id} action={submit}>
      <output>{stateOf(count)}</output>
      <button>+1</button>
    </form>
  )
}

function Upload({ upload }: { readonly upload: ClientAction<string> }) {
  const [state, submit] = useActionState(upload, undefined)
  return (
    <form id="upload" action={submit}>
      <input type="file" name="picture" />
      <input name="caption" defaultValue={valueOf(state, 'caption')} />
      <button>Upload</button>
      <p role="alert">{issueOf(state, 'caption') ?? issueOf(state, 'picture')}</p>
      <output>{stateOf(state)}</output>
    </form>
  )
}

function Brief({ brief }: { readonly brief: ClientAction<string> }) {
  const [state, submit] = useActionState(brief, undefined)
  return (
    <form id="brief" action={submit}>
      <input name="text" defaultValue={valueOf(state, 'text')} />
      <button>Send</button>
      <p role="alert">{issueOf(state)}</p>
      <output>{stateOf(state)}</output>
    </form>
  )
}

function Order({ order }: { readonly order: ClientAction<number> }) {
  const [state, submit] = useActionState(order, undefined)
  return (
    <form id="order" action={submit}>
      <button>Order</button>
      <p role="alert">{issueOf(state)}</p>
      <output>{stateOf(state)}</output>
    </form>
  )
}

function SignIn({ signIn }: { readonly signIn: ClientAction }) {
  const [state, submit] = useActionState(signIn, undefined)
  return (
    <form id="sign-in" action={submit}>
      <input name="user" defaultValue={valueOf(state, 'user')} />
      <input name="password" type="password" defaultValue={valueOf(state, 'password')} />
      <p role="alert">{issueOf(state, 'password')}</p>
      <button>Sign in</button>
    </form>
  )
}

/** A part that is ready later than the rest, and larger than what React prints in place by itself. */
const Late = lazy(
  () =>
    new Promise<{ default: typeof LateForm }>((resolve) => setTimeout(resolve, 30, { default: LateForm })),
)

function LateForm({ clear }: { readonly clear: ClientAction }) {
  return (
    <form id="late" action={clear}>
      <p hidden>{'large '.repeat(5000)}</p>
      <button>Late</button>
    </form>
  )
}
