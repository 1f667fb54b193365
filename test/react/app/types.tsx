import type { IncomingMessage } from 'node:http'
import { type ReactNode, startTransition, useActionState } from 'react'
import { createActions, done, invalid, redirect, type Submission } from 'sealform'
import { type ClientAction, hydrate, issueOf, onClient, type Problem, stateOf, valueOf } from 'sealform/react'
import { type ClientProps, renderReact, type ClientAction as ServedAction } from 'sealform/react/server'

/** Only the compiler reads this file. Each line that it has to refuse stands below its reason. */

declare const req: IncomingMessage
declare const chance: boolean
const actions = createActions()

interface Added {
  readonly message: string
  readonly count: number
}

const add = actions.define('types.add', async ({ previous }: Submission<undefined, Added>, list: string) =>
  chance ? invalid({ title: list }) : { message: 'added', count: (previous?.count ?? 0) + 1 },
)
const like = actions.define('types.like', async (_submission, id: number) => done(id))
const leave = actions.define('types.leave', async () => redirect('/'))
const parcel = new Map([['a', { like: like.bind(null, 1), at: new Date() }]])

/** Compiles when both are the same type. */
function same<Left, Right>(_same: Equal<Left, Right> extends true ? 'same' : 'different'): void {}
type Equal<Left, Right> =
  (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false

interface TodosProps {
  readonly title: string
  readonly add: ClientAction<Added>
  readonly todos: readonly { readonly id: number; readonly like: ClientAction<number> }[]
}

declare function Todos(props: TodosProps): ReactNode

/** What the page hands in decides what the components get, at any depth. */
export function propsOnTheServer(): void {
  const todos = [{ id: 1, like: like.bind(null, 1) }]
  renderReact(req, { title: 'Todos', add: add.bind(null, 'home'), todos, parcel, leave }, (props) => {
    same<typeof props.title, string>('same')
    same<typeof props.leave, ServedAction<undefined>>('same')
    same<(typeof props.todos)[number]['like'], ServedAction<number>>('same')
    same<typeof props.parcel, Map<string, { like: ServedAction<number>; at: Date }>>('same')
    same<typeof props.leave, ServedAction<undefined>>('same')
    // @ts-expect-error the page has not handed it in
    props.remove
    return <Todos {...props} />
  })
  // @ts-expect-error the state of the action has another type
  renderReact(req, { title: 'Todos', add: like.bind(null, 1), todos }, (props) => <Todos {...props} />)
  // @ts-expect-error a prop is missing
  renderReact(req, { title: 'Todos', add: add.bind(null, 'home') }, (props) => <Todos {...props} />)
  // @ts-expect-error misspelt
  renderReact(req, { title: 'Todos' }, () => null, { bootstrapModule: ['/client.js'] })
}

/** The components say what they get, and the page in the browser gets the same. */
export function propsInTheBrowser(): void {
  hydrate(document, (props: TodosProps) => <Todos {...props} />)
  hydrate(document, (props: ClientProps<{ leave: typeof leave; at: Date }>) => {
    same<typeof props.leave, ServedAction<undefined>>('same')
    same<typeof props.at, Date>('same')
    return null
  })
  // @ts-expect-error the component needs more than the page says that there is
  hydrate(document, (props: { title: string }) => <Todos {...props} />)
}

declare const client: ClientAction<Added>

/** A hook has the state of the action, or a problem. */
export function Hook(): ReactNode {
  const [state, submit, pending] = useActionState(client, undefined)
  same<typeof state, Added | Problem | undefined>('same')
  same<typeof pending, boolean>('same')
  const own = stateOf(state)
  same<typeof own, Added | undefined>('same')
  // @ts-expect-error a problem can stand in the place of the state
  state?.message.at(0)?.at(0)?.count
  // @ts-expect-error a problem has no count
  state?.count
  // @ts-expect-error the state has another type
  useActionState(client, { message: 'none' })
  startTransition(() => {
    submit(undefined)
    submit({ title: 'Milk', tags: ['a'], at: new Date() })
    // @ts-expect-error no field carries a function
    submit({ title: () => 'Milk' })
  })
  return (
    <form action={submit}>
      <input name="title" defaultValue={valueOf(state, 'title')} />
      {issueOf(state, 'title')}
      <button type="submit" formAction={client}>
        Add
      </button>
    </form>
  )
}

/** A call has the state. */
export async function call(): Promise<void> {
  const added = await client({ title: 'Milk' })
  same<typeof added, Added>('same')
  await client()
  // @ts-expect-error no field carries a symbol
  await client({ title: Symbol.iterator })
  // @ts-expect-error values were bound in the page
  await client('home', new FormData())
  // @ts-expect-error an action of the page cannot be changed
  client.name = 'other'
}

/** What runs around an action has its types. */
export function Around(): ReactNode {
  const [state, submit] = useActionState(
    onClient(client, async (previous, data) => {
      same<typeof previous, Added | Problem | undefined>('same')
      same<typeof data, FormData>('same')
      return client(previous, data)
    }),
    undefined,
  )
  same<typeof state, Added | Problem | undefined>('same')
  // @ts-expect-error an action comes from the props of the page
  onClient('types.add', async (data: FormData) => data)
  return <form action={submit} />
}
