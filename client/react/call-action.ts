import type { FreshFields } from '../answer.js'
import { readValues } from '../read-values.js'
import { actionPrefix, keptPrefix, propsRequestHeader, richType } from '../wire.js'
import { writeField } from '../write-fields.js'
import type { ClientAction } from './client-action.js'
import { withHidden, withoutHidden } from './on-client.js'
import { type Problem, problemIn, problemOf } from './problem.js'

/** An action of the page. */
export interface PageAction {
  /** The newest. */
  seal: string
  /** The one that stands in the forms that the server has printed. */
  readonly printed: string
  /** The sealed state for the next call, by the state that the action has returned. Empty where there is none. */
  readonly carried: Map<unknown, string>
  readonly given: ClientAction
}

/** What a page tells of an outcome. */
export interface Told extends Omit<Problem, 'outcome' | 'files' | 'state'> {
  readonly outcome: string
  readonly seals: readonly FreshFields[]
  state?: unknown
  readonly location?: string | undefined
  readonly reference?: string | undefined
  /** The new props and the state, as text. */
  readonly page?: string | undefined
  readonly props?: unknown
}

/** How many states of an action are remembered: those of as many hooks that show it. */
const remembered = 20

/** Keeps what the next call with a state needs, and returns the state, or a problem. */
export const adopt = (action: PageAction | undefined, { seals, page, props, ...told }: Told): unknown => {
  const fresh = seals.find(({ sent }) => sent)
  const shown = told.outcome === 'done' ? told.state : problemOf(told as Problem, fresh?.files)
  if (action && fresh) {
    const { carried } = action
    // The text of a page has brought the newest seal already.
    if (!page) action.seal = fresh.seal
    carried.set(shown, fresh.state ?? '')
    if (carried.size > remembered) carried.delete(carried.keys().next().value)
  }
  return told.outcome === 'redirect' ? undefined : shown
}

/** Sends a call, and reads what came of it. The arguments are those of the action: the previous state first, for a hook. */
export const send = async (action: PageAction, args: readonly unknown[]): Promise<Told> => {
  const response = await fetch(location.href, {
    method: 'POST',
    headers: { accept: richType, [propsRequestHeader]: '1' },
    body: bodyOf(action, args),
  })
  if (response.headers.get('content-type')?.startsWith(richType))
    return readValues(await response.text()) as Told
  // The request has followed the redirect of something in front of Sealform, such as a guard.
  if (response.redirected) return leave(response.url)
  throw new Error(`The server answered ${response.status}.`)
}

/** Goes to another page. What waits for the action goes on waiting until then, as it does in a form. */
export const leave = (to: string | URL): Promise<never> => {
  location.assign(to)
  return new Promise(() => {})
}

/** Writes what a form of the page would send. The seal and the state of a hook stand in the name of the first field. */
const bodyOf = (action: PageAction, args: readonly unknown[]): FormData | URLSearchParams => {
  const { seal, printed, carried } = action
  const fields = fieldsOf(args.at(-1))
  // The first state of a hook is the one that the server has printed into the form. No answer has told it.
  const first = () =>
    String([...withHidden(fields).keys()])
      .split(`${printed}.`)[1]
      ?.split(/[.,]/)[0]
  const state = args.length > 1 ? `.${carried.get(args[0]) ?? first() ?? ''}` : ''
  const keptFiles = problemIn(args[0])?.files as FreshFields['files'] | undefined
  const own = withoutHidden(fields)
  const plain = [...own.values()].every((value) => typeof value === 'string')
  // The server reads a short urlencoded body faster.
  const data = plain ? new URLSearchParams() : new FormData()
  data.append(actionPrefix + seal + state, '')
  for (const { name, seal } of keptFiles ?? []) data.append(keptPrefix + name, seal)
  for (const [name, value] of own) data.append(name, value as string)
  return data
}

const fieldsOf = (payload: unknown): FormData => {
  if (payload instanceof FormData) return payload
  const data = new FormData()
  for (const [name, value] of Object.entries(payload ?? {})) writeField(data, name, value)
  return data
}
