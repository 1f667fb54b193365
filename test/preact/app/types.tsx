import type { IncomingMessage } from 'node:http'
import type { VNode } from 'preact'
import { createActions, done, type Submission } from 'sealform'
import { type ClientAction, Form, hydrate, onClient, type Problem, Submit, stateOf } from 'sealform/preact'
import { renderPreact } from 'sealform/preact/server'

/** Only the compiler reads this file. Each line that it has to refuse stands below its reason. */

declare const req: IncomingMessage
const actions = createActions()

interface Added {
  readonly count: number
}

const add = actions.define('types.add', async (_submission: Submission<undefined, Added>, list: string) => ({
  count: list.length,
}))
const like = actions.define('types.like', async () => done('liked'))

/** Compiles when both are the same type. */
function same<Left, Right>(_same: Equal<Left, Right> extends true ? 'same' : 'different'): void {}
type Equal<Left, Right> =
  (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false

interface PageProps {
  readonly add: ClientAction<Added>
}

declare function Page(props: PageProps): VNode

/** What the page hands in decides what the components get, on both sides. */
export function props(): void {
  renderPreact(req, { add: add.bind(null, 'home') }, (given) => <Page {...given} />)
  // @ts-expect-error the state of the action has another type
  renderPreact(req, { add: like }, (given) => <Page {...given} />)
  // @ts-expect-error the page has not handed it in
  renderPreact(req, { like }, (given) => <Page {...given} />)
  hydrate(document, (given: PageProps) => <Page {...given} />)
}

/** A form has the state of its action, or a problem. */
export function Forms({ add }: PageProps): VNode {
  return (
    <>
      <Form action={add} initial={{ count: 0 }}>
        {(state, { pending, data }) => {
          same<typeof state, Added | Problem | undefined>('same')
          same<typeof pending, boolean>('same')
          same<typeof data, FormData | null>('same')
          // @ts-expect-error a problem has no count
          state?.count
          return <Submit>{stateOf(state)?.count}</Submit>
        }}
      </Form>
      {/* @ts-expect-error the state has another type */}
      <Form action={add} initial="none" />
      <Form action={onClient(add, async (previous, data) => add(previous, data))} />
      {/* @ts-expect-error an action comes from the props of the page */}
      <Form action="/add" />
      {/* @ts-expect-error misspelt */}
      <Submit actoin={add}>Add</Submit>
    </>
  )
}
